"""What CloudFormation refuses on receipt, in AWS's words."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from scripts.sandbox.engine.core import Engine
from tests.sandbox.templates import REGION, deploy, described, outputs, reasons, template

QUEUE: dict[str, Any] = {"Type": "AWS::SQS::Queue", "Properties": {}}
SLOTS = {
    "Stage": {"Type": "String", "AllowedValues": ["test", "live"], "Default": "test"},
    "Word": {"Type": "String", "AllowedPattern": "[a-z]+", "Default": "a"},
    "Count": {"Type": "Number", "MinValue": 1, "Default": 3},
}


def parameter(key: str, value: str) -> dict[str, str]:
    return {"ParameterKey": key, "ParameterValue": value}


def refusal(engine: Engine, account: str, text: str, **more: object) -> str:
    client = engine.client(account, REGION, "cloudformation")
    with pytest.raises(ClientError) as refused:
        client.create_stack(StackName="test", TemplateBody=text, **more)
    with pytest.raises(ClientError, match="does not exist"):
        client.describe_stacks(StackName="test")
    return str(refused.value)


def test_an_unknown_resource_type_is_refused(engine: Engine, account: str) -> None:
    message = refusal(engine, account, template({"A": {"Type": "AWS::No::Such"}}))
    assert "Template format error: Unrecognized resource types: [AWS::No::Such]" in message


def test_parameters_that_the_template_does_not_have_are_refused(engine: Engine, account: str) -> None:
    message = refusal(engine, account, template({"Q": QUEUE}), Parameters=[parameter("Lost", "x")])
    assert "Parameters: [Lost] do not exist in the template" in message


def test_a_parameter_without_a_value_is_refused(engine: Engine, account: str) -> None:
    text = template({"Q": QUEUE}, Parameters={"Needed": {"Type": "String"}})
    assert "Parameters: [Needed] must have values" in refusal(engine, account, text)


@pytest.mark.parametrize(
    ("key", "value", "complaint"),
    [
        ("Stage", "prod", "Parameter 'Stage' must be one of AllowedValues"),
        ("Word", "A1", "Parameter 'Word' must match pattern"),
        ("Count", "0", "not less than 1"),
        ("Count", "many", "must be a number"),
    ],
)
def test_a_value_that_is_not_allowed_is_refused(
    engine: Engine, account: str, key: str, value: str, complaint: str
) -> None:
    text = template({"Q": QUEUE}, Parameters=SLOTS)
    assert complaint in refusal(engine, account, text, Parameters=[parameter(key, value)])


def test_a_named_role_needs_the_capability(engine: Engine, account: str) -> None:
    trust = {"Version": "2012-10-17", "Statement": []}
    properties = {"RoleName": "r", "AssumeRolePolicyDocument": trust}
    text = template({"Role": {"Type": "AWS::IAM::Role", "Properties": properties}})
    for capabilities in ([], ["CAPABILITY_IAM"]):
        message = refusal(engine, account, text, Capabilities=capabilities)
        assert "InsufficientCapabilitiesException" in message
        assert "Requires capabilities : [CAPABILITY_NAMED_IAM]" in message


def test_a_body_over_the_limit_is_refused_and_a_url_takes_it(engine: Engine, account: str) -> None:
    text = template({"Q": QUEUE}, Description="x" * 51_200)
    assert "less than or equal to 51200" in refusal(engine, account, text)
    s3 = engine.client(account, "us-east-1", "s3")
    bucket = f"templates-{account}"
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="a/b.json", Body=text)
    client = engine.client(account, REGION, "cloudformation")
    client.create_stack(StackName="test", TemplateURL=f"https://{bucket}.s3.amazonaws.com/a/b.json")
    assert described(engine, account, "test")["StackStatus"] == "CREATE_COMPLETE"


@pytest.mark.parametrize("function", [{"Ref": "Lost"}, {"Fn::GetAtt": "Lost.Arn"}, {"Fn::Sub": "x-${Lost}"}])
def test_a_reference_to_nothing_is_refused(engine: Engine, account: str, function: dict[str, str]) -> None:
    text = template({"Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": function}}})
    assert "Unresolved resource dependencies [Lost]" in refusal(engine, account, text)


def test_a_circle_of_references_is_refused(engine: Engine, account: str) -> None:
    a = {"Type": "AWS::SQS::Queue", "DependsOn": "B"}
    b = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Ref": "A"}}}
    message = refusal(engine, account, template({"A": a, "B": b}))
    assert "Circular dependency between resources: [A, B]" in message


@pytest.mark.parametrize(
    ("properties", "complaint"),
    [
        ({"Wrong": 1}, "extraneous key [Wrong] is not permitted"),
        ({"DelaySeconds": "soon"}, "expected type: integer"),
    ],
)
def test_a_wrong_property_fails_the_stack(
    engine: Engine, account: str, properties: dict[str, Any], complaint: str
) -> None:
    stack = deploy(engine, account, "test", template({"Q": {**QUEUE, "Properties": properties}}))
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert complaint in reasons(engine, account, "test")


def test_a_template_is_yaml_with_short_forms_too(engine: Engine, account: str) -> None:
    text = """
    AWSTemplateFormatVersion: 2010-09-09
    Parameters:
      Stage: {Type: String, Default: live}
      Names: {Type: CommaDelimitedList, Default: "a,b"}
    Mappings:
      Days: {live: {Keep: 1209600}, test: {Keep: 60}}
    Conditions:
      IsLive: !Equals [!Ref Stage, live]
      IsTest: !Not [!Condition IsLive]
      IsLong: !Equals [!FindInMap [Days, !Ref Stage, Keep], 1209600]
      Never: !And [!Condition IsLive, !Condition IsTest]
    Resources:
      Queue:
        Type: AWS::SQS::Queue
        Properties:
          QueueName: !Sub
            - "${AWS::StackName}-${Part}"
            - Part: !Select [1, !Ref Names]
          MessageRetentionPeriod: !FindInMap [Days, !Ref Stage, Keep]
          DelaySeconds: !If [IsTest, 5, !Ref AWS::NoValue]
      Topic:
        Type: AWS::SNS::Topic
        Condition: Never
    Outputs:
      Name: {Value: !GetAtt Queue.QueueName}
      Joined: {Value: !Join ["+", [!If [IsTest, x, !Ref AWS::NoValue], y, !GetAtt Queue.Arn]]}
      Text: {Value: !Sub ["$$.x ${!literal} ${One}", {One: 1}]}
      Long: {Condition: IsLong, Value: "yes"}
      Hidden: {Condition: Never, Value: !Ref Topic}
    """
    stack = deploy(engine, account, "test", text)
    assert stack["StackStatus"] == "CREATE_COMPLETE", reasons(engine, account, "test")
    assert outputs(stack) == {
        "Name": "test-b",
        "Long": "yes",
        "Text": "$$.x ${literal} 1",
        "Joined": f"y+arn:aws:sqs:{REGION}:{account}:test-b",
    }
    resources = engine.client(account, REGION, "cloudformation").describe_stack_resources(StackName="test")
    assert [r["LogicalResourceId"] for r in resources["StackResources"]] == ["Queue"]


def test_an_export_is_imported_by_another_stack(engine: Engine, account: str) -> None:
    export = {"Arn": {"Value": {"Fn::GetAtt": ["Q", "Arn"]}, "Export": {"Name": "queue-arn"}}}
    deploy(engine, account, "giver", template({"Q": QUEUE}, Outputs=export))
    taken = {"Taken": {"Value": {"Fn::ImportValue": "queue-arn"}}}
    shown = outputs(deploy(engine, account, "taker", template({"Q": QUEUE}, Outputs=taken)))
    assert shown["Taken"].startswith(f"arn:aws:sqs:{REGION}:{account}:giver-Q-")


def test_nothing_is_written_where_a_definition_is_no_template(engine: Engine, account: str) -> None:
    for text in ("[]", "{", json.dumps({"Resources": {}}), json.dumps({"Resources": {"A": {}}})):
        assert "Template format error" in refusal(engine, account, text)
    odd = template({"Q": QUEUE}, Transforms="x")
    assert "Invalid template property or properties [Transforms]" in refusal(engine, account, odd)
