"""Event source mappings of SQS queues, checked as Lambda checks them, and a poller for each.

moto's own would start a container while a message is being sent. Sources: AWS Lambda API Reference, pages
"CreateEventSourceMapping" and "UpdateEventSourceMapping"; AWS Lambda Developer Guide, pages "Creating and
configuring an Amazon SQS event source mapping" (permissions, timeouts), "Lambda parameters for Amazon SQS
event source mappings"; the words of refusals as people have met them (github.com: anomalyco/sst 5737,
github-aws-runners/terraform-aws-github-runner 5383, motdotla/node-lambda 466).
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from moto.awslambda.exceptions import InvalidParameterValueException, LambdaClientError
from moto.awslambda.models import EventSourceMapping, LambdaBackend, LambdaFunction
from moto.sqs.models import Queue, sqs_backends

from scripts.sandbox.engine import role_permissions
from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.lambda_polling import REPORTS, Poller
from scripts.sandbox.engine.seams import replace
from scripts.sandbox.engine.sqs_queues import BELL

KNOWN = {
    "BatchSize",
    "Enabled",
    "EventSourceArn",
    "FunctionName",
    "FunctionResponseTypes",
    "MaximumBatchingWindowInSeconds",
    "ScalingConfig",
    "Tags",
}
ACTIONS = ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")
# Above ten, messages are gathered for a while, which the engine does not do.
LARGEST_BATCH = 10
CONCURRENCY = range(2, 1001)


class ResourceConflict(LambdaClientError):  # noqa: N818 - AWS's name
    """The function reads the queue already."""

    code = 409

    def __init__(self, queue: str, function: str, uuid: str) -> None:
        super().__init__(
            "ResourceConflictException",
            f'An event source mapping with SQS arn (" {queue} ") and function (" {function} ") already '
            f"exists. Please update or delete the existing mapping with UUID {uuid}",
        )


def check(spec: Mapping[str, Any], arn: str, function: LambdaFunction) -> None:
    """Refuse a mapping that Lambda would refuse, or that is not run here.

    Args:
        spec: What is asked for, merged with what is there already.
        arn: The queue's.
        function: The function that it feeds.

    Raises:
        InvalidParameterValueException: What is wrong, in Lambda's words as far as they are known.

    """
    _check_settings(spec, fifo=arn.endswith(".fifo"))
    queue = _find(arn)
    for action in ACTIONS:
        if not role_permissions.allowed(function.role, f"sqs:{action}", arn, arn.split(":")[3]):
            raise InvalidParameterValueException(
                f"The function execution role does not have permissions to call {action} on SQS"
            )
    hidden, timeout = int(queue.visibility_timeout), int(function.timeout)  # type: ignore[attr-defined]
    if hidden < timeout:
        raise InvalidParameterValueException(
            f"Queue visibility timeout: {hidden} seconds is less than Function timeout: {timeout} seconds"
        )


def _check_settings(spec: Mapping[str, Any], *, fifo: bool) -> None:
    if "StartingPosition" in spec:
        raise InvalidParameterValueException("StartingPosition is not valid for SQS event sources.")
    if strange := sorted(set(spec) - KNOWN):
        raise InvalidParameterValueException(f"The sandbox engine does not support {strange} of a mapping")
    window, batch = spec.get("MaximumBatchingWindowInSeconds") or 0, spec.get("BatchSize") or LARGEST_BATCH
    if window and fifo:
        raise InvalidParameterValueException("Batching window is not supported for FIFO queues")
    if window:
        raise InvalidParameterValueException("The sandbox engine does not support a batching window")
    if not 1 <= int(batch) <= LARGEST_BATCH:
        rule = "1 to 10 for a FIFO queue, and without MaximumBatchingWindowInSeconds"
        raise InvalidParameterValueException(f"BatchSize {batch} is not valid: {rule}")
    if set(spec.get("FunctionResponseTypes") or []) - {REPORTS}:
        raise InvalidParameterValueException(f"FunctionResponseTypes can only hold {REPORTS}")
    most = (spec.get("ScalingConfig") or {}).get("MaximumConcurrency")
    if most is not None and int(most) not in CONCURRENCY:
        raise InvalidParameterValueException(f"MaximumConcurrency {most} is not valid: 2 to 1000")


def _find(arn: str) -> Queue:
    region, account, name = arn.split(":")[3:6]
    queue = sqs_backends[account][region].queues.get(name)
    if queue is None:
        raise InvalidParameterValueException(
            "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. "
            "SQS Error Message: The specified queue does not exist."
        )
    return queue


class Mappings:
    """All mappings of an engine, each with its poller."""

    def __init__(self) -> None:
        self._workers = ThreadPoolExecutor(max_workers=32, thread_name_prefix="lambda-batch")
        self._pollers: dict[str, Poller] = {}

    def close(self) -> None:
        """Stop every poller."""
        for poller in list(self._pollers.values()):
            poller.stop()
        self._workers.shutdown(wait=False, cancel_futures=True)

    def creating(self, original: Any) -> Any:
        """CreateEventSourceMapping."""

        def create(backend: LambdaBackend, spec: dict[str, Any]) -> EventSourceMapping:
            arn = str(spec.get("EventSourceArn") or "")
            if not arn.startswith("arn:aws:sqs:"):
                raise InvalidParameterValueException(f"The sandbox engine polls SQS queues only, not {arn!r}")
            function = backend.get_function(str(spec.get("FunctionName") or ""))
            check(spec, arn, function)
            for each in backend._event_source_mappings.values():
                if (each.event_source_arn, each.function_arn) == (arn, function.function_arn):
                    raise ResourceConflict(arn, function.function_name, each.uuid)
            mapping: EventSourceMapping = original(backend, {**spec, "FunctionName": function.function_name})
            self._pollers[mapping.uuid] = Poller(backend, mapping, self._workers)
            return mapping

        return create

    def updating(self, original: Any) -> Any:
        """UpdateEventSourceMapping."""

        def update(backend: LambdaBackend, uuid: str, spec: dict[str, Any]) -> EventSourceMapping | None:
            mapping = backend.get_event_source_mapping(uuid)
            if mapping is not None:
                name = spec.get("FunctionName") or mapping.function_arn
                check(spec, mapping.event_source_arn, backend.get_function(name))
            changed: EventSourceMapping | None = original(backend, uuid, spec)
            BELL.ring()
            return changed

        return update

    def deleting(self, original: Any) -> Any:
        """DeleteEventSourceMapping."""

        def delete(backend: LambdaBackend, uuid: str) -> EventSourceMapping | None:
            gone: EventSourceMapping | None = original(backend, uuid)
            if poller := self._pollers.pop(uuid, None):
                poller.stop()
            return gone

        return delete


def _listing(_: Any) -> Any:
    def list_event_source_mappings(
        backend: LambdaBackend, event_source_arn: str | None, function_name: str | None
    ) -> list[EventSourceMapping]:
        # moto compares the function's name as it was given once, be it a name or an ARN.
        found = list(backend._event_source_mappings.values())
        if event_source_arn:
            found = [each for each in found if each.event_source_arn == event_source_arn]
        if function_name:
            found = [each for each in found if each.function_arn.split(":")[6] == _name(function_name)]
        return found

    return list_event_source_mappings


def _name(function: str) -> str:
    """A function's name, of its ARN (`arn:aws:lambda:R:A:function:NAME`), `A:function:NAME` or itself."""
    return function.split("function:", 1)[-1].split(":", maxsplit=1)[0]


def install(engine: Engine) -> None:
    """Run mappings of queues; their pollers stop with the engine."""
    mappings = Mappings()
    engine.at_stop(mappings.close)
    replace(LambdaBackend, "create_event_source_mapping", mappings.creating)
    replace(LambdaBackend, "update_event_source_mapping", mappings.updating)
    replace(LambdaBackend, "delete_event_source_mapping", mappings.deleting)
    replace(LambdaBackend, "list_event_source_mappings", _listing)
