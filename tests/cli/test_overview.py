"""The hub at one look: what is added up, and the page that shows it."""

import json
import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from hub.domain.recordings import Recording, Summary
from orgconfig.names import Names
from scripts.overview.adding import add_up
from scripts.overview.gathering import Overview, gather
from scripts.overview.measuring import measured
from scripts.overview.page import page
from scripts.sandbox.engine.core import Engine
from stacksets.inspection.sweeps import Sweep
from stacksets.inspection.targets import Place
from tests import factories
from tests.contract.tables import DynamoTable

NOW = factories.NOW
FIRST = NOW - timedelta(days=2)
HOSTILE = "</td><script>alert(1)</script>&\"'"


def refusal(reason: str, times: int, at: datetime = NOW) -> dict[str, Any]:
    place = {"account": factories.ACCOUNT, "region": factories.REGION}
    return {**place, "reason": reason, "times": times, "first_at": at.isoformat(), "state": "refused"}


def closed(name: str = "e1", **known: Any) -> Recording:  # noqa: ANN401 - the fields of a recording
    summary = Summary("who did it", bytes=10**9, nat_usd=0.045, recording_usd=0.01)
    usual: dict[str, Any] = {"summary": summary, "delivered_bytes": 1000, "account_name": "payments"}
    return factories.closed_recording(execution=factories.execution_arn(name), **(usual | known))


def overview(*recordings: Recording, **known: Any) -> Overview:  # noqa: ANN401 - the fields of an overview
    usual: dict[str, Any] = {
        "namespace": "natrec",
        "first": FIRST,
        "now": NOW,
        "open": 1,
        "overdue": 0,
        "quotas": {"organization": 12.0, "account": 85.0},
        "history": add_up(recordings, [refusal("cooling_down", 3), refusal("muted", 1)], FIRST, NOW),
        "queues": {"notices waiting": 0, "dead notices": 0, "dead letters": 2},
        "sweeps": {
            "quick": Sweep("quick", "SUCCEEDED", "2026-11-23T06:10:00Z", {"targets": 3, "problems": 0})
        },
        "alarms": {"natrec-hub-quota": "ALARM", "natrec-hub-sweeps": "OK"},
    }
    return Overview(**(usual | known))


def test_states_reasons_money_and_times_are_added_up() -> None:
    failed = factories.recording(execution=factories.execution_arn("e3"), state="failed")
    found = add_up(
        [closed(flow_logs_at=NOW + timedelta(seconds=2)), closed("e2"), failed],
        [refusal("muted", 2), refusal("muted", 3)],
        FIRST,
        NOW,
    )
    assert found.states == {"closed": 2, "failed": 1}
    assert found.refused == {"muted": 5}
    assert (found.delivered, found.usd, found.nat_usd) == (2000, 0.02, 0.09)
    assert found.onset_to_flow_log is not None
    assert found.onset_to_flow_log.median == 22
    assert found.recovery_to_close is not None
    assert found.recovery_to_close.slowest == 30
    [spot] = found.spots
    assert (spot.name, spot.opened, spot.failed, spot.refused) == ("payments", 3, 1, 5)


def test_every_day_of_the_span_is_there_also_one_without_anything() -> None:
    found = add_up([closed()], [refusal("muted", 2, FIRST)], FIRST, NOW)
    assert [(each.opened, each.refused) for each in found.days] == [(0, 2), (0, 0), (1, 0)]


def test_a_recovery_that_is_not_known_is_not_timed() -> None:
    unknown = closed(recovered_at=None)
    assert add_up([unknown], [], FIRST, NOW).recovery_to_close is None


def test_an_empty_history_is_a_page_too() -> None:
    text = page(overview(history=add_up([], [], NOW, NOW), quotas={}, alarms={}, sweeps={}, queues={}))
    assert "Open now" in text
    assert "By account" not in text


