"""Functions fed from queues, as Lambda's event source mappings feed them."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.sqs.models import Message

from scripts.sandbox.engine import lambda_batches
from scripts.sandbox.engine.core import Engine
from tests.sandbox.eventually import eventually
from tests.sandbox.functions import REGION, Functions

IDS = frozenset({"one", "two"})
READS = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
TELLS = """
import json
def handler(event, context):
    print(json.dumps(event))
"""
# Fails for `bad` until it has been received twice, and then gives it back after a second.
PICKY = """
import boto3
def handler(event, context):
    sqs, failed = boto3.client("sqs"), []
    for record in event["Records"]:
        if failed or (record["body"] == "bad" and record["attributes"]["ApproximateReceiveCount"] < "3"):
            region, account, name = record["eventSourceARN"].split(":")[3:]
            url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
            handle = record["receiptHandle"]
            sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=0)
            failed.append(record["messageId"])
        else:
            print("done", record["body"])
    return {"batchItemFailures": [{"itemIdentifier": each} for each in failed]}
"""


@dataclass(frozen=True)
class Fed:
    """A queue and functions that may read it."""

    functions: Functions
    url: str
    arn: str

    @classmethod
    def make(cls, engine: Engine, account: str, name: str = "work.fifo", **attributes: str) -> "Fed":
        functions, sqs = Functions(engine, account), engine.client(account, REGION, "sqs")
        fifo = {"FifoQueue": "true"} if name.endswith(".fifo") else {}
        url = sqs.create_queue(QueueName=name, Attributes={**fifo, **attributes})["QueueUrl"]
        fed = cls(functions, url, f"arn:aws:sqs:{REGION}:{account}:{name}")
        fed.permit(*READS)
        return fed

    @property
    def sqs(self) -> Any:  # noqa: ANN401 - clients have no common type
        return self.functions.engine.client(self.functions.account, REGION, "sqs")

    def permit(self, *actions: str) -> None:
        statement = {"Effect": "Allow", "Action": actions, "Resource": self.arn}
        document = {"Version": "2012-10-17", "Statement": [statement]}
        self.functions.engine.client(self.functions.account, REGION, "iam").put_role_policy(
            RoleName="function", PolicyName="own", PolicyDocument=json.dumps(document)
        )

    def feed(self, name: str, **settings: object) -> str:
        made = self.functions.lambdas.create_event_source_mapping(
            FunctionName=name, EventSourceArn=self.arn, **settings
        )
        return str(made["UUID"])

    def send(self, body: str, group: str = "a") -> None:
        ids = {"MessageGroupId": group, "MessageDeduplicationId": body} if self.arn.endswith(".fifo") else {}
        attributes = {"kind": {"DataType": "String", "StringValue": "started"}}
        self.sqs.send_message(QueueUrl=self.url, MessageBody=body, MessageAttributes=attributes, **ids)

    def left(self) -> int:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        told = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=names)["Attributes"]
        return sum(int(told[name]) for name in names)

    def lines(self, name: str, start: str) -> list[str]:
        return [line for line in self.functions.log(name).splitlines() if line.startswith(start)]


def test_a_function_gets_a_batch_in_the_shape_of_aws_and_its_messages_are_gone(
    engine: Engine, account: str
) -> None:
    fed = Fed.make(engine, account)
    name = fed.functions.create(TELLS, timeout=20)
    fed.send("hello")
    fed.feed(name)
    assert eventually(lambda: fed.left() == 0)
    [line] = eventually(lambda: fed.lines(name, "{"))
    [record] = json.loads(line)["Records"]
    for number in ("SequenceNumber", "SentTimestamp", "ApproximateFirstReceiveTimestamp"):
        assert record["attributes"].pop(number).isdigit()
    assert record["attributes"] == {
        "ApproximateReceiveCount": "1",
        "SenderId": "AIDAIT2UOQQY3AUEKVGXU",
        "MessageGroupId": "a",
        "MessageDeduplicationId": "hello",
    }
    assert record["messageAttributes"]["kind"]["stringValue"] == "started"
    assert (record["eventSource"], record["eventSourceARN"]) == ("aws:sqs", fed.arn)
    assert (record["body"], record["awsRegion"]) == ("hello", REGION)
    assert len(record["md5OfBody"]) == 32
    assert set(record) == {
        "messageId", "receiptHandle", "body", "attributes", "messageAttributes", "md5OfBody",
        "eventSource", "eventSourceARN", "awsRegion",
    }  # fmt: skip


def test_what_a_function_reports_comes_again_when_it_says_and_in_order(engine: Engine, account: str) -> None:
    fed = Fed.make(engine, account, VisibilityTimeout="300")
    name = fed.functions.create(PICKY, timeout=20)
    for body in ("first", "bad", "last"):
        fed.send(body)
    fed.feed(name, FunctionResponseTypes=["ReportBatchItemFailures"])
    assert eventually(lambda: fed.left() == 0)
    assert eventually(lambda: len(fed.lines(name, "done")) == 3)
    assert fed.lines(name, "done") == ["done first", "done bad", "done last"]


def test_a_batch_of_a_failed_function_comes_again_and_is_buried_at_last(engine: Engine, account: str) -> None:
    grave = Fed.make(engine, account, "dead.fifo")
    policy = json.dumps({"deadLetterTargetArn": grave.arn, "maxReceiveCount": 2})
    url = grave.sqs.create_queue(
        QueueName="work.fifo",
        Attributes={"FifoQueue": "true", "VisibilityTimeout": "1", "RedrivePolicy": policy},
    )["QueueUrl"]
    fed = Fed(grave.functions, url, grave.arn.replace("dead", "work"))
    fed.permit(*READS)
    name = fed.functions.create("def handler(event, context): raise ValueError('no')", timeout=1)
    fed.feed(name)
    fed.send("poison")
    assert eventually(lambda: grave.left() == 1)
    assert fed.left() == 0


def test_a_mapping_that_is_switched_off_reads_nothing_until_it_is_switched_on(
    engine: Engine, account: str
) -> None:
    fed = Fed.make(engine, account, "plain")
    name = fed.functions.create(TELLS, timeout=20)
    uuid = fed.feed(name, Enabled=False, BatchSize=1, ScalingConfig={"MaximumConcurrency": 2})
    fed.send("one")
    shown = fed.functions.lambdas.get_event_source_mapping(UUID=uuid)
    assert (shown["State"], shown["BatchSize"]) == ("Disabled", 1)
    assert shown["ScalingConfig"] == {"MaximumConcurrency": 2}
    assert fed.left() == 1
    fed.functions.lambdas.update_event_source_mapping(UUID=uuid, Enabled=True)
    assert eventually(lambda: fed.left() == 0)


def test_mappings_are_found_by_queue_and_by_function_until_they_are_deleted(
    engine: Engine, account: str
) -> None:
    fed = Fed.make(engine, account)
    name = fed.functions.create(TELLS, timeout=20)
    uuid, lambdas = fed.feed(name), fed.functions.lambdas
    by: tuple[dict[str, str], ...] = ({"FunctionName": name}, {"EventSourceArn": fed.arn}, {})
    for asked in by:
        found = lambdas.list_event_source_mappings(**asked)["EventSourceMappings"]
        assert [each["UUID"] for each in found] == [uuid]
    with pytest.raises(ClientError, match=f"already exists.*{uuid}"):
        fed.feed(name)
    lambdas.delete_event_source_mapping(UUID=uuid)
    assert lambdas.list_event_source_mappings()["EventSourceMappings"] == []
    fed.send("late")
    assert fed.left() == 1
    with pytest.raises(ClientError, match="ResourceNotFound"):
        lambdas.get_event_source_mapping(UUID=uuid)


@pytest.mark.parametrize("missing", READS)
def test_a_function_whose_role_may_not_read_the_queue_is_refused(
    engine: Engine, account: str, missing: str
) -> None:
    fed = Fed.make(engine, account)
    fed.permit(*(each for each in READS if each != missing))
    name = fed.functions.create(TELLS, timeout=20)
    with pytest.raises(ClientError, match="InvalidParameterValueException") as refused:
        fed.feed(name)
    assert f"does not have permissions to call {missing.removeprefix('sqs:')} on SQS" in str(refused.value)


def test_a_queue_that_hides_messages_for_less_than_the_function_may_run_is_refused(
    engine: Engine, account: str
) -> None:
    fed = Fed.make(engine, account, VisibilityTimeout="30")
    name = fed.functions.create(TELLS, timeout=60)
    with pytest.raises(ClientError, match="30 seconds is less than Function timeout: 60 seconds"):
        fed.feed(name)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"BatchSize": 11}, "BatchSize 11"),
        ({"StartingPosition": "LATEST"}, "StartingPosition is not valid"),
        ({"MaximumBatchingWindowInSeconds": 1}, "not supported for FIFO"),
        ({"FilterCriteria": {"Filters": []}}, "does not support"),
        ({"EventSourceArn": f"arn:aws:sqs:{REGION}:111111111111:none.fifo"}, "NonExistentQueue"),
    ],
)
def test_a_mapping_that_lambda_would_not_make_is_refused(
    engine: Engine, account: str, settings: dict[str, Any], words: str
) -> None:
    fed = Fed.make(engine, account)
    name = fed.functions.create(TELLS, timeout=20)
    with pytest.raises(ClientError, match=words):
        fed.functions.lambdas.create_event_source_mapping(
            **{"FunctionName": name, "EventSourceArn": fed.arn, **settings}
        )


@pytest.mark.parametrize("answer", [b"null", b"{}", b'{"batchItemFailures": null}', b""])
def test_an_answer_that_names_no_failure_is_a_success(answer: bytes) -> None:
    assert lambda_batches.failures(answer, IDS) == frozenset()


@pytest.mark.parametrize(
    "answer",
    [
        b"not json",
        b'"text"',
        b'{"batchItemFailures": [{"itemIdentifier": ""}]}',
        b'{"batchItemFailures": [{"itemIdentifier": null}]}',
        b'{"batchItemFailures": [{"id": "one"}]}',
        b'{"batchItemFailures": [{"itemIdentifier": "three"}]}',
    ],
)
def test_an_answer_that_is_no_report_is_a_failure_of_the_whole_batch(answer: bytes) -> None:
    assert lambda_batches.failures(answer, IDS) == IDS


def test_an_answer_may_name_some_of_the_batch() -> None:
    answer = b'{"batchItemFailures": [{"itemIdentifier": "two"}]}'
    assert lambda_batches.failures(answer, IDS) == {"two"}


def test_a_binary_attribute_reaches_the_function_as_text() -> None:
    message = Message("id", "body")
    message.message_attributes = {"raw": {"DataType": "Binary", "BinaryValue": b"\x00\x01"}}
    [record] = lambda_batches.event([message], f"arn:aws:sqs:{REGION}:111111111111:q")["Records"]
    assert record["messageAttributes"]["raw"]["binaryValue"] == "AAE="
