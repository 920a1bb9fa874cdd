"""Notices on their way: the queue, what was told, the topics and Slack, as the engine has them."""

import email
import json
from dataclasses import replace
from datetime import timedelta
from email import policy
from typing import TYPE_CHECKING, Any, get_args

import pytest

from hub.adapters.outbox import NoticeQueue
from hub.adapters.slack import Slack
from hub.adapters.told import TableTold
from hub.adapters.topics import Topics
from hub.domain.deliveries import Delivery, read
from hub.domain.destinations import Destination
from hub.domain.errors import Busy, Transient, Unacceptable
from hub.domain.notices import AboutRecording
from hub.notices.rendering import payload
from hub.notices.writing import write
from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.slack import SlackStandIn
from tests import factories
from tests.contract.tables import DynamoTable
from tests.contract.worlds import NAMES, REGION, EngineSessions
from tests.fakes import FakeOutbox, FakeTold, ManualClock

if TYPE_CHECKING:
    from hub.ports import Outbox, Told

CENTRAL = Destination("mail", "central")
ROUTED = Destination("mail", "routes", ("r1", "r2"))
CHANNEL = Destination("slack", "natrec/slack")


def delivery(
    destination: Destination = CENTRAL, kind: AboutRecording = "closed", about: str = "rec-1"
) -> Delivery:
    recording = replace(factories.closed_recording(gateway_name="Ausgang-für-Zürich" * 9), id=about)
    notice = write(kind, recording, "Transient: x", now=factories.NOW)
    return Delivery(kind, notice.about, destination, payload(notice, destination, "natrec"))


# ---- the queue ----


class Queue:
    """The engine's queue, with what was put into it."""

    def __init__(self, engine: Engine, account: str) -> None:
        self.sqs = engine.client(account, REGION, "sqs")
        made = [
            self.sqs.create_queue(QueueName=name, Attributes={"FifoQueue": "true"})["QueueUrl"]
            for name in (NAMES.notices_queue, NAMES.dead_notices)
        ]
        self.port = NoticeQueue(EngineSessions(engine, account), *made)
        self.url, self.buried = made

    def taken(self) -> list[Delivery]:
        found = []
        while messages := self.messages(self.url):
            for each in messages:
                self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=each["ReceiptHandle"])
                found.append(read(each["Body"]))
        return found

    def messages(self, url: str) -> list[Any]:
        answer = self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"])
        return list(answer.get("Messages", []))


@pytest.fixture
def queue(engine: Engine, account: str) -> Queue:
    return Queue(engine, account)


def test_an_outbox_takes_each_delivery_once_and_keeps_their_order(queue: Queue) -> None:
    told = [delivery(CENTRAL, "started"), delivery(CENTRAL, "closed"), delivery(ROUTED, "closed")]
    fake = FakeOutbox()
    boxes: tuple[Outbox, ...] = (queue.port, fake)
    for port in boxes:
        port.put(told)
        port.put(told)
    for found in (queue.taken(), fake.taken()):
        assert [each for each in found if each.destination == CENTRAL] == told[:2]
        assert [each for each in found if each.destination == ROUTED] == told[2:]


def test_more_deliveries_than_one_call_takes_are_all_taken(queue: Queue) -> None:
    told = [delivery(about=f"rec-{number}") for number in range(23)]
    queue.port.put(told)
    assert queue.taken() == told


def test_what_rests_holds_up_its_own_destination_only(queue: Queue) -> None:
    queue.port.put([delivery(CENTRAL, "started"), delivery(CENTRAL, "closed"), delivery(CHANNEL)])
    receipts = {read(each["Body"]).destination: each["ReceiptHandle"] for each in queue.messages(queue.url)}
    queue.port.rest(receipts[CENTRAL], timedelta(minutes=1))
    queue.port.rest(receipts[CHANNEL], timedelta(0))
    assert {read(each["Body"]).destination for each in queue.messages(queue.url)} == {CHANNEL}


def test_what_no_channel_takes_is_kept_with_the_reason(queue: Queue) -> None:
    queue.port.bury(delivery(CHANNEL), "Slack answers 400 'invalid_blocks'")
    [kept] = queue.messages(queue.buried)
    assert read(kept["Body"]) == delivery(CHANNEL)
    assert "invalid_blocks" in kept["MessageAttributes"]["why"]["StringValue"]


