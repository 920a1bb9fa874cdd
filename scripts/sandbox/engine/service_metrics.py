"""What AWS's services publish of themselves to CloudWatch: Step Functions of executions, SQS of queues.

Sources: Step Functions Developer Guide, "Monitoring Step Functions metrics using CloudWatch" (`AWS/States` by
`StateMachineArn`); SQS Developer Guide, "Available CloudWatch metrics for Amazon SQS" (`AWS/SQS` by
`QueueName`, every minute). A queue's depth is published here as soon as it changes, too: SQS would be late.
"""

import time
from collections.abc import Mapping
from typing import Any, cast

from moto.cloudwatch.models import cloudwatch_backends
from moto.core.utils import unix_time_millis
from moto.sqs.models import Queue, sqs_backends
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication, Execution

from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.seams import replace
from scripts.sandbox.engine.ticking import every

TICK_SECONDS, PERIOD_SECONDS = 1.0, 60.0
ENDED = {
    "SUCCEEDED": "ExecutionsSucceeded",
    "FAILED": "ExecutionsFailed",
    "ABORTED": "ExecutionsAborted",
    "TIMED_OUT": "ExecutionsTimedOut",
}
Told = dict[str, tuple[Mapping[str, float], float]]


def install(engine: Engine) -> None:
    """Publish from now on."""
    replace(Execution, "start", _counting_starts)
    replace(BaseExecutionWorkerCommunication, "_reflect_execution_status", _counting_ends)
    told: Told = {}
    every(engine, TICK_SECONDS, lambda: _tell_queues(told, time.monotonic()), "queues' metrics")


def _counting_starts(original: Any) -> Any:
    def start(self: Execution) -> None:
        _count(self, "ExecutionsStarted")
        original(self)

    return start


def _counting_ends(original: Any) -> Any:
    def reflect(self: BaseExecutionWorkerCommunication) -> None:
        original(self)
        count_end(self.execution)

    return reflect


def count_end(execution: Execution) -> None:
    """An execution has ended, however."""
    _count(execution, ENDED[str(execution.status)])
    if execution.stop_date is not None:
        seconds = (execution.stop_date - execution.start_date).total_seconds()
        _count(execution, "ExecutionTime", seconds * 1000, "Milliseconds")


def _count(execution: Execution, metric: str, value: float = 1.0, unit: str = "Count") -> None:
    dimensions = [{"Name": "StateMachineArn", "Value": execution.state_machine_arn}]
    datum = {"MetricName": metric, "Dimensions": dimensions, "Value": value, "Unit": unit}
    cloudwatch_backends[execution.account_id][execution.region_name].put_metric_data("AWS/States", [datum])


def _tell_queues(told: Told, now: float) -> None:
    """Publish what each queue holds where that has changed, and once a minute."""
    for account, regions in list(sqs_backends.items()):
        for region, backend in list(regions.items()):
            for queue in list(backend.queues.values()):
                depth = _depth(queue)
                before, since = told.get(queue.queue_arn, ({}, -PERIOD_SECONDS))
                if depth == before and now - since < PERIOD_SECONDS:
                    continue
                told[queue.queue_arn] = (depth, now)
                age = {"ApproximateAgeOfOldestMessage": _age(queue)}
                named = [{"Name": "QueueName", "Value": queue.name}]
                data = [
                    {"MetricName": name, "Dimensions": named, "Value": value, "Unit": unit}
                    for unit, values in (("Count", depth), ("Seconds", age))
                    for name, value in values.items()
                ]
                cloudwatch_backends[account][region].put_metric_data("AWS/SQS", data)


def _depth(queue: Queue) -> dict[str, float]:
    return {
        "ApproximateNumberOfMessagesVisible": float(queue.approximate_number_of_messages),
        "ApproximateNumberOfMessagesNotVisible": float(queue.approximate_number_of_messages_not_visible),
        "ApproximateNumberOfMessagesDelayed": float(queue.approximate_number_of_messages_delayed),
    }


def _age(queue: Queue) -> float:
    with queue._messages_lock:
        sent = [int(cast("int", each.sent_timestamp)) for each in queue._messages]
    return max(0.0, (unix_time_millis() - min(sent)) / 1000) if sent else 0.0
