"""What any history does."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hub.domain.quotas import counters, limits
from hub.domain.recordings import Recording, Summary, as_document, ended, never_admitted
from hub.domain.refusals import Refusal
from hub.domain.refused import RefusedOnset
from hub.domain.spikes import Counted, Spike
from hub.domain.suspects import Suspicion
from tests import factories
from tests.contract.tables import HubTable

NOW = factories.NOW


@pytest.fixture
def opened(hub_table: HubTable) -> Recording:
    recording = factories.recording(availability="zonal", addresses=("10.0.1.5",), threshold=10**9)
    wanted = limits(recording.gateway, factories.terms(), NOW)
    assert hub_table.ledger.admit(recording, factories.transition(at=recording.onset_at), wanted) is None
    return recording


def delivered(table: HubTable) -> dict[str, int]:
    usage = table.ledger.picture(factories.gateway_ref(), NOW).usage
    keys = counters(factories.gateway_ref(), NOW)
    return {key.measure: usage.get(key, 0) for key in keys if key.measure.startswith("delivered")}


def opened_today(table: HubTable) -> set[int]:
    """What every scope's counter of the day says."""
    usage = table.ledger.picture(factories.gateway_ref(), NOW).usage
    return {used for key, used in usage.items() if key.measure == "opened_day"}


def test_what_is_not_there_is_none(hub_table: HubTable) -> None:
    assert hub_table.recordings.find("rec-1") is None


def test_the_flow_logs_of_an_open_recording_are_kept(hub_table: HubTable, opened: Recording) -> None:
    started = replace(
        opened,
        flow_logs=("fl-1", "fl-2"),
        flow_logs_at=opened.opened_at + timedelta(seconds=2),
        not_recorded=("eni-3: FlowLogsLimitExceeded",),
    )
    hub_table.recordings.save_started(started)
    assert hub_table.recordings.find(opened.id) == started


def test_a_recording_that_was_closed_meanwhile_stays_closed(hub_table: HubTable, opened: Recording) -> None:
    closed = ended(opened, "failed", "States.Timeout", NOW + timedelta(minutes=2))
    assert hub_table.ledger.release(closed)
    hub_table.recordings.save_started(replace(opened, flow_logs=("fl-1",)))
    assert hub_table.recordings.find(opened.id) == closed


def test_suspects_are_kept_with_their_recording_also_when_it_was_closed_meanwhile(
    hub_table: HubTable, opened: Recording
) -> None:
    named = replace(factories.suspicion(), explained=0.97)
    hub_table.recordings.save_suspicion(opened.id, Suspicion(failed="AccessDenied"))
    assert hub_table.ledger.release(ended(opened, "recovered", None, NOW))
    hub_table.recordings.save_suspicion(opened.id, named)
    kept = hub_table.recordings.find(opened.id)
    assert kept == replace(ended(opened, "recovered", None, NOW), suspicion=named)
    assert as_document(kept)["suspects"] == [
        {
            "client": "i-0123456789abcdef0",
            "name": "etl-runner-3",
            "addresses": ["10.0.1.20"],
            "direction": "download",
            "before": 2_000_000,
            "since": 972_000_000,
            "share": 0.97,
            "sureness": "likely",
            "reason": "it rose in the same minutes by about as much, and nobody else did",
        }
    ]


def test_a_recording_for_which_nobody_looked_has_no_suspects(opened: Recording) -> None:
    told = as_document(opened)
    assert (told["suspects"], told["suspected_at"], told["no_suspects"]) == ([], None, None)


@pytest.mark.parametrize(
    "spike", [Spike(Counted(NOW, NOW + timedelta(minutes=7), 3, 41 * 10**9)), Spike(problem="AccessDenied")]
)
def test_what_the_metrics_say_of_a_spike_is_kept_with_its_recording(
    hub_table: HubTable, opened: Recording, spike: Spike
) -> None:
    closed = ended(opened, "recovered", None, NOW)
    assert hub_table.ledger.release(closed)
    hub_table.recordings.save_spike(opened.id, spike)
    kept = hub_table.recordings.find(opened.id)
    assert kept == replace(closed, spike=spike)
    assert as_document(kept)["spike_problem"] == spike.problem


