"""What a config costs a month before anything is recorded."""

import json

import pytest

from hub.domain.measures import METRICS
from hub.usecases.plan_sweep import TARGETS_PER_BATCH
from orgconfig.models import OrgConfig
from orgconfig.models.paid import Paid
from scripts.checks.definitions import machines
from scripts.checks.variants import example, variants
from stacksets import costs as module
from stacksets.costs import Cost, basis, costs, total
from stacksets.rendering import render_hub, render_sweep_machine
from stacksets.templates import parse


def _part(config: OrgConfig, name: str, targets: int = 40) -> Cost:
    (found,) = (each for each in costs(config, targets) if each.what.endswith(name))
    return found


def test_each_tier_costs_twenty_cents_for_each_gateway() -> None:
    for config in variants().values():
        assert _part(config, "-spoke").usd_per_gateway == pytest.approx(0.20 * len(config.tiers))
        assert _part(config, "-spoke").usd == 0


def test_the_archive_costs_a_key_where_natrec_makes_one() -> None:
    keys = {name: _part(config, "-archive").usd for name, config in variants().items()}
    assert keys["example"] == 1
    assert keys["own key, archive in the hub, bounded"] == 0
    assert keys["no key, no path, nobody told, another namespace"] == 0


def test_a_thousand_accounts_in_seventeen_regions_are_swept_for_at_most_thirty_dollars() -> None:
    sweeps = _part(example(), "-hub", 17_000).usd - _part(example(), "-hub", 0).usd
    assert 5 < sweeps < 30


def test_the_hub_of_a_small_organization_costs_a_few_dollars() -> None:
    assert 6 < _part(example(), "-hub").usd < 10


def test_the_total_is_the_sum_of_its_parts() -> None:
    parts = costs(example(), 40)
    assert total(parts).usd == pytest.approx(sum(each.usd for each in parts))
    assert total(parts).document()["monthly_usd_per_gateway"] == 0.4


def test_in_words_it_says_what_is_fixed_and_what_each_gateway_adds() -> None:
    assert str(Cost("", 1.5)) == "$1.50 a month"
    assert str(Cost("", 1.5, 0.2)) == "$1.50 and $0.20 for each gateway a month"
    assert str(Cost("", 0, 0.2)) == "$0.20 for each gateway a month"
    assert str(Cost("")) == "$0.00 a month"


def test_what_is_counted_is_what_the_templates_have() -> None:
    resources = parse(render_hub(example()))["Resources"].values()
    alarms = [each["Properties"] for each in resources if each["Type"] == "AWS::CloudWatch::Alarm"]
    metrics = sum(
        sum("MetricStat" in each for each in alarm["Metrics"]) if "Metrics" in alarm else 1
        for alarm in alarms
    )
    assert metrics == module.HUB_ALARM_METRICS
    assert [each["Type"] for each in resources].count("AWS::CloudWatch::Dashboard") == 1
    assert sum(each.series for each in METRICS if each.when == "always") == module.HUB_METRICS
    assert sum(each.series for each in METRICS if each.when == "recording") == module.RECORDING_METRICS
    assert TARGETS_PER_BATCH["full"] == module.TARGETS_A_BATCH
    whole, *inner = machines(json.loads(render_sweep_machine()))
    passed = [name for name, state in whole["States"].items() if state["Type"] != "Fail"]
    assert len(passed) == module.SWEEP_STATES
    assert [len(each["States"]) - 1 for each in inner] == [module.BATCH_STATES]  # one is for failures only


def test_what_is_paid_is_what_a_month_costs_and_the_rest_is_told_as_assumed() -> None:
    cheap = example().model_copy(update={"prices": Paid(insights_metric=0.05, nat_gb=0.02)})
    half = _part(example(), "-spoke").usd_per_gateway / 2
    assert _part(cheap, "-spoke").usd_per_gateway == pytest.approx(half)
    assert basis(example()).endswith("assumed for eu-west-1")
    assert basis(cheap).endswith("assumed for eu-west-1 but for Metrics Insights alarms")
