"""FIFO queues and what reads them, by template: created, changed in place, deleted."""

import json
from typing import Any

from scripts.sandbox.engine.core import Engine
from tests.sandbox.eventually import eventually
from tests.sandbox.templates import REGION, deploy, described, outputs, reasons, template

CODE = "def handler(event, context):\n    return {'batchItemFailures': []}\n"
READS = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]


def fifo(**properties: object) -> dict[str, Any]:
    dead = {"Fn::GetAtt": ["Dead", "Arn"]}
    given = {
        "FifoQueue": True,
        "QueueName": "slack.fifo",
        "DeduplicationScope": "messageGroup",
        "FifoThroughputLimit": "perMessageGroupId",
        "RedrivePolicy": {"deadLetterTargetArn": dead, "maxReceiveCount": 20},
        **properties,
    }
    return {"Type": "AWS::SQS::Queue", "Properties": given}


def fed(actions: list[str], timeout: int = 10, **mapping: object) -> dict[str, Any]:
    queue = {"Fn::GetAtt": ["Queue", "Arn"]}
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    own = {"Effect": "Allow", "Action": actions, "Resource": queue}
    role = {
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
        "Policies": [{"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": [own]}}],
    }
    function = {
        "Runtime": "python3.13",
        "Handler": "index.handler",
        "Timeout": timeout,
        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
        "Code": {"ZipFile": CODE},
    }
    settings = {"FunctionName": {"Ref": "Function"}, "EventSourceArn": queue, **mapping}
    return {
        "Dead": {"Type": "AWS::SQS::Queue", "Properties": {"FifoQueue": True}},
        "Queue": fifo(VisibilityTimeout=60),
        "Role": {"Type": "AWS::IAM::Role", "Properties": role},
        "Function": {"Type": "AWS::Lambda::Function", "Properties": function},
        "Feed": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": settings},
    }


def update(engine: Engine, account: str, resources: dict[str, Any]) -> None:
    client = engine.client(account, REGION, "cloudformation")
    client.update_stack(
        StackName="test", TemplateBody=template(resources), Capabilities=["CAPABILITY_NAMED_IAM"]
    )
    assert described(engine, account, "test")["StackStatus"] == "UPDATE_COMPLETE", reasons(
        engine, account, "test"
    )


def test_a_fifo_queue_keeps_its_dead_letters_in_one_that_is_named_for_it(
    engine: Engine, account: str
) -> None:
    dead = {"Type": "AWS::SQS::Queue", "Properties": {"FifoQueue": True}}
    resources = {"Dead": dead, "Queue": fifo(VisibilityTimeout=90)}
    names = {"Outputs": {"Dead": {"Value": {"Fn::GetAtt": ["Dead", "QueueName"]}}}}
    stack = deploy(engine, account, "test", template(resources, **names))
    assert stack["StackStatus"] == "CREATE_COMPLETE", reasons(engine, account, "test")
    assert outputs(stack)["Dead"].endswith(".fifo")
    sqs = engine.client(account, REGION, "sqs")
    url = sqs.get_queue_url(QueueName="slack.fifo")["QueueUrl"]

    def told() -> dict[str, Any]:
        found: dict[str, Any] = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        return found

    before = told()
    assert (before["DeduplicationScope"], before["FifoThroughputLimit"]) == (
        "messageGroup",
        "perMessageGroupId",
    )
    assert (before["VisibilityTimeout"], json.loads(before["RedrivePolicy"])["maxReceiveCount"]) == ("90", 20)
    update(engine, account, {"Dead": dead, "Queue": fifo(ContentBasedDeduplication=True)})
    after = told()
    assert (after["VisibilityTimeout"], after["ContentBasedDeduplication"]) == ("30", "true")
    engine.client(account, REGION, "cloudformation").delete_stack(StackName="test")
    assert eventually(lambda: "QueueUrls" not in sqs.list_queues())


def test_a_queue_feeds_a_function_until_its_stack_is_deleted(engine: Engine, account: str) -> None:
    stack = deploy(
        engine,
        account,
        "test",
        template(
            fed(
                READS,
                BatchSize=1,
                FunctionResponseTypes=["ReportBatchItemFailures"],
                ScalingConfig={"MaximumConcurrency": 2},
            )
        ),
    )
    assert stack["StackStatus"] == "CREATE_COMPLETE", reasons(engine, account, "test")
    lambdas, sqs = engine.client(account, REGION, "lambda"), engine.client(account, REGION, "sqs")
    [mapping] = lambdas.list_event_source_mappings()["EventSourceMappings"]
    assert (mapping["BatchSize"], mapping["State"]) == (1, "Enabled")
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": 2}
    url = sqs.get_queue_url(QueueName="slack.fifo")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="one", MessageGroupId="a", MessageDeduplicationId="1")
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    assert eventually(
        lambda: (
            set(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"].values()) == {"0"}
        )
    )
    update(engine, account, fed(READS, Enabled=False))
    [changed] = lambdas.list_event_source_mappings()["EventSourceMappings"]
    assert (changed["UUID"], changed["BatchSize"], changed["State"]) == (mapping["UUID"], 10, "Disabled")
    assert changed["FunctionResponseTypes"] == []
    engine.client(account, REGION, "cloudformation").delete_stack(StackName="test")
    assert eventually(lambda: lambdas.list_event_source_mappings()["EventSourceMappings"] == [])


def test_a_stack_whose_function_may_not_read_its_queue_is_rolled_back(engine: Engine, account: str) -> None:
    stack = deploy(engine, account, "test", template(fed(READS[:2])))
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "does not have permissions to call GetQueueAttributes on SQS" in reasons(engine, account, "test")


def test_a_stack_whose_function_may_run_longer_than_messages_are_hidden_is_rolled_back(
    engine: Engine, account: str
) -> None:
    stack = deploy(engine, account, "test", template(fed(READS, timeout=61)))
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "60 seconds is less than Function timeout: 61 seconds" in reasons(engine, account, "test")