def test_a_failure_before_admission_is_kept_once(hub_table: HubTable) -> None:
    failed = never_admitted("rec-1", factories.execution_arn(), factories.transition(), "Transient", NOW)
    hub_table.recordings.save_unadmitted(failed)
    hub_table.recordings.save_unadmitted(replace(failed, reason="later"))
    assert hub_table.recordings.find("rec-1") == failed


def test_a_failure_before_admission_never_replaces_a_recording(
    hub_table: HubTable, opened: Recording
) -> None:
    failed = never_admitted(opened.id, opened.execution, factories.transition(), None, NOW)
    hub_table.recordings.save_unadmitted(failed)
    assert hub_table.recordings.find(opened.id) == opened


def test_what_was_delivered_is_kept_and_charged(hub_table: HubTable, opened: Recording) -> None:
    said = Summary(
        "i-1 downloaded it all.", ("92%, 41 GB: i-1 from S3",), "$1.85", "Use an endpoint.", ("gap",)
    )
    said = replace(said, bytes=41 * 10**9, nat_usd=1.845, recording_usd=0.0000123)
    reported = replace(
        opened, delivered_bytes=700, delivered_objects=2, report="s3://reports/x", summary=said
    )
    hub_table.recordings.save_delivery(reported)
    assert hub_table.recordings.find(opened.id) == reported
    assert delivered(hub_table) == {"delivered_day": 700, "delivered_month": 700}


def test_a_delivery_measured_again_charges_only_the_difference(
    hub_table: HubTable, opened: Recording
) -> None:
    for size in (700, 700, 750, 750):
        reported = replace(opened, delivered_bytes=size, delivered_objects=1, report="s3://reports/x")
        hub_table.recordings.save_delivery(reported)
    assert delivered(hub_table)["delivered_month"] == 750


def test_a_delivery_of_nothing_is_known_to_be_nothing(hub_table: HubTable, opened: Recording) -> None:
    reported = replace(opened, delivered_bytes=0, delivered_objects=0, report="s3://reports/x")
    hub_table.recordings.save_delivery(reported)
    assert hub_table.recordings.find(opened.id) == reported
    assert delivered(hub_table)["delivered_month"] == 0


def test_a_recording_whose_delivery_failed_and_that_captured_nothing_gives_its_usage_back_once(
    hub_table: HubTable, opened: Recording
) -> None:
    assert opened_today(hub_table) == {1}
    nothing = replace(opened, delivered_bytes=0, delivered_objects=0, report="s3://reports/x")
    for _ in range(3):
        hub_table.recordings.save_delivery(replace(nothing, delivery_error="Access error"))
    assert opened_today(hub_table) == {0}


@pytest.mark.parametrize(("objects", "error"), [(0, None), (1, None), (1, "Access error")])
def test_a_recording_that_captured_something_or_met_no_traffic_keeps_its_usage(
    hub_table: HubTable, opened: Recording, objects: int, error: str | None
) -> None:
    delivery = replace(opened, delivered_bytes=objects, delivered_objects=objects, report="s3://reports/x")
    hub_table.recordings.save_delivery(replace(delivery, delivery_error=error))
    assert opened_today(hub_table) == {1}


def test_a_refusal_of_the_same_gateway_and_reason_is_kept_once_a_day_and_counted(hub_table: HubTable) -> None:
    muted, disabled = Refusal("muted", "the nightly backup", NOW), Refusal("disabled", "switched off")
    for minutes, refusal in ((0, muted), (5, muted), (6, disabled), (24 * 60, muted)):
        onset = factories.transition()
        hub_table.recordings.note_refusal(RefusedOnset(onset, refusal, NOW + timedelta(minutes=minutes)))
    assert hub_table.refusals() == {
        RefusedOnset(factories.transition(), muted, NOW).id: ("muted", 2),
        RefusedOnset(factories.transition(), disabled, NOW).id: ("disabled", 1),
        RefusedOnset(factories.transition(), muted, NOW + timedelta(days=1)).id: ("muted", 1),
    }
