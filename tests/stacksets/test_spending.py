"""What a month costs, and where natrec and logs that are always on meet."""

from dataclasses import replace

import pytest

from hub.domain.recordings import Summary
from orgconfig.models.paid import Paid
from scripts.checks.variants import example, variants
from stacksets import costs
from stacksets.break_even import NATREC, compare
from stacksets.spending import Usage, bill, expected, total
from stacksets.used import measured, seen
from tests import factories

USAGE = expected(example(), 20, 10, 20_000)


def test_each_line_names_its_price_with_source_and_date_and_is_its_product() -> None:
    for each in bill(example(), USAGE):
        assert "aws.amazon.com" in each.source
        assert "2026" in each.source
        assert each.document()["usd"] == pytest.approx(each.quantity * each.price_usd, abs=1e-4)


def test_what_is_fixed_and_by_gateway_is_what_a_plan_says() -> None:
    for config in variants().values():
        usage = replace(expected(config, 7, 0, 0), targets=40)
        parts = costs.total(costs.costs(config, 40))
        assert total(bill(config, usage), "fixed") == pytest.approx(parts.usd)
        assert total(bill(config, usage), "gateways") == pytest.approx(7 * parts.usd_per_gateway)


def test_an_expected_recording_has_full_length_at_twice_the_threshold_and_no_more_than_there_is() -> None:
    assert USAGE.recorded == pytest.approx(10 * 2 * 1 * 15)
    assert expected(example(), 20, 10, 100).recorded == 100
    assert "15 minutes" in USAGE.said


def test_without_recordings_only_what_is_fixed_is_paid() -> None:
    idle = bill(example(), expected(example(), 20, 0, 20_000))
    assert total(idle, "recordings", "archive") == 0


def test_both_pay_the_same_for_the_same_records() -> None:
    whole = replace(USAGE, recorded=USAGE.traffic)
    items = bill(example(), whole)
    assert total(items, "archive") == pytest.approx(total(items, "always_on"))


def test_at_the_break_even_of_traffic_both_cost_the_same() -> None:
    found = compare(example(), USAGE)
    there = compare(example(), replace(USAGE, traffic=found.traffic))
    assert there.always_on_usd == pytest.approx(there.natrec_usd)


def test_up_to_the_break_even_of_recordings_natrec_is_cheaper() -> None:
    found = compare(example(), USAGE)
    assert found.recordings is not None
    each = USAGE.recorded / USAGE.recordings

    def with_recordings(times: int) -> bool:
        usage = replace(USAGE, recordings=times, recorded=times * each)
        items = bill(example(), usage)
        return total(items, *NATREC) <= total(items, "always_on")

    assert with_recordings(found.recordings)
    assert not with_recordings(found.recordings + found.recordings // 10)


def test_it_is_said_in_one_sentence_also_where_natrec_is_dearer() -> None:
    assert "here up to" in compare(example(), USAGE).sentence
    dear = compare(example(), expected(example(), 20, 10, 10))
    assert dear.recordings is None
    assert dear.sentence.endswith("GB of traffic a month on.")


def test_what_the_config_says_is_paid_is_counted() -> None:
    cheap = example().model_copy(update={"prices": Paid(vended_gb=0, parquet_gb=0, storage_gb=0.0001)})
    assert total(bill(cheap, USAGE), "always_on") < 1


def test_the_history_of_a_span_is_counted_by_the_month() -> None:
    summary = Summary("", bytes=50 * 10**9, recording_usd=0.285)
    found = [
        factories.closed_recording(summary=summary),
        factories.closed_recording(execution=factories.execution_arn("e2"), summary=summary),
        factories.recording(state="failed"),
    ]
    history = seen(example().model_copy(update={"prices": Paid()}), found)
    assert (history.recordings, history.gateways, history.recorded) == (2, 1, 100)
    assert history.records == pytest.approx(2)
    usage = measured(USAGE, history, 15.2 * 86_400, "15d")
    assert (usage.recordings, usage.recorded, usage.mb_per_gb) == pytest.approx((4, 200, 20))
    assert usage.said.startswith("the history of 15d: 2 recordings of 100.0 GB")


def test_an_empty_history_leaves_the_expected_ratio() -> None:
    usage: Usage = measured(USAGE, seen(example(), []), 86_400, "1d")
    assert (usage.recordings, usage.recorded, usage.mb_per_gb) == (0, 0, USAGE.mb_per_gb)
