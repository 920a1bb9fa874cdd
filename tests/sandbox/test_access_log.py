"""What IAM is asked of each call, as the access log has it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from scripts.sandbox.engine.access_log import AccessLog
from scripts.sandbox.engine.core import Engine
from scripts.sandbox.remote import ask_at

REGION = "eu-west-1"
Asked = Callable[[Callable[[], Any]], list[dict[str, Any]]]


@pytest.fixture
def asked(engine: Engine, tmp_path: Path, account: str) -> Asked:
    """Does something and answers what was written of this account meanwhile."""

    def do(action: Callable[[], Any]) -> list[dict[str, Any]]:
        file = tmp_path / "access.jsonl"
        ask_at(engine.endpoint, "access", {"file": str(file)})
        try:
            action()
        except ClientError:
            pass  # what is not there is asked for all the same
        finally:
            ask_at(engine.endpoint, "access", {"file": None})
        lines = [json.loads(line) for line in file.read_text().splitlines()]
        return [line for line in lines if f"::{account}:" in line["principal"]]

    return do


def test_a_transaction_is_asked_about_by_its_parts(engine: Engine, asked: Asked, account: str) -> None:
    table = engine.client(account, REGION, "dynamodb")
    key = {"pk": {"S": "a"}}
    parts = [
        {"Put": {"TableName": "t", "Item": key}},
        {"ConditionCheck": {"TableName": "t", "Key": key, "ConditionExpression": "attribute_exists(pk)"}},
    ]
    found = asked(lambda: table.transact_write_items(TransactItems=parts))
    assert [each["action"] for each in found] == ["dynamodb:PutItem", "dynamodb:ConditionCheckItem"]
    assert {each["resource"] for each in found} == {f"arn:aws:dynamodb:{REGION}:{account}:table/t"}


def test_a_query_of_an_index_is_asked_about_at_the_index(engine: Engine, asked: Asked, account: str) -> None:
    table = engine.client(account, REGION, "dynamodb")
    values = {":m": {"S": "2026-11"}}
    [found] = asked(
        lambda: table.query(
            TableName="t",
            IndexName="history",
            KeyConditionExpression="m = :m",
            ExpressionAttributeValues=values,
        )
    )
    assert found["action"] == "dynamodb:Query"
    assert found["resource"].endswith(":table/t/index/history")


def test_flow_logs_are_asked_about_with_their_tags_and_what_they_record(
    engine: Engine, asked: Asked, account: str
) -> None:
    tags = [{"ResourceType": "vpc-flow-log", "Tags": [{"Key": "natrec:hub", "Value": "222222222222"}]}]
    found = asked(
        lambda: engine.client(account, REGION, "ec2").create_flow_logs(
            ResourceIds=["eni-0123456789abcdef0"],
            ResourceType="NetworkInterface",
            TrafficType="ALL",
            LogDestinationType="s3",
            LogDestination="arn:aws:s3:::nowhere",
            TagSpecifications=tags,
        )
    )
    requested = {"aws:RequestTag/natrec:hub": "222222222222"}
    assert [(each["action"], each["resource"].rpartition(":")[2], each["keys"]) for each in found] == [
        ("ec2:CreateFlowLogs", "vpc-flow-log/*", requested),
        ("ec2:CreateFlowLogs", "network-interface/eni-0123456789abcdef0", {}),
        ("ec2:CreateTags", "vpc-flow-log/*", {**requested, "ec2:CreateAction": "CreateFlowLogs"}),
    ]


def test_a_schedule_with_a_role_is_asked_about_as_handing_it_over(
    engine: Engine, asked: Asked, account: str
) -> None:
    role = f"arn:aws:iam::{account}:role/failsafe"
    found = asked(
        lambda: engine.client(account, REGION, "scheduler").create_schedule(
            Name="one",
            GroupName="natrec",
            ScheduleExpression="at(2030-01-01T00:00:00)",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={"Arn": "arn:aws:scheduler:::aws-sdk:ec2:deleteFlowLogs", "RoleArn": role},
        )
    )
    assert [(each["action"], each["resource"]) for each in found] == [
        ("scheduler:CreateSchedule", f"arn:aws:scheduler:{REGION}:{account}:schedule/natrec/one"),
        ("iam:PassRole", role),
    ]
    assert found[1]["keys"] == {"iam:PassedToService": "scheduler.amazonaws.com"}


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (("lambda", "invoke", {"FunctionName": "f"}), ("lambda:InvokeFunction", "function:f")),
        (
            ("sqs", "send_message_batch", {"QueueUrl": "http://x/123456789012/q", "Entries": []}),
            ("sqs:SendMessage", ":123456789012:q"),
        ),
        (("s3", "list_objects_v2", {"Bucket": "b", "Prefix": "p/"}), ("s3:ListBucket", ":::b")),
        (("s3", "head_object", {"Bucket": "b", "Key": "k"}), ("s3:GetObject", ":::b/k")),
        (("cloudwatch", "describe_alarms", {}), ("cloudwatch:DescribeAlarms", "*")),
        (
            ("secretsmanager", "get_secret_value", {"SecretId": "s"}),
            ("secretsmanager:GetSecretValue", "secret:s-AbCdEf"),
        ),
    ],
)
def test_actions_and_resources_are_named_as_policies_name_them(
    engine: Engine,
    asked: Asked,
    account: str,
    call: tuple[str, str, dict[str, Any]],
    expected: tuple[str, str],
) -> None:
    service, method, arguments = call
    client = engine.client(account, REGION, service)
    found = asked(lambda: getattr(client, method)(**arguments))
    action, resource = expected
    assert found[0]["action"] == action
    assert found[0]["resource"].endswith(resource)


def test_a_log_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot be written"):
        AccessLog().command({"file": str(tmp_path)})
