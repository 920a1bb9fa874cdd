"""What lies under a key of KMS: nothing is read, written or delivered that the key does not let through."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.event_targets import Call, TargetError, send_to_queue
from tests.sandbox.eventually import eventually
from tests.sandbox.machines import REGION, Table
from tests.sandbox.templates import deploy, described, outputs, reasons, template

EVENTS, ALARMS, LOGS = "events.amazonaws.com", "cloudwatch.amazonaws.com", f"logs.{REGION}.amazonaws.com"


@dataclass(frozen=True)
class Place:
    """One account of the engine, and its keys."""

    engine: Engine
    account: str

    def client(self, service: str) -> Any:  # noqa: ANN401 - of any service
        return self.engine.client(self.account, REGION, service)

    def key(self, *services: str, **condition: object) -> str:
        """A key whose policy lets its account use it, and these services."""
        root = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{self.account}:root"}}
        lets = {"Effect": "Allow", "Principal": {"Service": list(services)}, **condition}
        given = [{**each, "Action": "kms:*", "Resource": "*"} for each in (root, lets if services else root)]
        policy = json.dumps({"Version": "2012-10-17", "Statement": given})
        arn: str = self.client("kms").create_key(Policy=policy)["KeyMetadata"]["Arn"]
        return arn

    def queue(self, key: str) -> str:
        name, sqs = f"queue-{key[-8:]}", self.client("sqs")
        arn = f"arn:aws:sqs:{REGION}:{self.account}:{name}"
        said = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": arn}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [said]})
        sqs.create_queue(QueueName=name, Attributes={"Policy": policy, "KmsMasterKeyId": key})
        return arn

    def url(self, queue: str) -> str:
        found: str = self.client("sqs").get_queue_url(QueueName=queue.rpartition(":")[2])["QueueUrl"]
        return found


@pytest.fixture
def place(engine: Engine, fresh_account: Callable[[], str]) -> Place:
    return Place(engine, fresh_account())


@pytest.fixture
def table(place: Place) -> Table:
    return Table(place.engine, place.account)


def name_of(key: str) -> str:
    """Some of moto's calls know a key by its id only."""
    return key.rpartition("/")[2]


def encrypt(table: Table, key: str) -> None:
    said = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}
    table.client.update_table(TableName=table.name, SSESpecification=said)


def test_a_table_says_which_key_it_is_under_now(place: Place, table: Table) -> None:
    for key in (place.key(), place.key()):
        encrypt(table, key)
        told = table.client.describe_table(TableName=table.name)["Table"]["SSEDescription"]
        assert (told["Status"], told["KMSMasterKeyArn"]) == ("ENABLED", key)


def test_a_table_is_neither_read_nor_written_while_its_key_is_disabled(place: Place, table: Table) -> None:
    key, kms, beside = place.key(), place.client("kms"), Table(place.engine, place.account)
    table.put("a", of="before")
    encrypt(table, key)
    kms.disable_key(KeyId=name_of(key))
    put = {"Put": {"TableName": table.name, "Item": {"pk": {"S": "a"}}}}
    for act in (
        lambda: table.put("a", of="meanwhile"),
        lambda: table.get("a"),
        lambda: table.client.scan(TableName=table.name),
        lambda: table.client.batch_get_item(RequestItems={table.name: {"Keys": [{"pk": {"S": "a"}}]}}),
        lambda: table.client.transact_write_items(TransactItems=[put]),
    ):
        with pytest.raises(ClientError, match="KMS key access denied error"):
            act()
    beside.put("a")
    kms.enable_key(KeyId=name_of(key))
    assert table.get("a")["of"] == {"S": "before"}


def test_a_table_does_not_leave_a_key_that_is_to_be_deleted(place: Place, table: Table) -> None:
    lost = place.key()
    encrypt(table, lost)
    place.client("kms").schedule_key_deletion(KeyId=name_of(lost), PendingWindowInDays=7)
    with pytest.raises(ClientError, match="is PendingDeletion"):
        encrypt(table, place.key())


def test_a_table_goes_though_its_key_has_gone(place: Place, table: Table) -> None:
    key = place.key()
    encrypt(table, key)
    place.client("kms").schedule_key_deletion(KeyId=name_of(key), PendingWindowInDays=7)
    table.client.delete_table(TableName=table.name)
    assert table.name not in table.client.list_tables()["TableNames"]


