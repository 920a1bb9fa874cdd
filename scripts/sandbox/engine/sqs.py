"""SQS, strict like AWS: FIFO queues above all, which moto knows by name only."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from moto.sqs.exceptions import (
    BatchEntryIdsNotDistinct,
    BatchRequestTooLong,
    InvalidParameterValue,
    SQSException,
    TooManyEntriesInBatchRequest,
)
from moto.sqs.models import Message, Queue, SQSBackend, _filter_message_attributes

from scripts.sandbox.engine import keys, sqs_queues, sqs_rules
from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.seams import replace

Done = tuple[list[str], list[dict[str, Any]]]


def _created(original: Any) -> Any:
    def create_queue(self: SQSBackend, name: str, tags: Any = None, **attributes: Any) -> Queue:
        given = {key: value for key, value in attributes.items() if key != "region"}
        fifo = str(given.get("FifoQueue", "false")).lower() == "true"
        sqs_rules.check_name(name, fifo=fifo)
        sqs_rules.check_attributes(given, {}, fifo=fifo)
        if "RedrivePolicy" in given:
            sqs_rules.check_redrive(given["RedrivePolicy"], _arn(self, name))
        made: Queue = original(self, name, tags, **attributes)
        sqs_queues.BELL.ring()  # whoever reads a queue of this name reads this one
        return made

    return create_queue


def _set(original: Any) -> Any:
    def set_queue_attributes(self: SQSBackend, queue_name: str, attributes: dict[str, Any]) -> Queue:
        queue = self.get_queue(queue_name)
        if "FifoQueue" in attributes:
            raise InvalidParameterValue(
                "Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not supported."
            )
        sqs_rules.check_attributes(attributes, queue.attributes, fifo=queue.fifo_queue)
        if "RedrivePolicy" in attributes:
            sqs_rules.check_redrive(attributes["RedrivePolicy"], queue.queue_arn)
        # moto takes the policy away whenever another attribute is set.
        changed: Queue = original(self, queue_name, {"Policy": queue.policy, **attributes})
        sqs_queues.BELL.ring()
        return changed

    return set_queue_attributes


def _arn(backend: SQSBackend, name: str) -> str:
    return f"arn:aws:sqs:{backend.region_name}:{backend.account_id}:{name}"


def _require_key(queue: Queue) -> None:
    """Of an encrypted queue (SQS API reference, SendMessage and ReceiveMessage, errors)."""
    key: str | None = queue.kms_master_key_id  # type: ignore[attr-defined]  # set by name
    if key and key.startswith("arn:") and not keys.usable(key):
        state = keys.state(key)
        code = {None: "KmsNotFound", "Disabled": "KmsDisabled"}.get(state, "KmsInvalidState")
        raise SQSException(code, f"{key} is {state or 'not there'}.")


def _sent(original: Any) -> Any:
    def send_message(
        self: SQSBackend, queue_name: str, message_body: str, message_attributes: Any = None, **rest: Any
    ) -> Message:
        queue = self.get_queue(queue_name)
        _require_key(queue)
        largest = int(queue.maximum_message_size)  # type: ignore[attr-defined]  # set by name
        sqs_rules.check_message(message_body, message_attributes, largest)
        sqs_rules.check_ids(rest.get("group_id"), rest.get("deduplication_id"), fifo=queue.fifo_queue)
        sent: Message = original(self, queue_name, message_body, message_attributes, **rest)
        return sent

    return send_message


def _sent_together(_: Any) -> Any:
    def send_message_batch(
        self: SQSBackend, queue_name: str, entries: Mapping[str, dict[str, Any]]
    ) -> tuple[list[Message], list[dict[str, Any]]]:
        self.get_queue(queue_name)
        sent: list[Message] = []
        total = sum(
            sqs_rules.size(each["MessageBody"], each.get("MessageAttributes")) for each in entries.values()
        )
        if total > sqs_rules.LARGEST_BATCH:
            raise BatchRequestTooLong(total)

        def send(entry: dict[str, Any]) -> None:
            message = self.send_message(
                queue_name,
                entry["MessageBody"],
                message_attributes=entry.get("MessageAttributes"),
                delay_seconds=entry.get("DelaySeconds"),
                group_id=entry.get("MessageGroupId"),
                deduplication_id=entry.get("MessageDeduplicationId"),
                system_attributes=entry.get("MessageSystemAttributes"),
            )
            message.user_id = entry["Id"]  # type: ignore[attr-defined]  # as moto's answer wants it
            sent.append(message)

        _, failed = _one_by_one(list(entries.values()), send)
        return sent, failed

    return send_message_batch


def _received(_: Any) -> Any:
    def receive_message(  # noqa: PLR0917 - moto's
        self: SQSBackend,
        queue_name: str,
        count: int,
        wait_seconds_timeout: int,
        visibility_timeout: int,
        message_attribute_names: list[str] | None = None,
    ) -> list[Message]:
        ends = time.monotonic() + int(wait_seconds_timeout or 0)
        while True:
            known, queue = sqs_queues.BELL.rung, self.get_queue(queue_name)
            _require_key(queue)
            found = sqs_queues.take(queue, count, int(visibility_timeout))
            left = ends - time.monotonic()
            if found or left <= 0:
                for each in found:
                    _filter_message_attributes(each, message_attribute_names or [])
                return found
            sqs_queues.BELL.wait(known, min(left, sqs_queues.pause(queue) or left))

    return receive_message


def _deleted_together(_: Any) -> Any:
    def delete_message_batch(self: SQSBackend, queue_name: str, receipts: Sequence[dict[str, Any]]) -> Done:
        queue = self.get_queue(queue_name)
        return _one_by_one(receipts, lambda each: sqs_queues.delete(queue, each["ReceiptHandle"]))

    return delete_message_batch


def _changed(_: Any) -> Any:
    def change_message_visibility(
        self: SQSBackend, queue_name: str, receipt_handle: str, visibility_timeout: int
    ) -> None:
        sqs_queues.change_visibility(self.get_queue(queue_name), receipt_handle, int(visibility_timeout))

    return change_message_visibility


def _changed_together(_: Any) -> Any:
    def change_message_visibility_batch(
        self: SQSBackend, queue_name: str, entries: Sequence[dict[str, Any]]
    ) -> Done:
        queue = self.get_queue(queue_name)

        def change(entry: dict[str, Any]) -> None:
            sqs_queues.change_visibility(queue, entry["ReceiptHandle"], int(entry["VisibilityTimeout"]))

        return _one_by_one(entries, change)

    return change_message_visibility_batch


def _one_by_one(entries: Sequence[dict[str, Any]], act: Callable[[dict[str, Any]], None]) -> Done:
    """Act on every entry of a batch; one that is refused does not stop the others (API Reference)."""
    if len(entries) > sqs_rules.BATCH_ENTRIES:
        raise TooManyEntriesInBatchRequest(len(entries))
    if repeated := _first_repeated(each["Id"] for each in entries):
        raise BatchEntryIdsNotDistinct(repeated)
    done: list[str] = []
    failed: list[dict[str, Any]] = []
    for each in entries:
        try:
            act(each)
        except SQSException as refused:
            reason = {"SenderFault": True, "Code": refused.code, "Message": refused.message}
            failed.append({"Id": each["Id"], **reason})
        else:
            done.append(each["Id"])
    return done, failed


def _first_repeated(ids: Iterable[str]) -> str | None:
    seen: set[str] = set()
    return next((each for each in ids if each in seen or seen.add(each)), None)  # type: ignore[func-returns-value]


def install(_: Engine) -> None:
    """Put the rules and the order in the place of moto's."""
    replace(SQSBackend, "create_queue", _created)
    replace(SQSBackend, "set_queue_attributes", _set)
    replace(SQSBackend, "send_message", _sent)
    replace(SQSBackend, "send_message_batch", _sent_together)
    replace(SQSBackend, "receive_message", _received)
    replace(SQSBackend, "delete_message_batch", _deleted_together)
    replace(SQSBackend, "change_message_visibility", _changed)
    replace(SQSBackend, "change_message_visibility_batch", _changed_together)
    # moto's would invoke functions while the message is being sent.
    replace(Queue, "add_message", lambda _: sqs_queues.put)
    replace(Queue, "delete_message", lambda _: sqs_queues.delete)
