"""What services publish of themselves, and the alarms on it."""

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from scripts.sandbox.engine.core import Engine
from tests.sandbox.eventually import eventually

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

REGION = "eu-west-1"
CONDITION = {
    "EvaluationPeriods": 1,
    "DatapointsToAlarm": 1,
    "ComparisonOperator": "GreaterThanThreshold",
    "TreatMissingData": "notBreaching",
}


def state(cloudwatch: "CloudWatchClient", alarm: str) -> str:
    [found] = cloudwatch.describe_alarms(AlarmNames=[alarm])["MetricAlarms"]
    return str(found["StateValue"])


def test_a_queues_depth_raises_an_alarm(engine: Engine, account: str) -> None:
    cloudwatch, sqs = (engine.client(account, REGION, name) for name in ("cloudwatch", "sqs"))
    url = sqs.create_queue(QueueName="dead")["QueueUrl"]
    cloudwatch.put_metric_alarm(
        AlarmName="dead", Namespace="AWS/SQS", MetricName="ApproximateNumberOfMessagesVisible",
        Dimensions=[{"Name": "QueueName", "Value": "dead"}], Statistic="Maximum", Period=60, Threshold=0,
        **CONDITION,
    )  # fmt: skip
    assert eventually(lambda: state(cloudwatch, "dead") == "OK")
    sqs.send_message(QueueUrl=url, MessageBody="nobody took me")
    assert eventually(lambda: state(cloudwatch, "dead") == "ALARM")


PASSES = {"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}
FAILS = {"StartAt": "End", "States": {"End": {"Type": "Fail", "Error": "Broken"}}}


@pytest.mark.parametrize(("definition", "told"), [(PASSES, "OK"), (FAILS, "ALARM")])
def test_an_execution_that_ends_badly_raises_an_alarm(
    engine: Engine, account: str, definition: dict[str, Any], told: str
) -> None:
    cloudwatch, machines = (engine.client(account, REGION, name) for name in ("cloudwatch", "stepfunctions"))
    role = f"arn:aws:iam::{account}:role/machine"
    machine = machines.create_state_machine(name="m", definition=json.dumps(definition), roleArn=role)
    arn = machine["stateMachineArn"]
    metrics = ["ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted"]
    queries: list[dict[str, Any]] = [
        {
            "Id": f"m{number}",
            "ReturnData": False,
            "MetricStat": {
                "Metric": {
                    "Namespace": "AWS/States",
                    "MetricName": name,
                    "Dimensions": [{"Name": "StateMachineArn", "Value": arn}],
                },
                "Period": 60,
                "Stat": "Sum",
            },
        }
        for number, name in enumerate(metrics)
    ]
    badly = {"Id": "badly", "Expression": "FILL(m0, 0) + FILL(m1, 0) + FILL(m2, 0)", "ReturnData": True}
    cloudwatch.put_metric_alarm(AlarmName="badly", Metrics=[badly, *queries], Threshold=0, **CONDITION)
    machines.start_execution(stateMachineArn=arn)
    succeeded = "ExecutionsSucceeded" if told == "OK" else "ExecutionsFailed"

    def listed() -> set[str]:
        return {each["MetricName"] for each in cloudwatch.list_metrics(Namespace="AWS/States")["Metrics"]}

    assert eventually(lambda: listed() if len(listed()) > 1 else None) == {
        "ExecutionsStarted", "ExecutionTime", succeeded
    }  # fmt: skip
    assert eventually(lambda: state(cloudwatch, "badly") == told)


def test_an_execution_that_is_stopped_counts_as_aborted(engine: Engine, account: str) -> None:
    cloudwatch, machines = (engine.client(account, REGION, name) for name in ("cloudwatch", "stepfunctions"))
    waits = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 600, "End": True}}}
    role = f"arn:aws:iam::{account}:role/machine"
    machine = machines.create_state_machine(name="m", definition=json.dumps(waits), roleArn=role)
    execution = machines.start_execution(stateMachineArn=machine["stateMachineArn"])
    machines.stop_execution(executionArn=execution["executionArn"])
    listed = cloudwatch.list_metrics(Namespace="AWS/States")["Metrics"]
    assert {each["MetricName"] for each in listed} == {
        "ExecutionsStarted",
        "ExecutionsAborted",
        "ExecutionTime",
    }


def test_gauges_of_a_namespace_of_ones_own_raise_an_alarm_on_the_fullest(
    engine: Engine, account: str
) -> None:
    cloudwatch = engine.client(account, REGION, "cloudwatch")
    of_scopes = [
        {
            "Id": scope,
            "ReturnData": False,
            "MetricStat": {
                "Metric": {
                    "Namespace": "natrec",
                    "MetricName": "quota_used",
                    "Dimensions": [{"Name": "scope", "Value": scope}],
                },
                "Period": 300,
                "Stat": "Maximum",
            },
        }
        for scope in ("account", "organization")
    ]
    fullest = {"Id": "fullest", "Expression": "MAX(METRICS())", "ReturnData": True}
    cloudwatch.put_metric_alarm(
        AlarmName="quota", Metrics=[fullest, *of_scopes], **{**CONDITION, "Threshold": 79}
    )
    used = {"MetricName": "quota_used", "Dimensions": [{"Name": "scope", "Value": "account"}]}
    for value, expected in ((50.0, "OK"), (90.0, "ALARM")):
        datum = {**used, "Value": value, "Timestamp": time.time()}
        cloudwatch.put_metric_data(Namespace="natrec", MetricData=[datum])
        assert eventually(lambda: state(cloudwatch, "quota") == expected)  # noqa: B023 - asked at once
