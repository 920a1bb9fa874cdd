"""A stack's life: failure rolls back, updates touch only what differs, deletion keeps what is retained."""

from http import HTTPStatus
from typing import Any

import pytest
from botocore.exceptions import ClientError

from scripts.sandbox.engine.core import Engine
from tests.sandbox.templates import REGION, deploy, described, outputs, reasons, template


def queue(name: str | None = None, **more: object) -> dict[str, Any]:
    return {"Type": "AWS::SQS::Queue", "Properties": {**({"QueueName": name} if name else {}), **more}}


# Subscribing to a topic that is not there is refused by SNS.
BROKEN = {
    "Type": "AWS::SNS::Subscription",
    "DependsOn": "Q",
    "Properties": {
        "TopicArn": "arn:aws:sns:eu-west-1:123456789012:lost",
        "Protocol": "email",
        "Endpoint": "a@example.com",
    },
}


def queues(engine: Engine, account: str) -> list[str]:
    urls = engine.client(account, REGION, "sqs").list_queues().get("QueueUrls", [])
    return sorted(url.rsplit("/", 1)[-1] for url in urls)


def update(engine: Engine, account: str, text: str, **more: object) -> str:
    client = engine.client(account, REGION, "cloudformation")
    client.update_stack(StackName="test", TemplateBody=text, **more)
    status: str = described(engine, account, "test")["StackStatus"]
    return status


def test_a_failed_create_is_rolled_back_with_its_reason(engine: Engine, account: str) -> None:
    stack = deploy(engine, account, "test", template({"Q": queue("q"), "Bad": BROKEN}))
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "failed to create: [Bad]" in reasons(engine, account, "test")
    assert "Topic does not exist" in reasons(engine, account, "test")
    assert queues(engine, account) == []
    client = engine.client(account, REGION, "cloudformation")
    with pytest.raises(ClientError, match="ROLLBACK_COMPLETE state and can not be updated"):
        client.update_stack(StackName="test", TemplateBody=template({"Q": queue("q")}))
    with pytest.raises(ClientError, match="already exists"):
        deploy(engine, account, "test", template({"Q": queue("q")}))
    client.delete_stack(StackName="test")
    assert deploy(engine, account, "test", template({"Q": queue("q")}))["StackStatus"] == "CREATE_COMPLETE"


def test_the_waiter_says_that_a_create_failed(engine: Engine, account: str) -> None:
    deploy(engine, account, "test", template({"Q": queue("q"), "Bad": BROKEN}))
    client = engine.client(account, REGION, "cloudformation")
    with pytest.raises(Exception, match="ROLLBACK_COMPLETE"):
        client.get_waiter("stack_create_complete").wait(StackName="test")


def test_on_failure_do_nothing_keeps_what_was_made(engine: Engine, account: str) -> None:
    text = template({"Q": queue("q"), "Bad": BROKEN})
    assert deploy(engine, account, "test", text, OnFailure="DO_NOTHING")["StackStatus"] == "CREATE_FAILED"
    assert queues(engine, account) == ["q"]


def test_a_failed_update_returns_the_stack_to_what_it_was(engine: Engine, account: str) -> None:
    text = template({"Q": queue("q", DelaySeconds=1)}, Outputs={"Q": {"Value": {"Ref": "Q"}}})
    before = outputs(deploy(engine, account, "test", text))
    worse = template({"Q": queue("q", DelaySeconds=2), "New": queue("new"), "Bad": BROKEN})
    assert update(engine, account, worse) == "UPDATE_ROLLBACK_COMPLETE"
    assert queues(engine, account) == ["q"]
    sqs = engine.client(account, REGION, "sqs")
    url = sqs.get_queue_url(QueueName="q")["QueueUrl"]
    assert sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["DelaySeconds"])["Attributes"] == {
        "DelaySeconds": "1"
    }
    assert outputs(described(engine, account, "test")) == before
    assert "Topic does not exist" in reasons(engine, account, "test")
    better = template({"Q": queue("q", DelaySeconds=3)})
    assert update(engine, account, better) == "UPDATE_COMPLETE"


