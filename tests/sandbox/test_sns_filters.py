import json
from typing import Any

import pytest

from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.sns_filters import matches
from tests.sandbox.templates import REGION, deploy, described, reasons, template

ARRAY = {"to": {"Type": "String.Array", "Value": '["ops", "dev"]'}}
TEXT = {"to": {"Type": "String", "Value": "ops"}}


@pytest.mark.parametrize(
    ("policy", "attributes", "passes"),
    [
        ({"to": ["ops"]}, ARRAY, True),
        ({"to": ["sec", "dev"]}, ARRAY, True),
        ({"to": ["sec"]}, ARRAY, False),
        ({"to": [{"exists": True}]}, ARRAY, True),
        ({"to": [{"exists": False}]}, ARRAY, False),
        ({"to": [{"exists": False}]}, {}, True),
        ({"to": ["ops", {"exists": False}]}, {}, True),
        ({"to": [{"prefix": "de"}]}, ARRAY, True),
        ({"to": [{"anything-but": ["ops"]}]}, ARRAY, True),
        ({"to": [{"anything-but": ["ops", "dev"]}]}, ARRAY, False),
        ({"to": [{"anything-but": ["ops"]}]}, {}, False),
        ({"to": ["ops"]}, TEXT, True),
        ({"to": ["ops"]}, {"to": {"Type": "String", "Value": '["ops"]'}}, False),
        ({"to": ["ops"]}, {"to": {"Type": "String.Array", "Value": "ops"}}, False),
        ({"to": ["ops"], "kind": ["failed"]}, TEXT, False),
        ({"size": [{"numeric": [">=", 5]}]}, {"size": {"Type": "Number", "Value": "5"}}, True),
    ],
)
def test_a_policy_is_read_as_sns_reads_it(
    policy: dict[str, Any], attributes: dict[str, Any], *, passes: bool
) -> None:
    assert matches(attributes, policy) is passes


def told(sqs: Any, name: str) -> list[str]:  # noqa: ANN401 - clients have no common type
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    return sorted(each["Body"] for each in found)


def test_the_policy_of_a_template_decides_what_a_subscriber_gets(engine: Engine, account: str) -> None:
    sns, sqs = engine.client(account, REGION, "sns"), engine.client(account, REGION, "sqs")

    def resources(policy: dict[str, Any]) -> str:
        properties = {
            "TopicArn": {"Ref": "Topic"},
            "Protocol": "sqs",
            "Endpoint": {"Fn::GetAtt": ["Queue", "Arn"]},
            "RawMessageDelivery": True,
            "FilterPolicy": policy,
        }
        return template(
            {
                "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "notices"}},
                "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "told"}},
                "Subscription": {"Type": "AWS::SNS::Subscription", "Properties": properties},
            }
        )

    def publish(message: str, *audience: str) -> None:
        array = {"DataType": "String.Array", "StringValue": json.dumps(audience)}
        topic = f"arn:aws:sns:{REGION}:{account}:notices"
        given = {"to": array} if audience else {}
        sns.publish(TopicArn=topic, Message=message, MessageAttributes=given)

    stack = deploy(engine, account, "test", resources({"to": ["ops", {"exists": False}]}))
    assert stack["StackStatus"] == "CREATE_COMPLETE", reasons(engine, account, "test")
    publish("both", "ops", "dev")
    publish("theirs", "dev")
    publish("everybody's")
    assert told(sqs, "told") == ["both", "everybody's"]
    client = engine.client(account, REGION, "cloudformation")
    client.update_stack(StackName="test", TemplateBody=resources({"to": ["dev"]}))
    assert described(engine, account, "test")["StackStatus"] == "UPDATE_COMPLETE"
    publish("theirs", "dev")
    publish("ours", "ops")
    assert "theirs" in told(sqs, "told")
    assert "ours" not in told(sqs, "told")