def test_the_page_asks_for_nothing_from_elsewhere_and_runs_nothing() -> None:
    text = page(overview(closed()))
    assert "default-src 'none'" in text
    assert not re.findall(r"(?:src|href)=|url\(|@import|https?://|<script", text)


def test_hostile_text_is_text() -> None:
    hostile = closed(account_name=HOSTILE, gateway_name=HOSTILE, reason=HOSTILE, summary=Summary(HOSTILE))
    alarms = {HOSTILE: HOSTILE}
    sweeps = {"quick": Sweep(HOSTILE, HOSTILE, HOSTILE)}
    found = overview(hostile, namespace=HOSTILE, alarms=alarms, sweeps=sweeps, missing=(HOSTILE,))
    bare = re.sub(r"<[a-z/!][^<>]*>", "", page(found))
    assert HOSTILE not in page(found)
    assert "<script" not in bare


def test_what_is_wrong_stands_out() -> None:
    text = page(overview(closed(), overdue=1))
    assert "1 past the limit" in text
    assert '<td class="bad">ALARM</td>' in text
    assert '<td class="bad">2</td>' in text
    assert 'class="full"' in text
    assert "past the limit" not in page(overview(closed()))


def test_the_seconds_until_its_flow_logs_stand_at_each_recording() -> None:
    text = page(overview(closed(flow_logs_at=factories.NOW + timedelta(seconds=14))))
    assert '<td class="n">34 s</td>' in text
    assert '<td class="n">34 s</td>' not in page(overview(closed()))


def test_metrics_are_added_up_over_both_machines_and_a_gauge_is_not(engine: Engine, account: str) -> None:
    client = engine.client(account, factories.REGION, "cloudwatch")
    now, names = datetime.fromtimestamp(time.time(), UTC), Names("natrec", "/")

    def put(namespace: str, metric: str, *values: float, **dimensions: str) -> None:
        named = [{"Name": name, "Value": value} for name, value in dimensions.items()]
        data = [{"MetricName": metric, "Dimensions": named, "Value": each} for each in values]
        client.put_metric_data(Namespace=namespace, MetricData=data)

    put("natrec", "notices_delivered", 1, 1)
    put("natrec", "targets_unreachable", 2, 5, 3)
    prefix = f"arn:aws:states:{factories.REGION}:{account}:stateMachine:"
    put("AWS/States", "ExecutionsFailed", 1, StateMachineArn=f"{prefix}natrec-recording")
    put("AWS/States", "ExecutionsTimedOut", 2, StateMachineArn=f"{prefix}{names.sweep_machine}")
    place, span = Place(account, factories.REGION), (now - timedelta(days=3), now + timedelta(minutes=1))
    assert measured(client, place, names, span) == {
        "notices delivered": 2,
        "attempts to deliver that failed": 0,
        "mended by sweeps": 0,
        "not done by sweeps": 0,
        "spokes out of reach at once, at most": 5,
        "executions that ended badly": 3,
    }


def test_it_is_gathered_from_the_hubs_account_and_what_is_not_there_is_told(
    engine: Engine, account: str
) -> None:
    dynamo_table = DynamoTable(engine.client(account, factories.REGION, "dynamodb"))
    recording = factories.recording()
    onset = factories.transition(at=recording.onset_at)
    assert dynamo_table.ledger.admit(recording, onset, ()) is None
    names = Names(dynamo_table.name, "/")

    def clients(service: str) -> Any:  # noqa: ANN401 - a client
        return engine.client(account, factories.REGION, service)

    found = gather(clients, Place(account, factories.REGION), names, FIRST, NOW)
    assert (found.open, found.overdue) == (1, 0)
    assert found.history.states == {"open": 1}
    assert [each.id for each in found.history.latest] == [recording.id]
    assert any(each.startswith("queues: ") for each in found.missing)
    assert set(found.measured.values()) == {0}
    assert json.loads(json.dumps(found.document()))["open"] == 1