def test_a_parameter_used_only_in_a_sub_is_seen_as_a_change(engine: Engine, account: str) -> None:
    rule = {
        "Name": "r",
        "EventPattern": {"source": ["x"]},
        "Description": {"Fn::Sub": "for ${Who}"},
    }
    text = template(
        {"R": {"Type": "AWS::Events::Rule", "Properties": rule}},
        Parameters={"Who": {"Type": "String"}},
    )
    deploy(engine, account, "test", text, Parameters=[{"ParameterKey": "Who", "ParameterValue": "a"}])
    done = update(engine, account, text, Parameters=[{"ParameterKey": "Who", "ParameterValue": "b"}])
    assert done == "UPDATE_COMPLETE"
    assert engine.client(account, REGION, "events").describe_rule(Name="r")["Description"] == "for b"
    with pytest.raises(ClientError, match=r"No updates are to be performed\."):
        update(engine, account, text, Parameters=[{"ParameterKey": "Who", "UsePreviousValue": True}])


def test_a_change_of_a_name_replaces_and_reaches_what_refers_to_it(engine: Engine, account: str) -> None:
    def both(name: str) -> str:
        alarm = {
            "AlarmName": "a",
            "ComparisonOperator": "GreaterThanThreshold",
            "EvaluationPeriods": 1,
            "MetricName": "m",
            "Namespace": "n",
            "Period": 60,
            "Statistic": "Sum",
            "Threshold": 1,
            "AlarmDescription": {"Fn::GetAtt": ["Q", "QueueName"]},
        }
        return template({"Q": queue(name), "A": {"Type": "AWS::CloudWatch::Alarm", "Properties": alarm}})

    deploy(engine, account, "test", both("old"))
    assert update(engine, account, both("new")) == "UPDATE_COMPLETE"
    assert queues(engine, account) == ["new"]
    (alarm,) = engine.client(account, REGION, "cloudwatch").describe_alarms()["MetricAlarms"]
    assert alarm["AlarmDescription"] == "new"


def test_only_the_fixed_part_of_a_property_replaces(engine: Engine, account: str) -> None:
    def both(*columns: str) -> str:
        stored = {"Columns": [{"Name": each, "Type": "string"} for each in columns]}
        table = {"Name": "t", "StorageDescriptor": stored}
        properties = {"CatalogId": account, "DatabaseName": {"Ref": "D"}, "TableInput": table}
        database = {"CatalogId": account, "DatabaseInput": {"Name": "d"}}
        return template(
            {
                "D": {"Type": "AWS::Glue::Database", "Properties": database},
                "T": {"Type": "AWS::Glue::Table", "Properties": properties},
            }
        )

    deploy(engine, account, "test", both("a"))
    assert update(engine, account, both("a", "b")) == "UPDATE_COMPLETE"
    found = engine.client(account, REGION, "glue").get_table(DatabaseName="d", Name="t")["Table"]
    assert [each["Name"] for each in found["StorageDescriptor"]["Columns"]] == ["a", "b"]


def test_a_generated_name_survives_an_update(engine: Engine, account: str) -> None:
    deploy(engine, account, "test", template({"Q": queue(DelaySeconds=1)}))
    before = queues(engine, account)
    assert update(engine, account, template({"Q": queue(DelaySeconds=2)})) == "UPDATE_COMPLETE"
    assert queues(engine, account) == before


def test_what_left_the_template_is_deleted_unless_retained(engine: Engine, account: str) -> None:
    kept = {**queue("kept"), "DeletionPolicy": "Retain"}
    deploy(engine, account, "test", template({"Q": queue("q"), "Gone": queue("gone"), "Kept": kept}))
    assert update(engine, account, template({"Q": queue("q"), "Kept": kept})) == "UPDATE_COMPLETE"
    assert queues(engine, account) == ["kept", "q"]
    client = engine.client(account, REGION, "cloudformation")
    client.delete_stack(StackName="test")
    client.get_waiter("stack_delete_complete").wait(StackName="test")
    assert queues(engine, account) == ["kept"]


