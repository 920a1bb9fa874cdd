"""Taking messages from queues, giving them back and burying them, as SQS does it and moto does not.

Sources: Amazon SQS Developer Guide, pages "Using the message deduplication ID in Amazon SQS" and "FIFO queue
key terms" (five minutes, also after the message was deleted; the duplicate is accepted), "Using dead-letter
queues in Amazon SQS" (in a FIFO one the message's id becomes the deduplication id and the time of sending is
that of the move), "Amazon SQS visibility timeout" (12 hours from when it was received); API Reference, pages
"DeleteMessage" and "ChangeMessageVisibility" (a FIFO queue's receipt handle is of no use after its timeout).
"""

import copy
import itertools
import json
import weakref
from typing import cast

from moto.core.utils import unix_time_millis
from moto.sqs.constants import MAXIMUM_VISIBILITY_TIMEOUT
from moto.sqs.exceptions import InvalidParameterValue, ReceiptHandleIsInvalid, SQSException
from moto.sqs.models import DEDUPLICATION_TIME_IN_SECONDS, Message, Queue

from scripts.sandbox.engine.bell import Bell
from scripts.sandbox.engine.sqs_order import next_change, next_messages

# Rings when a queue has changed in a way that somebody may wait for.
BELL = Bell()
# "A large, non-consecutive number that Amazon SQS assigns to each message", 128 bits.
_sequence = itertools.count(18849496460467696128, 256)
_seen: weakref.WeakKeyDictionary[Queue, dict[str, Message]] = weakref.WeakKeyDictionary()
_received: weakref.WeakKeyDictionary[Message, float] = weakref.WeakKeyDictionary()


class NotInFlight(SQSException):
    """Only the visibility of a message that somebody has can be changed."""

    def __init__(self) -> None:
        super().__init__(
            "AWS.SimpleQueueService.MessageNotInflight", "The specified message isn't in flight."
        )


def put(queue: Queue, message: Message) -> None:
    """Add a message that was sent; a duplicate takes the id of the first and is not added."""
    with queue._messages_lock:
        if queue.fifo_queue:
            message.sequence_number = str(next(_sequence))
            first = _first_of(queue, message)
            if first is not message:
                message.id, message.sequence_number = first.id, first.sequence_number
                return
        queue._messages.append(message)
    BELL.ring()


def _first_of(queue: Queue, message: Message) -> Message:
    known = _seen.setdefault(queue, {})
    scoped = queue.deduplication_scope == "messageGroup"  # type: ignore[attr-defined]  # set by name
    key = json.dumps([message.group_id if scoped else None, message.deduplication_id])
    first = known.get(key)
    if first is None or _sent(message) - _sent(first) >= DEDUPLICATION_TIME_IN_SECONDS * 1000:
        known[key] = first = copy.copy(message)  # a dead-letter queue changes the message itself
        return message
    return first


def _sent(message: Message) -> int:
    return int(cast("int", message.sent_timestamp))  # moto starts with None


def take(queue: Queue, count: int, visibility_timeout: int) -> list[Message]:
    """Receive up to `count` messages, as copies; those received too often go to the dead-letter queue."""
    with queue._messages_lock:
        now = unix_time_millis()
        _drop_expired(queue, now)
        while True:
            found = next_messages(queue._messages, now, count, fifo=queue.fifo_queue)
            worn = [each for each in found if _worn_out(queue, each)]
            if not worn:
                break
            for each in worn:
                _bury(queue, each, now)
        for each in found:
            each.mark_received(visibility_timeout=visibility_timeout)
            _received[each] = now
        return [copy.deepcopy(each) for each in found]


def pause(queue: Queue) -> float | None:
    """Seconds until a message becomes visible by time alone; None when none will."""
    with queue._messages_lock:
        milliseconds = next_change(queue._messages, unix_time_millis())
    return None if milliseconds is None else milliseconds / 1000


def delete(queue: Queue, receipt_handle: str) -> None:
    """Delete a message that was received.

    Raises:
        SQSException: The handle is none, or one of a FIFO queue that has expired.

    """
    with queue._messages_lock:
        if receipt_handle in queue.deleted_messages:
            return
        message = _holder(queue, receipt_handle)
        queue._messages.remove(message)
        queue.deleted_messages.update(each for each in message.all_receipt_handles if each)
    BELL.ring()


def change_visibility(queue: Queue, receipt_handle: str, seconds: int) -> None:
    """Hide a message that was received for so many seconds from now; 0 gives it back.

    Raises:
        SQSException: The handle is none or has expired, or the message is not in flight.
        InvalidParameterValue: It would be in flight for more than 12 hours.

    """
    with queue._messages_lock:
        message, now = _holder(queue, receipt_handle), unix_time_millis()
        if message.visible_at <= now:
            raise NotInFlight
        if now + seconds * 1000 - _received[message] > MAXIMUM_VISIBILITY_TIMEOUT * 1000:
            raise InvalidParameterValue(
                f"Value {seconds} for parameter VisibilityTimeout is invalid. Reason: Total "
                "VisibilityTimeout for the message is beyond the limit "
                f"[{MAXIMUM_VISIBILITY_TIMEOUT} seconds]"
            )
        message.visible_at = now + seconds * 1000
    BELL.ring()


def _holder(queue: Queue, receipt_handle: str) -> Message:
    for message in queue._messages:
        if message.had_receipt_handle(receipt_handle):
            expired = message.visible_at <= unix_time_millis() or message.receipt_handle != receipt_handle
            if queue.fifo_queue and expired:
                raise InvalidParameterValue(
                    f"Value {receipt_handle} for parameter ReceiptHandle is invalid. Reason: The receipt "
                    "handle has expired."
                )
            return message
    raise ReceiptHandleIsInvalid


def _worn_out(queue: Queue, message: Message) -> bool:
    if queue.dead_letter_queue is None or not queue.redrive_policy:
        return False
    return message.approximate_receive_count >= int(queue.redrive_policy["maxReceiveCount"])


def _bury(queue: Queue, message: Message, now: float) -> None:
    grave = queue.dead_letter_queue
    queue._messages.remove(message)
    if grave is None:
        return
    message.visible_at = 0.0
    if queue.fifo_queue:
        message.deduplication_id = message.id
        message.sent_timestamp = int(now)  # type: ignore[assignment]  # moto starts with None
    with grave._messages_lock:
        grave._messages.append(message)
    BELL.ring()


def _drop_expired(queue: Queue, now: float) -> None:
    oldest = now - int(queue.message_retention_period) * 1000  # type: ignore[attr-defined]  # set by name
    queue._messages = [each for each in queue._messages if _sent(each) > oldest]
