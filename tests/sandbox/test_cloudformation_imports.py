"""Change sets: what they tell, and resources that are taken into a stack."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from scripts.sandbox.engine.core import Engine
from tests.sandbox.templates import REGION, deploy, described, template

TABLE: dict[str, Any] = {
    "Type": "AWS::DynamoDB::Table",
    "DeletionPolicy": "Retain",
    "Properties": {
        "TableName": "t",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    },
}
QUEUE: dict[str, Any] = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "q"}}
LISTED = {
    "ResourceType": "AWS::DynamoDB::Table",
    "LogicalResourceId": "T",
    "ResourceIdentifier": {"TableName": "t"},
}


def change_set(engine: Engine, account: str, kind: str, text: str, **more: object) -> dict[str, Any]:
    client = engine.client(account, REGION, "cloudformation")
    client.create_change_set(
        StackName="test", ChangeSetName="one", ChangeSetType=kind, TemplateBody=text, **more
    )
    found: dict[str, Any] = client.describe_change_set(StackName="test", ChangeSetName="one")
    return found


def execute(engine: Engine, account: str) -> str:
    client = engine.client(account, REGION, "cloudformation")
    client.execute_change_set(StackName="test", ChangeSetName="one")
    return str(described(engine, account, "test")["StackStatus"])


def a_table_that_was_kept(engine: Engine, account: str) -> None:
    deploy(engine, account, "test", template({"T": TABLE}))
    client = engine.client(account, REGION, "cloudformation")
    client.delete_stack(StackName="test")
    dynamodb = engine.client(account, REGION, "dynamodb")
    dynamodb.put_item(TableName="t", Item={"pk": {"S": "kept"}})


def test_what_was_kept_is_taken_into_a_new_stack_with_what_it_holds(engine: Engine, account: str) -> None:
    a_table_that_was_kept(engine, account)
    told = change_set(engine, account, "IMPORT", template({"T": TABLE}), ResourcesToImport=[LISTED])
    assert [each["ResourceChange"]["Action"] for each in told["Changes"]] == ["Import"]
    assert execute(engine, account) == "IMPORT_COMPLETE"
    client = engine.client(account, REGION, "cloudformation")
    client.update_stack(StackName="test", TemplateBody=template({"T": TABLE, "Q": QUEUE}))
    dynamodb = engine.client(account, REGION, "dynamodb")
    assert dynamodb.get_item(TableName="t", Key={"pk": {"S": "kept"}})["Item"]


@pytest.mark.parametrize(
    ("resources", "listed", "complaint"),
    [
        ({"T": TABLE, "Q": QUEUE}, [LISTED], "not being imported"),
        ({"T": {**TABLE, "DeletionPolicy": None}}, [LISTED], "missing DeletionPolicy"),
        ({"T": TABLE}, [{**LISTED, "ResourceIdentifier": {"TableName": "lost"}}], "does not exist"),
        ({"T": TABLE}, [], "ResourcesToImport"),
    ],
)
def test_an_import_that_aws_refuses_is_refused(
    engine: Engine, account: str, resources: dict[str, Any], listed: list[Any], complaint: str
) -> None:
    a_table_that_was_kept(engine, account)
    named = {
        name: {key: value for key, value in each.items() if value is not None}
        for name, each in resources.items()
    }
    with pytest.raises(ClientError, match=complaint):
        change_set(engine, account, "IMPORT", template(named), ResourcesToImport=listed)


def test_outputs_cannot_come_with_an_import(engine: Engine, account: str) -> None:
    a_table_that_was_kept(engine, account)
    text = template({"T": TABLE}, Outputs={"T": {"Value": {"Ref": "T"}}})
    with pytest.raises(ClientError, match=r"cannot modify or add \[Outputs\]"):
        change_set(engine, account, "IMPORT", text, ResourcesToImport=[LISTED])


def test_what_belongs_to_a_stack_is_not_taken_into_another(engine: Engine, account: str) -> None:
    deploy(engine, account, "other", template({"T": TABLE}))
    with pytest.raises(ClientError, match="already exists in stack"):
        change_set(engine, account, "IMPORT", template({"T": TABLE}), ResourcesToImport=[LISTED])


def test_a_change_set_tells_what_is_added_changed_replaced_and_removed(engine: Engine, account: str) -> None:
    old = {
        "Q": QUEUE,
        "Gone": {**QUEUE, "Properties": {"QueueName": "gone"}},
        "Same": {"Type": "AWS::SQS::Queue"},
    }
    deploy(
        engine, account, "test", template({**old, "Other": {**QUEUE, "Properties": {"QueueName": "other"}}})
    )
    new = template(
        {
            "Q": {**QUEUE, "Properties": {"QueueName": "q", "DelaySeconds": 3}},
            "Other": {**QUEUE, "Properties": {"QueueName": "another"}},
            "Same": {"Type": "AWS::SQS::Queue"},
            "New": {"Type": "AWS::SQS::Queue"},
        }
    )
    told = [each["ResourceChange"] for each in change_set(engine, account, "UPDATE", new)["Changes"]]
    assert {(each["LogicalResourceId"], each["Action"], each.get("Replacement")) for each in told} == {
        ("Q", "Modify", "False"),
        ("Other", "Modify", "True"),
        ("Gone", "Remove", None),
        ("New", "Add", None),
    }


def test_a_change_set_without_a_change_says_so_and_cannot_be_executed(engine: Engine, account: str) -> None:
    deploy(engine, account, "test", template({"Q": QUEUE}))
    told = change_set(engine, account, "UPDATE", template({"Q": QUEUE}))
    assert (told["Status"], told["ExecutionStatus"]) == ("FAILED", "UNAVAILABLE")
    assert "didn't contain changes" in told["StatusReason"]
    with pytest.raises(ClientError, match="cannot be executed"):
        execute(engine, account)


def test_a_stack_that_exists_is_not_created_again(engine: Engine, account: str) -> None:
    deploy(engine, account, "test", template({"Q": QUEUE}))
    with pytest.raises(ClientError, match="already exists and cannot be created again"):
        change_set(engine, account, "CREATE", template({"Q": QUEUE}))


def test_a_stack_of_which_there_is_only_a_change_set_is_in_review(engine: Engine, account: str) -> None:
    change_set(engine, account, "CREATE", template({"Q": QUEUE}))
    assert described(engine, account, "test")["StackStatus"] == "REVIEW_IN_PROGRESS"
    engine.client(account, REGION, "cloudformation").delete_change_set(StackName="test", ChangeSetName="one")
    assert change_set(engine, account, "CREATE", template({"Q": QUEUE}))["Status"] == "CREATE_COMPLETE"


def test_a_creation_that_fails_can_take_its_stack_with_it(engine: Engine, account: str) -> None:
    bad = {
        "Type": "AWS::SNS::Subscription",
        "Properties": {"TopicArn": "arn:aws:sns:eu-west-1:1:x", "Protocol": "sqs"},
    }
    change_set(engine, account, "CREATE", template({"Bad": bad}), OnStackFailure="DELETE")
    client = engine.client(account, REGION, "cloudformation")
    client.execute_change_set(StackName="test", ChangeSetName="one")
    with pytest.raises(ClientError, match="does not exist"):
        client.describe_stacks(StackName="test")