def test_a_queue_that_takes_only_some_is_asked_again(engine: Engine, account: str) -> None:
    """Whatever one entry is refused for, none is given up."""
    sqs = engine.client(account, REGION, "sqs")
    url = sqs.create_queue(QueueName="plain")["QueueUrl"]  # entries of a FIFO queue fail one by one there

    class Partial(EngineSessions):
        def hub(self, service: str) -> Any:  # noqa: ANN401 - as the original
            client = super().hub(service)

            class Failing:
                def send_message_batch(self, **asked: Any) -> dict[str, Any]:  # noqa: ANN401 - as boto3
                    ids = [each["Id"] for each in asked["Entries"]]
                    failed = {"Id": ids[-1], "Code": "InternalError", "SenderFault": False}
                    return {"Successful": [{"Id": each} for each in ids[:-1]], "Failed": [failed]}

            return Failing() if service == "sqs" else client

    with pytest.raises(Transient, match="mail:routes: InternalError"):
        NoticeQueue(Partial(engine, account), url).put([delivery(CENTRAL), delivery(ROUTED)])


# ---- what was told ----


def test_what_was_noted_is_known_for_its_own_destination_only(dynamo_table: DynamoTable) -> None:
    ports: tuple[Told, ...] = (TableTold(dynamo_table.client, dynamo_table.name), FakeTold())
    for told in ports:
        assert not told.knows(delivery())
        told.note(delivery(), factories.NOW)
        assert told.knows(delivery())
        others = (delivery(CHANNEL), delivery(kind="started"), delivery(about="rec-2"))
        assert not any(map(told.knows, others))


# ---- mail ----


@pytest.fixture
def topics(engine: Engine, account: str) -> Topics:
    sns = engine.client(account, REGION, "sns")
    arns = {
        str(destination): sns.create_topic(Name=name)["TopicArn"]
        for destination, name in ((CENTRAL, NAMES.topic), (ROUTED, NAMES.routes_topic))
    }
    return Topics(EngineSessions(engine, account), arns)


def mails(engine: Engine, reader: str) -> list[Any]:
    files = sorted((engine.workdir / "mail").glob("*.eml"))
    found = [email.message_from_bytes(each.read_bytes(), policy=policy.default) for each in files]
    return [mail for mail in found if mail["To"] == reader]


def test_every_notice_reaches_a_mailbox_as_it_was_written(
    engine: Engine, account: str, topics: Topics
) -> None:
    reader = f"team-{account}@example.com"
    sns = engine.client(account, REGION, "sns")
    sns.subscribe(TopicArn=topics.arns["mail:central"], Protocol="email", Endpoint=reader)
    told = [delivery(kind=kind) for kind in get_args(AboutRecording)]
    for each in told:
        topics.send(each)
    read_there = mails(engine, reader)
    assert [mail["Subject"].strip() for mail in read_there] == [each.payload["subject"] for each in told]
    for mail, each in zip(read_there, told, strict=True):
        assert each.payload["text"].strip() in mail.get_content().replace("\r\n", "\n")


def test_whoever_has_a_route_is_mailed_once_and_others_are_not(
    engine: Engine, account: str, topics: Topics
) -> None:
    sns = engine.client(account, REGION, "sns")
    for reader, routes in (("both", ["r1", "r2"]), ("one", ["r2", "r9"]), ("other", ["r9"])):
        sns.subscribe(
            TopicArn=topics.arns["mail:routes"],
            Protocol="email",
            Endpoint=f"{reader}-{account}@example.com",
            Attributes={"FilterPolicy": json.dumps({"route": routes, "interest": ["closed"]})},
        )
    topics.send(delivery(ROUTED))
    topics.send(delivery(ROUTED, "started"))
    got = {
        reader: len(mails(engine, f"{reader}-{account}@example.com")) for reader in ("both", "one", "other")
    }
    assert got == {"both": 1, "one": 1, "other": 0}