def test_a_queue_under_a_key_that_cannot_be_used_takes_and_gives_nothing(place: Place) -> None:
    key, sqs, kms = place.key(), place.client("sqs"), place.client("kms")
    url = place.url(place.queue(key))
    sqs.send_message(QueueUrl=url, MessageBody="before")
    kms.disable_key(KeyId=name_of(key))
    with pytest.raises(ClientError, match="KmsDisabled"):
        sqs.send_message(QueueUrl=url, MessageBody="meanwhile")
    with pytest.raises(ClientError, match="KmsDisabled"):
        sqs.receive_message(QueueUrl=url)
    kms.schedule_key_deletion(KeyId=name_of(key), PendingWindowInDays=7)
    with pytest.raises(ClientError, match="KmsInvalidState"):
        sqs.receive_message(QueueUrl=url)
    kms.cancel_key_deletion(KeyId=name_of(key))
    kms.enable_key(KeyId=name_of(key))
    assert [each["Body"] for each in sqs.receive_message(QueueUrl=url)["Messages"]] == ["before"]


def dead_letter(place: Place, key: str) -> None:
    queue = place.queue(key)
    rule = f"arn:aws:events:{REGION}:{place.account}:rule/onset"
    send_to_queue(place.engine, Call(EVENTS, rule, "1", {"Arn": queue}, "lost"))


def test_a_rule_gives_up_into_an_encrypted_queue_only_where_its_key_lets_eventbridge(place: Place) -> None:
    with pytest.raises(TargetError, match=f"{EVENTS} may not use"):
        dead_letter(place, place.key())
    # what EventBridge does for an account it does not tell KMS
    ours = {"StringEquals": {"aws:SourceAccount": place.account}}
    with pytest.raises(TargetError, match=f"{EVENTS} may not use"):
        dead_letter(place, place.key(EVENTS, Condition=ours))
    dead_letter(place, place.key(EVENTS, Condition={"StringEqualsIfExists": ours["StringEquals"]}))


def test_an_alarm_tells_an_encrypted_topic_only_where_its_key_lets_cloudwatch(place: Place) -> None:
    sns, alarms = place.client("sns"), place.client("cloudwatch")
    letters = place.client("sqs").create_queue(QueueName="told")["QueueUrl"]
    topics = {}
    for name, key in (("deaf", place.key()), ("heard", place.key(ALARMS))):
        topics[name] = sns.create_topic(Name=name, Attributes={"KmsMasterKeyId": key})["TopicArn"]
        arn = f"arn:aws:sqs:{REGION}:{place.account}:told"
        sns.subscribe(TopicArn=topics[name], Protocol="sqs", Endpoint=arn)
    alarms.put_metric_alarm(
        AlarmName="full",
        Namespace="shop",
        MetricName="orders",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
        AlarmActions=list(topics.values()),
    )
    alarms.set_alarm_state(AlarmName="full", StateValue="ALARM", StateReason="a test says so")

    def told() -> list[str]:
        found = place.client("sqs").receive_message(QueueUrl=letters, MaxNumberOfMessages=10)
        return [json.loads(each["Body"])["TopicArn"] for each in found.get("Messages", [])]

    assert eventually(told) == [topics["heard"]]
    assert told() == []


def log_group(**properties: str) -> dict[str, Any]:
    named = {"LogGroupName": "/aws/lambda/shop", **properties}
    return {"Group": {"Type": "AWS::Logs::LogGroup", "Properties": named}}


def lets_logs(place: Place, group: str = "shop") -> str:
    arn = f"arn:aws:logs:{REGION}:{place.account}:log-group:/aws/lambda/{group}"
    return place.key(LOGS, Condition={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": arn}})


def test_a_log_group_is_made_only_under_a_key_that_lets_cloudwatch_logs_for_it(place: Place) -> None:
    text = template(log_group(KmsKeyId=lets_logs(place, "another")))
    stack = deploy(place.engine, place.account, "test", text)
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "is not allowed to be used with LogGroup" in str(reasons(place.engine, place.account, "test"))
    assert place.client("logs").describe_log_groups()["logGroups"] == []


def test_a_log_group_comes_under_a_key_and_leaves_it(place: Place) -> None:
    key, stacks = lets_logs(place), place.client("cloudformation")
    assert outputs(deploy(place.engine, place.account, "test", template(log_group()))) == {}
    for properties in ({"KmsKeyId": key}, {}):
        stacks.update_stack(StackName="test", TemplateBody=template(log_group(**properties)))
        assert described(place.engine, place.account, "test")["StackStatus"] == "UPDATE_COMPLETE"
        (group,) = place.client("logs").describe_log_groups()["logGroups"]
        assert group.get("kmsKeyId") == properties.get("KmsKeyId")
