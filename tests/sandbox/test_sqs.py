"""Queues as AWS has them; where moto lets more pass, the engine does not."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.sqs.models import Message

from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.sqs_order import next_change, next_messages

REGION = "eu-west-1"


@dataclass(frozen=True)
class Queue:
    sqs: Any
    url: str

    def send(self, group: str, body: str, deduplication: str | None = None) -> dict[str, Any]:
        ids = {"MessageGroupId": group, "MessageDeduplicationId": deduplication or body}
        answer: dict[str, Any] = self.sqs.send_message(QueueUrl=self.url, MessageBody=body, **ids)
        return answer

    def receive(self, count: int = 10, **more: object) -> list[dict[str, Any]]:
        answer = self.sqs.receive_message(
            QueueUrl=self.url, MaxNumberOfMessages=count, MessageSystemAttributeNames=["All"], **more
        )
        found: list[dict[str, Any]] = answer.get("Messages", [])
        return found

    def bodies(self, count: int = 10, **more: object) -> list[str]:
        return [each["Body"] for each in self.receive(count, **more)]

    def delete(self, message: Mapping[str, Any]) -> None:
        self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])

    def hide(self, message: Mapping[str, Any], seconds: int) -> None:
        self.sqs.change_message_visibility(
            QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=seconds
        )

    def arn(self) -> str:
        asked = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["QueueArn"])
        return str(asked["Attributes"]["QueueArn"])


@dataclass(frozen=True)
class Queues:
    sqs: Any

    def make(self, name: str = "work.fifo", **attributes: str) -> Queue:
        fifo = {"FifoQueue": "true"} if name.endswith(".fifo") else {}
        made = self.sqs.create_queue(QueueName=name, Attributes={**fifo, **attributes})
        return Queue(self.sqs, made["QueueUrl"])


@pytest.fixture
def queues(engine: Engine, account: str) -> Queues:
    return Queues(engine.client(account, REGION, "sqs"))


def _message(body: str, group: str, *, hidden: float = 0, delayed: float = 0) -> Message:
    made = Message(body, body)
    made.group_id, made.visible_at, made.delayed_until = group, hidden, delayed
    return made


def test_messages_of_one_group_come_before_those_of_the_next_and_blocked_groups_not_at_all() -> None:
    messages = [
        _message("a1", "a"),
        _message("b1", "b"),
        _message("a2", "a"),
        _message("c1", "c", hidden=20),
        _message("c2", "c"),
        _message("d1", "d"),
        _message("d2", "d", delayed=15),
    ]
    found = [each.body for each in next_messages(messages, 10, 10, fifo=True)]
    assert found == ["a1", "a2", "b1", "d1"]
    assert [each.body for each in next_messages(messages, 10, 2, fifo=False)] == ["a1", "b1"]
    assert next_change(messages, 10) == 5


def test_no_message_of_a_group_is_given_out_while_an_earlier_one_is_in_flight(queues: Queues) -> None:
    queue = queues.make()
    for group, body in (("a", "a1"), ("b", "b1"), ("a", "a2"), ("a", "a3")):
        queue.send(group, body)
    first, second = queue.receive(2)
    assert (first["Body"], second["Body"]) == ("a1", "a2")
    assert queue.bodies() == ["b1"]
    queue.delete(first)
    assert queue.bodies() == []
    queue.delete(second)
    assert queue.bodies() == ["a3"]


def test_a_message_given_back_comes_first_again_and_counts(queues: Queues) -> None:
    queue = queues.make()
    queue.send("a", "a1")
    queue.send("a", "a2")
    [first] = queue.receive(1)
    queue.hide(first, 0)
    again = queue.receive()
    assert [each["Body"] for each in again] == ["a1", "a2"]
    assert [each["Attributes"]["ApproximateReceiveCount"] for each in again] == ["2", "1"]


def test_a_message_says_its_group_its_number_and_its_times(queues: Queues) -> None:
    queue = queues.make()
    sent = [queue.send("a", body)["SequenceNumber"] for body in ("a1", "a2")]
    first, second = (each["Attributes"] for each in queue.receive())
    assert [first["SequenceNumber"], second["SequenceNumber"]] == sent
    assert int(sent[0]) < int(sent[1])
    assert (first["MessageGroupId"], first["MessageDeduplicationId"]) == ("a", "a1")
    assert int(first["SentTimestamp"]) <= int(first["ApproximateFirstReceiveTimestamp"])


def test_a_duplicate_within_five_minutes_is_accepted_and_not_delivered(queues: Queues) -> None:
    queue = queues.make()
    first = queue.send("a", "one", "same")
    [message] = queue.receive()
    queue.delete(message)
    again = queue.send("b", "two", "same")
    assert (again["MessageId"], again["SequenceNumber"]) == (first["MessageId"], first["SequenceNumber"])
    assert queue.bodies() == []


def test_duplicates_are_of_their_group_where_the_queue_says_so(queues: Queues) -> None:
    queue = queues.make(DeduplicationScope="messageGroup", FifoThroughputLimit="perMessageGroupId")
    for group, body in (("a", "one"), ("b", "two"), ("a", "three")):
        queue.send(group, body, "same")
    assert queue.bodies() == ["one", "two"]


def test_the_content_tells_duplicates_where_the_queue_says_so(queues: Queues) -> None:
    queue = queues.make(ContentBasedDeduplication="true")
    for _ in range(2):
        queues.sqs.send_message(QueueUrl=queue.url, MessageBody="one", MessageGroupId="a")
    [message] = queue.receive()
    assert message["Attributes"]["MessageDeduplicationId"] == hashlib.sha256(b"one").hexdigest()


def test_who_waits_for_a_message_gets_it_when_it_is_given_back(queues: Queues) -> None:
    queue = queues.make()
    queue.send("a", "a1")
    assert queue.bodies(VisibilityTimeout=1) == ["a1"]
    assert queue.bodies(WaitTimeSeconds=5) == ["a1"]


def test_a_message_received_too_often_is_buried_under_its_own_id(queues: Queues) -> None:
    grave = queues.make("dead.fifo")
    policy = json.dumps({"deadLetterTargetArn": grave.arn(), "maxReceiveCount": 2})
    queue = queues.make(RedrivePolicy=policy)
    sent = queue.send("a", "a1", "id")
    queue.send("a", "a2")
    for _ in range(2):
        [message] = queue.receive(1)
        queue.hide(message, 0)
    assert queue.bodies() == ["a2"]
    [dead] = grave.receive()
    assert dead["Body"] == "a1"
    assert dead["Attributes"]["MessageGroupId"] == "a"
    assert dead["Attributes"]["MessageDeduplicationId"] == sent["MessageId"] == dead["MessageId"]
    queue.send("a", "again", "id")
    assert queue.bodies() == []


def test_a_handle_of_a_fifo_queue_is_of_no_use_after_its_timeout(queues: Queues) -> None:
    queue = queues.make()
    queue.send("a", "a1")
    [message] = queue.receive()
    queue.hide(message, 0)
    with pytest.raises(ClientError, match="receipt handle has expired"):
        queue.delete(message)
    assert queue.bodies() == ["a1"]


def test_only_what_is_in_flight_can_be_hidden_and_not_for_ever(queues: Queues) -> None:
    queue = queues.make("plain")
    queues.sqs.send_message(QueueUrl=queue.url, MessageBody="one")
    [message] = queue.receive()
    with pytest.raises(ClientError, match="maximum visibility timeout is 43200"):
        queue.hide(message, 43201)
    with pytest.raises(ClientError, match="beyond the limit"):
        queue.hide(message, 43200)  # some of its twelve hours is over
    queue.hide(message, 0)
    with pytest.raises(ClientError, match="MessageNotInflight"):
        queue.hide(message, 5)


@pytest.mark.parametrize(
    ("name", "attributes", "words"),
    [
        ("work", {"FifoQueue": "true"}, "must end with .fifo"),
        ("work.fifo", {}, "alphanumeric"),
        ("work", {"FifoQueue": "false"}, "Unknown Attribute FifoQueue"),
        ("work", {"ContentBasedDeduplication": "true"}, "Unknown Attribute ContentBasedDeduplication"),
        ("work", {"DeduplicationScope": "queue"}, "only when FifoQueue is set to true"),
        ("work.fifo", {"FifoQueue": "true", "DeduplicationScope": "group"}, "DeduplicationScope"),
        ("work.fifo", {"FifoQueue": "true", "FifoThroughputLimit": "perMessageGroupId"}, "FifoThroughput"),
        ("work", {"VisibilityTimeout": "43201"}, "VisibilityTimeout"),
        ("work", {"Speed": "fast"}, "Unknown Attribute Speed"),
        ("work", {"MaximumMessageSize": "1048577"}, "MaximumMessageSize"),
        ("work", {"RedrivePolicy": '{"deadLetterTargetArn": "arn"}'}, "maxReceiveCount"),
    ],
)
def test_a_queue_that_aws_would_not_make_is_refused(
    queues: Queues, name: str, attributes: dict[str, str], words: str
) -> None:
    with pytest.raises(ClientError, match=words):
        queues.sqs.create_queue(QueueName=name, Attributes=attributes)


@pytest.mark.parametrize(("name", "dead"), [("work.fifo", "dead"), ("work", "dead.fifo")])
def test_a_dead_letter_queue_is_of_the_same_kind(queues: Queues, name: str, dead: str) -> None:
    policy = json.dumps({"deadLetterTargetArn": queues.make(dead).arn(), "maxReceiveCount": 3})
    with pytest.raises(ClientError, match="same type of queue"):
        queues.make(name, RedrivePolicy=policy)


@pytest.mark.parametrize(
    ("name", "message", "words"),
    [
        ("q.fifo", {"MessageDeduplicationId": "x"}, "MessageGroupId"),
        ("q.fifo", {"MessageGroupId": "a"}, "ContentBasedDeduplication"),
        ("q.fifo", {"MessageGroupId": "a b", "MessageDeduplicationId": "x"}, "MessageGroupId"),
        ("q.fifo", {"MessageGroupId": "a", "MessageDeduplicationId": "x" * 129}, "MessageDeduplicationId"),
        ("q.fifo", {"MessageGroupId": "a", "MessageDeduplicationId": "x", "DelaySeconds": 1}, "DelaySeconds"),
        ("q", {"MessageDeduplicationId": "x"}, "not valid for this queue type"),
        ("q", {"MessageBody": "\x00"}, "Invalid characters"),
        ("q", {"MessageBody": "ä" * 524_289}, "shorter than 1048576"),
    ],
)
def test_a_message_that_aws_would_not_take_is_refused(
    queues: Queues, name: str, message: dict[str, Any], words: str
) -> None:
    queue = queues.make(name)
    with pytest.raises(ClientError, match=words):
        queues.sqs.send_message(**{"QueueUrl": queue.url, "MessageBody": "one", **message})


def test_a_message_of_one_mebibyte_is_taken(queues: Queues) -> None:
    queue = queues.make("q")
    queues.sqs.send_message(QueueUrl=queue.url, MessageBody="x" * 1_048_576)
    assert len(queue.bodies()[0]) == 1_048_576


def test_in_a_batch_each_message_stands_for_itself(queues: Queues) -> None:
    queue = queues.make()
    entries = [
        {"Id": "good", "MessageBody": "one", "MessageGroupId": "a", "MessageDeduplicationId": "1"},
        {"Id": "bad", "MessageBody": "two", "MessageDeduplicationId": "2"},
    ]
    answer = queues.sqs.send_message_batch(QueueUrl=queue.url, Entries=entries)
    assert [each["Id"] for each in answer["Successful"]] == ["good"]
    assert [(each["Id"], each["Code"]) for each in answer["Failed"]] == [("bad", "MissingParameter")]
    [message] = queue.receive()
    handles = [("ok", message["ReceiptHandle"]), ("no", "nonsense")]
    gone = queues.sqs.delete_message_batch(
        QueueUrl=queue.url, Entries=[{"Id": name, "ReceiptHandle": handle} for name, handle in handles]
    )
    assert [each["Id"] for each in gone["Successful"]] == ["ok"]
    assert [(each["Id"], each["Code"]) for each in gone["Failed"]] == [("no", "ReceiptHandleIsInvalid")]


def test_a_batch_has_ten_messages_at_most(queues: Queues) -> None:
    queue = queues.make("q")
    entries = [{"Id": str(number), "MessageBody": "one"} for number in range(11)]
    with pytest.raises(ClientError, match="TooManyEntriesInBatchRequest"):
        queues.sqs.send_message_batch(QueueUrl=queue.url, Entries=entries)


def test_setting_one_attribute_leaves_the_policy_and_the_kind_alone(queues: Queues) -> None:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
    queue = queues.make(Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    queues.sqs.set_queue_attributes(QueueUrl=queue.url, Attributes={"VisibilityTimeout": "90"})
    told = queues.sqs.get_queue_attributes(QueueUrl=queue.url, AttributeNames=["All"])["Attributes"]
    assert json.loads(told["Policy"])["Statement"] == [statement]
    assert (told["VisibilityTimeout"], told["FifoQueue"]) == ("90", "true")
    with pytest.raises(ClientError, match="Modifying queue type is not supported"):
        queues.sqs.set_queue_attributes(QueueUrl=queue.url, Attributes={"FifoQueue": "true"})


def test_a_key_may_encrypt_a_queue(queues: Queues) -> None:
    queue = queues.make(KmsMasterKeyId="alias/natrec", KmsDataKeyReusePeriodSeconds="300")
    told = queues.sqs.get_queue_attributes(QueueUrl=queue.url, AttributeNames=["KmsMasterKeyId"])
    assert told["Attributes"]["KmsMasterKeyId"] == "alias/natrec"
