"""Each method of an adapter declares what it asks of IAM: nothing more, and nothing less."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hub.adapters.answers import AthenaAnswers
from hub.adapters.browsing import Browser
from hub.adapters.buckets import RecordArchive, ReportBucket
from hub.adapters.history import TableRecordings
from hub.adapters.ledger import TableLedger
from hub.adapters.membership import TableMembership
from hub.adapters.meter import CloudWatchMeter
from hub.adapters.organization import AwsOrganization
from hub.adapters.outbox import NoticeQueue
from hub.adapters.paid import TablePaid
from hub.adapters.slack import Slack
from hub.adapters.spokes import AwsSpoke
from hub.adapters.steps import StepFunctions
from hub.adapters.told import TableTold
from hub.adapters.topics import Topics
from hub.adapters.watching import TableWatch
from hub.adapters.witness import CloudWatchWitness
from hub.domain.errors import FlowLogsRefused
from hub.domain.flow_logs import FlowLogRequest
from hub.domain.organization import Roster
from hub.domain.quotas import counters, limits
from hub.domain.recordings import Recording, ended, never_admitted
from hub.domain.refusals import Refusal
from hub.domain.refused import RefusedOnset
from hub.domain.spikes import Spike
from hub.domain.targets import Target
from hub.domain.terms import Terms
from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.slack import SlackStandIn
from tests import factories
from tests.contract.calling import Seen
from tests.contract.metrics import EngineWitnessWorld
from tests.contract.tables import DynamoTable
from tests.contract.test_executions import Waiting
from tests.contract.test_notices import CHANNEL, Channel, Queue, delivery
from tests.contract.worlds import (
    NAMES,
    REGION,
    EngineAnswersWorld,
    EngineArchiveWorld,
    EngineReportsWorld,
    EngineSessions,
    EngineSpokeWorld,
)
from tests.sandbox.organization import Organization

NOW, PLACE = factories.NOW, factories.gateway_ref()
FAR = datetime(2036, 11, 23, 6, 35, 18, tzinfo=UTC)
TARGET = Target(factories.ACCOUNT, factories.REGION)


@pytest.fixture
def seen(tmp_path: Path, account: str) -> Seen:
    return Seen(tmp_path / "asked.jsonl", account)


def admit(seen: Seen, table: DynamoTable, terms: Terms, name: str = "e1") -> Recording:
    recording = factories.recording(execution=factories.execution_arn(name))
    onset = factories.transition(at=recording.onset_at)
    assert seen(table.ledger.admit, recording, onset, limits(PLACE, terms, NOW)) is None
    return recording


def test_the_ledger(seen: Seen, dynamo_table: DynamoTable) -> None:
    ledger = dynamo_table.ledger
    # a quota of bytes is checked, and not charged, when a recording is admitted
    bytes_too = factories.terms(organization=factories.allowance(delivered_day=10**12))
    seen(ledger.rules, NOW)
    seen(ledger.picture, PLACE, NOW)
    seen(ledger.usage, counters(PLACE, NOW))
    recording = admit(seen, dynamo_table, bytes_too)
    seen(ledger.join, recording.id, factories.transition(alarm=factories.OTHER_ALARM))
    seen(ledger.leases)
    seen(ledger.note_recovery, factories.recovery())
    seen(ledger.stop, recording)
    assert seen(ledger.release, ended(recording, "recovered", None, NOW + timedelta(minutes=7)))
    assert not seen.faults(TableLedger)


def test_the_history(seen: Seen, dynamo_table: DynamoTable) -> None:
    history = dynamo_table.recordings
    recording = admit(seen, dynamo_table, factories.terms())
    seen(history.save_started, replace(recording, flow_logs=("fl-1",)))
    seen(history.save_suspicion, recording.id, factories.suspicion())
    seen(history.save_spike, recording.id, Spike(problem="none"))
    assert seen(history.save_undelivered, recording.id, "Access denied")
    assert seen(history.save_stopped, recording.id, factories.CALLER)
    unadmitted = never_admitted("rec-2", "e2", factories.transition(), "no", NOW)
    seen(history.save_unadmitted, unadmitted)
    closed = ended(replace(recording, flow_logs=("fl-1",)), "recovered", None, NOW + timedelta(minutes=7))
    assert dynamo_table.ledger.release(closed)
    seen(history.save_delivery, replace(closed, delivered_objects=1, delivered_bytes=10))
    seen(history.note_refusal, RefusedOnset(factories.transition(), Refusal("cooling_down", "-"), NOW))
    assert seen(history.find, recording.id)
    assert not seen.faults(TableRecordings)


def test_the_watch_list(seen: Seen, dynamo_table: DynamoTable) -> None:
    watch = dynamo_table.watch
    seen(watch.wait, factories.transition(), NOW)
    (watched,) = seen(watch.gateways)
    seen(watch.drop, watched)
    seen(watch.decline, factories.transition(), NOW)
    assert seen(watch.begin_outage, TARGET, NOW)
    assert seen(watch.outages)
    seen(watch.end_outage, TARGET)
    assert not seen.faults(TableWatch)


def test_the_rest_of_the_table(seen: Seen, dynamo_table: DynamoTable) -> None:
    over = (dynamo_table.client, dynamo_table.name)
    membership, told = TableMembership(*over), TableTold(*over)
    assert seen(membership.store, Roster({"r-ab12": None}, {factories.ACCOUNT: "r-ab12"}))
    assert seen(membership.vouch) is None
    seen(told.note, delivery(), NOW)
    assert seen(told.knows, delivery())
    seen(Browser(*over).day, NOW.date())
    seen(TablePaid(*over).prices)
    assert not seen.faults(TableMembership, TableTold, Browser, TablePaid)


@pytest.mark.parametrize("availability", ["zonal", "regional"])
def test_a_spoke(availability: str, tmp_path: Path, engine_spokes: EngineSpokeWorld) -> None:
    seen, spoke = Seen(tmp_path / "asked.jsonl", engine_spokes.account), engine_spokes.spoke
    place = engine_spokes.zonal() if availability == "zonal" else engine_spokes.regional()
    engine_spokes.alarm(factories.ALARM, place.gateway)
    gateway = seen(spoke.describe_gateway, place.gateway)
    request = FlowLogRequest("rec-1", gateway, FAR)
    flow_logs = seen(spoke.create_flow_logs, request).flow_logs
    with pytest.raises(FlowLogsRefused):  # there is one already, and whether it is this recording's is asked
        seen(spoke.create_flow_logs, replace(request, recording="rec-2"))
    seen(spoke.arm_failsafe, "rec-1", flow_logs, FAR)
    assert seen(spoke.has_failsafe, "rec-1")
    seen(spoke.network)
    seen(spoke.contributors, factories.ALARM)
    seen(spoke.firing)
    assert seen(spoke.find_flow_logs, "rec-1")
    assert seen(spoke.list_flow_logs)
    seen(spoke.delete_flow_logs, flow_logs)
    seen(spoke.disarm_failsafe, "rec-1")
    assert not seen.faults(AwsSpoke)


def test_metrics(tmp_path: Path, engine: Engine, fresh_account: Callable[[], str]) -> None:
    account = fresh_account()
    seen, world = Seen(tmp_path / "asked.jsonl", account), EngineWitnessWorld(engine, account)
    gateway = world.gateway()
    instance = world.instance(gateway, "runner")
    for who in (gateway.gateway, instance):
        world.count(who, "download", 10.0, 900.0)
    since = world.now - timedelta(minutes=5)
    seen(world.meter.counts, gateway, "zonal", since, world.now)
    assert seen(world.witness.evidence, gateway, "zonal", since, world.now).clients
    assert not seen.faults(CloudWatchMeter, CloudWatchWitness)


def test_buckets_and_answers(seen: Seen, engine: Engine, account: str) -> None:
    archive = EngineArchiveWorld(engine, account).archive
    reports = EngineReportsWorld(engine, account).reports
    world = EngineAnswersWorld(engine, account)
    seen(archive.measure, factories.closed_recording(), NOW + timedelta(hours=1))
    seen(reports.write, "rec-1", "report.html", "<p>")
    assert seen(reports.read, "rec-1", "report.html")
    assert seen(world.answers.rows, world.ask([("a", 1)]))
    assert not seen.faults(RecordArchive, ReportBucket, AthenaAnswers)


def test_executions(seen: Seen, engine: Engine, account: str) -> None:
    waiting = Waiting(engine, account)
    steps = StepFunctions(EngineSessions(engine, account), waiting.machine)
    execution, token = waiting.start()
    assert seen(steps.is_running, execution)
    assert seen(steps.running)
    seen(steps.wake, token)
    assert seen(steps.start, "again", {})
    assert not seen.faults(StepFunctions)


def test_notices(seen: Seen, engine: Engine, account: str, stand_in: SlackStandIn) -> None:
    queue = Queue(engine, account)
    seen(queue.port.put, [delivery()])
    (message,) = queue.messages(queue.url)
    seen(queue.port.rest, message["ReceiptHandle"], timedelta(minutes=1))
    seen(queue.port.bury, delivery(), "no")
    arn = engine.client(account, REGION, "sns").create_topic(Name=NAMES.topic)["TopicArn"]
    seen(Topics(EngineSessions(engine, account), {"mail:central": arn}).send, delivery())
    seen(Channel(engine, account, stand_in.webhook("T0/B0/secret")).port.send, delivery(CHANNEL))
    assert not seen.faults(NoticeQueue, Topics, Slack)


def test_the_organization(seen: Seen, engine: Engine, account: str) -> None:
    organization = Organization.create(engine, account)
    member = organization.account(organization.unit("team"))
    reader = AwsOrganization(EngineSessions(engine, account))
    assert member in seen(reader.roster).accounts
    assert seen(reader.place, member)
    assert not seen.faults(AwsOrganization)
