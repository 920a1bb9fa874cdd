import email
import json
from email import policy
from email.message import EmailMessage
from typing import Any

import pytest
from botocore.exceptions import ClientError

from scripts.sandbox.engine.core import Engine

REGION = "eu-west-1"


class Topic:
    def __init__(self, engine: Engine, account: str) -> None:
        self.sns: Any = engine.client(account, REGION, "sns")
        self.arn: str = self.sns.create_topic(Name="notices")["TopicArn"]
        self.reader = f"reader-{account}@example.com"
        self.folder = engine.workdir / "mail"

    def subscribe(self, endpoint: str | None = None) -> str:
        endpoint = endpoint or self.reader
        answer = self.sns.subscribe(TopicArn=self.arn, Protocol="email", Endpoint=endpoint)
        return str(answer["SubscriptionArn"])

    def mails(self) -> list[EmailMessage]:
        read = [
            email.message_from_bytes(f.read_bytes(), policy=policy.default)
            for f in sorted(self.folder.glob("*.eml"))
        ]
        return [mail for mail in read if mail["To"] == self.reader]


@pytest.fixture
def topic(engine: Engine, account: str) -> Topic:
    return Topic(engine, account)


def test_a_published_message_reaches_every_email_subscriber(topic: Topic) -> None:
    topic.subscribe()
    topic.subscribe(f"second-{topic.reader}")
    before = len(list(topic.folder.iterdir()))
    topic.sns.publish(TopicArn=topic.arn, Subject="Recording started", Message="nat-1 is busy.\nLook.")
    assert len(list(topic.folder.iterdir())) == before + 2
    [mail] = topic.mails()
    assert mail["Subject"] == "Recording started"
    assert "no-reply@sns.amazonaws.com" in mail["From"]
    assert mail["Date"]
    assert mail.get_content().replace("\r\n", "\n").startswith("nat-1 is busy.\nLook.\n")


def test_a_mail_can_be_read_as_the_file_it_is(topic: Topic) -> None:
    topic.subscribe()
    url = f"s3://bucket/{'long/' * 30}report.json?é=1"
    topic.sns.publish(TopicArn=topic.arn, Subject="recorded", Message=f"Report: {url}\nBye.")
    [text] = [text for file in topic.folder.glob("*.eml") if topic.reader in (text := file.read_text())]
    assert f"Report: {url}\nBye.\n" in text


def test_mails_keep_the_order_of_sending(topic: Topic) -> None:
    topic.subscribe()
    for number in range(5):
        topic.sns.publish(TopicArn=topic.arn, Subject=f"number {number}", Message="x")
    assert [mail["Subject"] for mail in topic.mails()] == [f"number {number}" for number in range(5)]


def test_a_message_per_protocol_is_understood(topic: Topic) -> None:
    topic.subscribe()
    message = json.dumps({"default": "short", "email": "a long mail with ümläut"})
    topic.sns.publish(TopicArn=topic.arn, Message=message, MessageStructure="json")
    [mail] = topic.mails()
    assert "a long mail with ümläut" in mail.get_content()
    assert mail["Subject"] == "AWS Notification Message"


def test_email_subscriptions_are_confirmed_at_once(topic: Topic) -> None:
    arn = topic.subscribe()
    attributes = topic.sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    assert attributes["PendingConfirmation"] == "false"


@pytest.mark.parametrize("subject", ["x" * 101, "two\nlines", "ümläut", "", "bell\a", " leading blank"])
def test_a_subject_that_sns_would_not_take_is_refused(topic: Topic, subject: str) -> None:
    topic.subscribe()
    with pytest.raises(ClientError) as refused:
        topic.sns.publish(TopicArn=topic.arn, Subject=subject, Message="x")
    assert refused.value.response["Error"]["Code"] == "InvalidParameter"
    assert topic.mails() == []


def test_a_message_has_at_most_256_kilobytes(topic: Topic) -> None:
    topic.sns.publish(TopicArn=topic.arn, Message="x" * 256 * 1024)
    with pytest.raises(ClientError, match="Message too long"):
        topic.sns.publish(TopicArn=topic.arn, Message="ü" * 128 * 1024 + "x")


def test_a_malformed_address_cannot_be_subscribed(topic: Topic) -> None:
    with pytest.raises(ClientError, match="Email address"):
        topic.subscribe("nobody")


def test_other_protocols_still_work(engine: Engine, account: str, topic: Topic) -> None:
    sqs = engine.client(account, REGION, "sqs")
    url = sqs.create_queue(QueueName="beside")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    topic.sns.subscribe(TopicArn=topic.arn, Protocol="sqs", Endpoint=arn)
    topic.sns.publish(TopicArn=topic.arn, Message="hello")
    [message] = sqs.receive_message(QueueUrl=url)["Messages"]
    assert json.loads(message["Body"])["Message"] == "hello"


def test_where_no_mail_arrives_nobody_confirms_and_nothing_is_sent(topic: Topic) -> None:
    topic.subscribe()
    arn = topic.subscribe("nobody@example.invalid")
    found = topic.sns.list_subscriptions_by_topic(TopicArn=topic.arn)["Subscriptions"]
    told = {each["Endpoint"]: each["SubscriptionArn"] for each in found}
    assert told["nobody@example.invalid"] == "PendingConfirmation"
    assert told[topic.reader].startswith(topic.arn)
    attributes = topic.sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    assert attributes["PendingConfirmation"] == "true"
    before = len(list(topic.folder.iterdir()))
    topic.sns.publish(TopicArn=topic.arn, Message="to those who confirmed")
    assert len(list(topic.folder.iterdir())) == before + 1
