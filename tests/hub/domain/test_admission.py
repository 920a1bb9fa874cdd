from datetime import timedelta

import pytest

from hub.domain.admission import (
    GatewayItem,
    newest,
    refuse_by_rule,
    refuse_by_state,
    refuse_by_usage,
    refuse_early,
)
from hub.domain.alarms import Transition
from hub.domain.quotas import limits
from hub.domain.refusals import Reason
from hub.domain.terms import Terms
from tests import factories

NOW = factories.NOW
LATER = NOW + timedelta(seconds=30)


@pytest.mark.parametrize(
    ("onset", "terms", "reason"),
    [
        (factories.transition(), factories.terms(), None),
        (factories.transition(), factories.terms(opted_out=True), "opted_out"),
        (factories.transition(), factories.terms(enabled=False), "disabled"),
        (factories.transition(alarm="natrec-heavy-upload-zonal"), factories.terms(), "other_tier"),
        (factories.transition(alarm="natrec-heavy-upload-zonal"), factories.terms(tier="heavy"), None),
        (factories.transition(alarm="natrec-custom-ports"), factories.terms(tier="heavy"), None),
    ],
)
def test_the_policy_refuses_what_it_says(onset: Transition, terms: Terms, reason: Reason | None) -> None:
    refused = refuse_by_rule(onset, terms, "natrec")
    assert (refused.reason if refused else None) == reason


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (factories.gateway_item(), None),
        (factories.gateway_item(recording="rec-1", execution="e"), "already_recording"),
        (factories.gateway_item(cooling_until=NOW + timedelta(seconds=1)), "cooling_down"),
        (factories.gateway_item(cooling_until=NOW), None),
        (factories.gateway_item(transitions={factories.ALARM: LATER}), "recovered"),
        (factories.gateway_item(transitions={factories.ALARM: NOW}), None),
        (factories.gateway_item(transitions={factories.OTHER_ALARM: LATER}), None),
        (
            factories.gateway_item(
                transitions={factories.ALARM: LATER}, in_alarm=frozenset({factories.ALARM})
            ),
            None,
        ),
    ],
)
def test_the_gateways_own_state_refuses(item: GatewayItem, reason: Reason | None) -> None:
    refused = refuse_by_state(factories.transition(at=NOW), item, NOW)
    assert (refused.reason if refused else None) == reason


def test_a_lease_that_has_expired_is_still_held_until_the_sweep_has_closed_it() -> None:
    item = factories.gateway_item(recording="rec-1", execution="e", expires_at=NOW - timedelta(hours=1))
    refused = refuse_by_state(factories.transition(), item, NOW)
    assert refused is not None
    assert refused.reason == "already_recording"


def test_a_cooldown_tells_when_it_is_over() -> None:
    refused = refuse_by_state(factories.transition(), factories.gateway_item(cooling_until=LATER), NOW)
    assert refused is not None
    assert refused.until == LATER
    assert "2026-11-23 06:10:48 UTC" in refused.text


def test_a_quota_that_is_visibly_exhausted_refuses_before_any_transaction() -> None:
    terms = factories.terms(organization=factories.allowance(active=25))
    usage = {limit.counter: limit.limit for limit in limits(factories.gateway_ref(), terms, NOW)}
    refused = refuse_early(factories.transition(), terms, factories.gateway_item(), usage, NOW)
    assert refused is not None
    assert refused.reason == "organization_active"


def test_the_gateways_state_is_told_before_a_quota() -> None:
    terms = factories.terms(gateway=factories.allowance(day=1))
    usage = {limit.counter: 1 for limit in limits(factories.gateway_ref(), terms, NOW)}
    item = factories.gateway_item(recording="rec-1", execution="e")
    refused = refuse_early(factories.transition(), terms, item, usage, NOW)
    assert refused is not None
    assert refused.reason == "already_recording"


def test_an_onset_that_cloudwatch_mutes_is_refused_before_anything_else() -> None:
    item = factories.gateway_item(recording="rec-1", execution="e")
    refused = refuse_early(factories.transition(muted=True), factories.terms(), item, {}, NOW)
    assert refused is not None
    assert refused.reason == "muted"


def test_the_gateways_own_quota_waits_for_its_tags() -> None:
    terms = factories.terms(gateway=factories.allowance(day=1))
    wanted = limits(factories.gateway_ref(), terms, NOW)
    usage = {limit.counter: 1 for limit in wanted}
    assert refuse_early(factories.transition(), terms, factories.gateway_item(), usage, NOW) is None
    by_usage = refuse_by_usage(wanted, usage)
    assert by_usage is not None
    assert by_usage.reason == "gateway_quota"


def test_a_refusal_says_where_its_rule_was_set() -> None:
    sources = {
        "enabled": "natrec.yaml:60 overrides[2] (gateway nat-1)",
        "max_per.day": "natrec.yaml:31 recording.max_per",
        "cooldown": "natrec.yaml:30 recording.cooldown",
    }
    disabled = refuse_by_rule(
        factories.transition(), factories.terms(enabled=False, sources=sources), "natrec"
    )
    assert disabled is not None
    assert "natrec.yaml:60 overrides[2] (gateway nat-1)" in disabled.text
    terms = factories.terms(gateway=factories.allowance(day=3), sources=sources)
    wanted = limits(factories.gateway_ref(), terms, NOW)
    exhausted = refuse_by_usage(wanted, {limit.counter: 3 for limit in wanted})
    assert exhausted is not None
    assert "3 recordings a day (natrec.yaml:31 recording.max_per)" in exhausted.text
    assert exhausted.until is not None
    cooling = refuse_early(
        factories.transition(), terms, factories.gateway_item(cooling_until=LATER), {}, NOW
    )
    assert cooling is not None
    assert "natrec.yaml:30 recording.cooldown" in cooling.text


def test_an_older_duplicate_of_an_onset_never_turns_the_alarms_clock_back() -> None:
    item = factories.gateway_item(transitions={factories.ALARM: LATER}, in_alarm=frozenset({factories.ALARM}))
    assert newest(factories.transition(at=NOW), item).at == LATER
    assert newest(factories.transition(at=LATER + timedelta(seconds=1)), item).at > LATER
    recovered = factories.gateway_item(transitions={factories.ALARM: LATER})
    assert newest(factories.transition(at=NOW), recovered).at == NOW