def test_a_topic_that_is_not_there_is_tried_again(engine: Engine, account: str) -> None:
    arn = f"arn:aws:sns:{REGION}:{account}:gone"
    with pytest.raises(Busy, match="mail:central"):
        Topics(EngineSessions(engine, account), {"mail:central": arn}).send(delivery())


# ---- Slack ----


class Channel:
    """A channel whose webhook is a secret of the engine's."""

    def __init__(self, engine: Engine, account: str, url: str) -> None:
        self.secrets = engine.client(account, REGION, "secretsmanager")
        self.secrets.create_secret(Name=CHANNEL.name, SecretString=url)
        self.clock = ManualClock()
        self.port = Slack(EngineSessions(engine, account), self.clock)

    def replace(self, url: str) -> None:
        self.secrets.put_secret_value(SecretId=CHANNEL.name, SecretString=url)


def posted(stand_in: SlackStandIn) -> list[Any]:
    return [json.loads(line) for line in stand_in.file.read_text().splitlines()]


def test_a_webhook_is_sent_blocks_and_a_workflow_its_variables(
    engine: Engine, account: str, stand_in: SlackStandIn
) -> None:
    stand_in.file.touch()
    channel = Channel(engine, account, stand_in.webhook("T0/B0/secret"))
    channel.port.send(delivery(CHANNEL))
    channel.replace(stand_in.webhook("T0/1/secret", "triggers"))
    channel.clock.turn(minutes=6)
    channel.port.send(delivery(CHANNEL))
    blocks, variables = posted(stand_in)
    assert blocks["blocks"][0]["type"] == "header"
    assert variables["kind"] == "closed"


@pytest.mark.parametrize("fault", [{"status": 429, "retry_after": 7}, {"status": 500}, {"status": None}])
def test_a_slack_that_is_busy_is_tried_again_and_was_told_nothing(
    engine: Engine, account: str, stand_in: SlackStandIn, fault: dict[str, Any]
) -> None:
    stand_in.file.touch()
    channel = Channel(engine, account, stand_in.webhook("T0/B0/very-secret"))
    stand_in.fail(1, **fault)
    with pytest.raises(Busy) as busy:
        channel.port.send(delivery(CHANNEL))
    assert busy.value.seconds == fault.get("retry_after")
    assert "very-secret" not in f"{busy.value!r} {busy.value.__cause__!r}"
    assert posted(stand_in) == []
    channel.port.send(delivery(CHANNEL))
    assert len(posted(stand_in)) == 1


def test_a_message_that_slack_finds_fault_with_is_sent_without_its_looks(
    engine: Engine, account: str, stand_in: SlackStandIn
) -> None:
    stand_in.file.touch()
    channel = Channel(engine, account, stand_in.webhook("T0/B0/x"))
    broken = {
        "text": "natrec: recorded",
        "blocks": [{"type": "header", "text": {"type": "plain_text", "text": "x" * 200}}],
    }
    channel.port.send(Delivery("closed", "rec-1", CHANNEL, {"blocks": broken, "variables": {}}))
    assert posted(stand_in) == [{"text": "natrec: recorded"}]
    with pytest.raises(Unacceptable, match="400"):
        channel.port.send(Delivery("closed", "rec-1", CHANNEL, {"blocks": {"text": ""}, "variables": {}}))


@pytest.mark.parametrize(
    "secret", ["https://example.com/services/T0/B0/x", "", " http://127.0.0.1/services/x"]
)
def test_a_secret_that_holds_no_webhook_waits_for_a_person(
    engine: Engine, account: str, stand_in: SlackStandIn, secret: str
) -> None:
    stand_in.file.touch()
    channel = Channel(engine, account, secret or "-")
    with pytest.raises(Busy, match="natrec/slack holds"):
        channel.port.send(delivery(CHANNEL))
    channel.replace(stand_in.webhook("T0/B0/x"))
    channel.port.send(delivery(CHANNEL))
    assert len(posted(stand_in)) == 1


def test_a_secret_that_is_missing_waits_for_a_person(engine: Engine, account: str) -> None:
    with pytest.raises(Busy, match="natrec/slack: ResourceNotFoundException"):
        Slack(EngineSessions(engine, account), ManualClock()).send(delivery(CHANNEL))