def test_a_protected_stack_is_not_deleted(engine: Engine, account: str) -> None:
    deploy(engine, account, "test", template({"Q": queue("q")}), EnableTerminationProtection=True)
    with pytest.raises(ClientError, match="TerminationProtection is enabled"):
        engine.client(account, REGION, "cloudformation").delete_stack(StackName="test")


def test_deleting_a_stack_that_is_not_there_succeeds(engine: Engine, account: str) -> None:
    client = engine.client(account, REGION, "cloudformation")
    answer = client.delete_stack(StackName="never")
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == HTTPStatus.OK
    assert client.describe_stacks()["Stacks"] == []


def test_a_change_set_creates_and_updates_with_rollback(engine: Engine, account: str) -> None:
    client = engine.client(account, REGION, "cloudformation")
    for kind, text in (("CREATE", queue("q")), ("UPDATE", queue("q", DelaySeconds=2))):
        name = f"c-{kind.lower()}"
        body = template({"Q": text})
        client.create_change_set(StackName="test", ChangeSetName=name, ChangeSetType=kind, TemplateBody=body)
        client.get_waiter("change_set_create_complete").wait(StackName="test", ChangeSetName=name)
        client.execute_change_set(StackName="test", ChangeSetName=name)
        assert described(engine, account, "test")["StackStatus"] == f"{kind}_COMPLETE"
    assert queues(engine, account) == ["q"]


@pytest.mark.parametrize(
    ("policy", "left"), [("Delete", []), ("Retain", ["q"]), ("RetainExceptOnCreate", [])]
)
def test_a_rollback_leaves_what_is_retained_unless_it_made_it(
    engine: Engine, account: str, policy: str, left: list[str]
) -> None:
    text = template({"Q": {**queue("q"), "DeletionPolicy": policy}, "Bad": BROKEN})
    assert deploy(engine, account, "test", text)["StackStatus"] == "ROLLBACK_COMPLETE"
    assert queues(engine, account) == left


def test_what_somebody_has_deleted_already_does_not_hold_up_a_deletion(engine: Engine, account: str) -> None:
    deploy(engine, account, "test", template({"Q": queue("q"), "R": queue("r")}))
    sqs = engine.client(account, REGION, "sqs")
    sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName="q")["QueueUrl"])
    engine.client(account, REGION, "cloudformation").delete_stack(StackName="test")
    assert queues(engine, account) == []
    with pytest.raises(ClientError, match="does not exist"):
        described(engine, account, "test")


def test_a_stack_is_described_in_the_words_of_its_template_however_it_was_made(
    engine: Engine, account: str
) -> None:
    client = engine.client(account, REGION, "cloudformation")

    def change(kind: str, words: str) -> str:
        text = template({"Q": queue("q")}, Description=words)
        made = client.create_change_set(
            StackName="test", ChangeSetName=f"c{words}", ChangeSetType=kind, TemplateBody=text
        )
        client.execute_change_set(ChangeSetName=made["Id"])
        return str(described(engine, account, "test")["Description"])

    assert change("CREATE", "first") == "first"
    assert change("UPDATE", "second") == "second"


def test_what_is_replaced_goes_unless_its_policy_for_replacement_says_otherwise(
    engine: Engine, account: str
) -> None:
    kept = {"DeletionPolicy": "Delete", "UpdateReplacePolicy": "Retain"}
    gone = {"DeletionPolicy": "Retain"}
    parts = {"Kept": {**queue("kept-1"), **kept}, "Gone": {**queue("gone-1"), **gone}}
    deploy(engine, account, "test", template(parts))
    parts = {"Kept": {**queue("kept-2"), **kept}, "Gone": {**queue("gone-2"), **gone}}
    assert update(engine, account, template(parts)) == "UPDATE_COMPLETE"
    assert queues(engine, account) == ["gone-2", "kept-1", "kept-2"]
