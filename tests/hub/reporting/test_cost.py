"""What was recorded is priced, and the whole spike by the gateway's metrics or else by its records."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hub.domain.recordings import as_document
from hub.domain.spikes import Counted, Spike
from hub.reporting.cost import cost
from hub.reporting.findings import Findings
from orgconfig.prices import Prices
from tests import factories
from tests.hub.reporting.found import GB, found, talker

PRICES = Prices(nat_gb=0.05, vended_gb=0.25, parquet_gb=0.05)
TEN = found(talker(6 * GB), talker(4 * GB, direction="upload"), seconds=600)


def spike(seen: Findings, **known: object) -> float | None:
    recording = as_document(factories.closed_recording(**({"recovered_at": None} | known)))
    amount = cost(seen, PRICES, recording)["spike_usd"]
    assert amount is None or isinstance(amount, float)
    return amount


def after_onset(minutes: int) -> object:
    """The factory's onset is 20 seconds before the recording opens."""
    return factories.NOW + timedelta(minutes=minutes, seconds=-20)


def test_every_recorded_byte_of_both_directions_is_priced_once() -> None:
    assert cost(TEN, PRICES)["nat_processing_usd"] == 0.5


def test_a_recording_costs_the_delivery_of_its_records() -> None:
    """230 bytes each, at 30 cents a gigabyte."""
    assert cost(replace(TEN, records=10**7), PRICES)["recording_usd"] == 0.69


def test_the_spike_is_as_long_as_the_alarm_at_the_recorded_rate() -> None:
    assert spike(TEN, recovered_at=after_onset(20), closed_at=after_onset(21)) == 1.0


def test_a_spike_that_did_not_end_counts_to_the_end_of_the_recording() -> None:
    assert spike(TEN, closed_at=after_onset(30)) == 1.5


def test_what_was_recorded_is_the_least_that_it_cost() -> None:
    assert spike(TEN, recovered_at=after_onset(5)) == 0.5


def test_seconds_of_records_count_as_a_minute() -> None:
    brief = replace(TEN, ended=(TEN.began or 0) + 13)
    assert spike(brief, recovered_at=after_onset(10)) == pytest.approx(5.0)


def test_nothing_is_estimated_without_an_alarm_or_without_times() -> None:
    assert cost(TEN, PRICES)["spike_usd"] is None
    assert spike(TEN, closed_at=None) is None
    assert spike(replace(TEN, began=None, ended=None)) is None


def test_the_gateways_own_metrics_price_the_whole_spike_where_they_were_read() -> None:
    began = factories.NOW - timedelta(minutes=5)
    spike = Spike(Counted(began, factories.NOW + timedelta(minutes=7), 2 * GB, 58 * GB))
    told = cost(TEN, PRICES, as_document(factories.closed_recording(spike=spike)))
    assert (told["spike_usd"], told["spike_by"]) == (3.0, "metrics")
    basis = "60.0 GB from 06:05 to 06:17 UTC, by the gateway's own metrics in CloudWatch"
    assert told["spike_basis"] == basis


def test_metrics_price_a_spike_of_which_nothing_was_recorded() -> None:
    spike = Spike(Counted(factories.NOW, factories.NOW + timedelta(minutes=1), 0, 4 * GB))
    told = cost(Findings(), PRICES, as_document(factories.closed_recording(spike=spike)))
    assert (told["nat_processing_usd"], told["spike_usd"]) == (0, 0.2)


@pytest.mark.parametrize(
    ("spike", "why"),
    [
        (None, "the gateway's metrics were not read"),
        (Spike(problem="AccessDenied:\nno"), "AccessDenied: no"),
    ],
)
def test_an_extrapolation_is_called_so_with_its_reason(spike: Spike | None, why: str) -> None:
    told = cost(TEN, PRICES, as_document(factories.closed_recording(spike=spike)))
    assert told["spike_by"] == "records"
    assert told["spike_basis"] == f"extrapolated from the records over the time of the alarm ({why})"
