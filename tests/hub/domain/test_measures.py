"""Which metrics an event gives, and how few they are."""

from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest

from hub.domain import measures
from hub.domain.deliveries import NOWHERE, Delivery
from hub.domain.destinations import Destination
from hub.domain.measures import METRICS, Measured
from hub.domain.recordings import Summary
from hub.domain.refusals import Refusal
from hub.domain.refused import RefusedOnset
from hub.usecases.deliver import How
from tests import factories

NOW = factories.NOW
# A name and each value of its dimension is one metric to CloudWatch's bill.
ALWAYS, WHEN_RECORDING = 5, 11


def named(measured: Measured) -> dict[str, float]:
    return {metric.name: value for metric, value in measured.values.items()}


def test_no_two_metrics_share_a_name_and_few_are_paid_for() -> None:
    assert len({each.name for each in METRICS}) == len(METRICS)
    assert sum(each.series for each in METRICS if each.when == "always") == ALWAYS
    assert sum(each.series for each in METRICS if each.when == "recording") == WHEN_RECORDING


def test_a_recording_that_opened_tells_how_long_its_flow_log_took() -> None:
    recording = factories.recording()
    recording = replace(recording, flow_logs_at=recording.onset_at + timedelta(seconds=42))
    measured = measures.of_opening(recording)
    assert named(measured) == {"recordings_opened": 1, "onset_to_flow_log": 42}
    assert measured.properties["account"] == factories.ACCOUNT
    assert measured.properties["recording_id"] == recording.id


def test_a_refusal_is_counted_by_its_reason_and_by_no_gateway() -> None:
    refused = RefusedOnset(factories.transition(), Refusal("cooling_down", "later"), NOW)
    measured = measures.of_opening(refused)
    assert (named(measured), measured.value) == ({"onsets_refused": 1}, "cooling_down")
    assert measured.properties == {
        "account": factories.ACCOUNT,
        "region": factories.REGION,
        "gateway": factories.NAT,
    }


@pytest.mark.parametrize(
    ("known", "counted"),
    [
        ({}, {"recordings_closed": 1, "recovery_to_close": 30}),
        ({"recovered_at": None}, {"recordings_closed": 1}),
        ({"recovered_at": NOW + timedelta(minutes=7, seconds=30)}, {"recordings_closed": 1}),
        ({"state": "failed", "recovered_at": None}, {"recordings_failed": 1}),
    ],
)
def test_a_close_is_timed_where_the_recovery_is_known(
    known: dict[str, object], counted: dict[str, float]
) -> None:
    assert named(measures.of_close(factories.closed_recording(**known))) == counted


def test_a_report_tells_what_was_delivered_and_what_that_cost() -> None:
    reported = factories.closed_recording(delivered_bytes=5_000, summary=Summary("", recording_usd=0.25))
    assert named(measures.of_report(reported)) == {"delivered": 5_000, "recording_cost_usd": 0.25}
    assert named(measures.of_report(factories.closed_recording()))["delivered"] == 0


def test_only_what_was_delivered_counts_as_that() -> None:
    place = factories.recording().gateway
    delivery = Delivery("closed", "rec-1", Destination("slack", "natrec/slack"), {}, place)
    counted = {how: [named(each) for each in measures.of_attempt(delivery, how)] for how in get_args(How)}
    assert counted == {
        "delivered": [{"notices_delivered": 1}],
        "repeated": [],
        "put aside": [{"notices_failed": 1}],
        "postponed": [{"notices_failed": 1}],
    }
    [told] = measures.of_attempt(delivery, "delivered")
    assert (told.properties["recording_id"], told.properties["gateway"]) == ("rec-1", factories.NAT)
    [told] = measures.of_attempt(replace(delivery, about="digest-2026-11-23", place=NOWHERE), "delivered")
    assert not told.properties.keys() & {"recording_id", "account", "region", "gateway"}


def test_a_sweeps_findings_are_one_metric_and_their_kinds_are_properties() -> None:
    counts = {"closed": 2, "deleted": 1, "problems": 3, "unreachable": 0, "targets": 40}
    measured = measures.of_sweep("quick", counts, ("closed", "deleted"))
    assert named(measured) == {"sweep_findings": 3, "sweep_problems": 3, "targets_unreachable": 0}
    assert measured.properties == {"kind": "quick", **counts}


def test_only_quotas_that_limit_anything_are_told() -> None:
    gauges, *quotas = measures.of_stock(3, 1, {"organization": 80.0})
    assert named(gauges) == {"recordings_open": 3, "recordings_overdue": 1}
    assert [(named(each), each.value) for each in quotas] == [({"quota_used": 80.0}, "organization")]
