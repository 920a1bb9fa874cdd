"""The team's mailbox, through the topic."""

import email
import json
from email import policy
from typing import get_args

import pytest

from hub.adapters.mail import Topic
from hub.domain.errors import RecordingFault
from hub.domain.notices import AboutRecording
from hub.notices.mail import letter
from hub.notices.writing import write
from scripts.sandbox.engine.core import Engine
from tests import factories
from tests.contract.worlds import NAMES, REGION, EngineSessions
from tests.fakes import FakeNotices


def test_every_notice_reaches_a_mailbox_as_it_was_written(engine: Engine, account: str) -> None:
    sns = engine.client(account, REGION, "sns")
    arn = sns.create_topic(Name=NAMES.topic)["TopicArn"]
    reader = f"team-{account}@example.com"
    sns.subscribe(TopicArn=arn, Protocol="email", Endpoint=reader)
    fake = FakeNotices()
    for kind in get_args(AboutRecording):
        told = write(
            kind,
            factories.closed_recording(gateway_name="Ausgang-für-Zürich" * 9),
            "Transient: x",
            now=factories.NOW,
        )
        for port in (Topic(EngineSessions(engine, account), arn), fake):
            port.publish(told)
    files = sorted((engine.workdir / "mail").glob("*.eml"))
    mails = [email.message_from_bytes(each.read_bytes(), policy=policy.default) for each in files]
    read = [mail for mail in mails if mail["To"] == reader]
    assert [mail["Subject"].strip() for mail in read] == [letter(told)[0] for told in fake.sent]
    for mail, told in zip(read, fake.sent, strict=True):
        assert letter(told)[1].strip() in mail.get_content().replace("\r\n", "\n")


def test_a_subscriber_may_choose_notices_by_their_kind(engine: Engine, account: str) -> None:
    sns, sqs = engine.client(account, REGION, "sns"), engine.client(account, REGION, "sqs")
    arn = sns.create_topic(Name=NAMES.topic)["TopicArn"]
    queue = sqs.create_queue(QueueName="mine")["QueueUrl"]
    queue_arn = f"arn:aws:sqs:{REGION}:{account}:mine"
    only = {"FilterPolicy": json.dumps({"kind": ["stuck"]})}
    sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=queue_arn, Attributes=only)
    topic = Topic(EngineSessions(engine, account), arn)
    for kind in get_args(AboutRecording):
        topic.publish(write(kind, factories.closed_recording(), "fault", now=factories.NOW))
    messages = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
    assert ["CANNOT CLOSE" in json.loads(each["Body"])["Subject"] for each in messages] == [True]


def test_a_topic_that_is_not_there_is_a_fault(engine: Engine, account: str) -> None:
    topic = Topic(EngineSessions(engine, account), f"arn:aws:sns:{REGION}:{account}:gone")
    with pytest.raises(RecordingFault, match="'started'"):
        topic.publish(write("started", factories.recording(), now=factories.NOW))
