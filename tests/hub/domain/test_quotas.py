from datetime import UTC, datetime, timedelta, timezone

import pytest

from hub.domain.quotas import (
    CounterKey,
    Limit,
    Measure,
    Scope,
    counters,
    first_exhausted,
    kept_until,
    limits,
    next_period,
    refusal,
)
from hub.domain.refusals import Reason
from tests import factories

LAST_SECOND_OF_YEAR = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)


def key(scope: Scope, measure: Measure, now: datetime = factories.NOW) -> CounterKey:
    found = counters(factories.gateway_ref(), now)
    return next(each for each in found if (each.scope, each.measure) == (scope, measure))


def test_a_counter_rolls_over_at_midnight_utc() -> None:
    before = key("gateway", "opened_day", LAST_SECOND_OF_YEAR)
    after = key("gateway", "opened_day", LAST_SECOND_OF_YEAR + timedelta(seconds=1))
    assert (before.period, after.period) == ("2026-12-31", "2027-01-01")


def test_a_counter_rolls_over_at_the_end_of_the_month_utc() -> None:
    before = key("organization", "delivered_month", LAST_SECOND_OF_YEAR)
    after = key("organization", "delivered_month", LAST_SECOND_OF_YEAR + timedelta(seconds=1))
    assert (before.period, after.period) == ("2026-12", "2027-01")


def test_periods_are_utc_wherever_the_clock_stands() -> None:
    tokyo = datetime(2026, 12, 1, 3, 0, tzinfo=timezone(timedelta(hours=9)))
    assert key("account", "opened_day", tokyo).period == "2026-11-30"
    assert key("account", "opened_month", tokyo).period == "2026-11"


def test_what_is_active_has_no_period() -> None:
    assert key("account", "active").period == "now"
    assert next_period(key("account", "active")) is None
    assert kept_until(key("account", "active")) is None


@pytest.mark.parametrize(
    ("measure", "now", "again"),
    [
        ("opened_day", LAST_SECOND_OF_YEAR, datetime(2027, 1, 1, tzinfo=UTC)),
        ("opened_month", LAST_SECOND_OF_YEAR, datetime(2027, 1, 1, tzinfo=UTC)),
        ("opened_month", datetime(2028, 2, 29, 12, tzinfo=UTC), datetime(2028, 3, 1, tzinfo=UTC)),
        ("opened_day", datetime(2028, 2, 28, 12, tzinfo=UTC), datetime(2028, 2, 29, tzinfo=UTC)),
        ("opened_month", datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)),
    ],
)
def test_the_next_period_begins_where_this_one_ends(measure: Measure, now: datetime, again: datetime) -> None:
    assert next_period(key("gateway", measure, now)) == again


def test_a_counter_outlives_its_period_so_that_history_can_be_explained() -> None:
    until = kept_until(key("gateway", "opened_day"))
    assert until is not None
    assert until > datetime(2026, 12, 24, tzinfo=UTC)


def test_a_gateway_touches_only_its_own_counters_and_those_above_it() -> None:
    holders = {each.holder for each in counters(factories.gateway_ref(), factories.NOW)}
    assert holders == {
        f"{factories.ACCOUNT}/{factories.REGION}/{factories.NAT}",
        factories.ACCOUNT,
        "organization",
    }


def test_one_transaction_holds_every_counter_with_the_lease_and_the_recording() -> None:
    most = 100  # DynamoDB API Reference, TransactWriteItems
    assert len(counters(factories.gateway_ref(), factories.NOW)) + 2 <= most


@pytest.mark.parametrize(
    ("scope", "measure", "reason"),
    [
        ("gateway", "opened_day", "gateway_quota"),
        ("gateway", "opened_month", "gateway_quota"),
        ("account", "opened_day", "account_quota"),
        ("account", "opened_month", "account_quota"),
        ("account", "active", "account_active"),
        ("organization", "opened_day", "organization_quota"),
        ("organization", "opened_month", "organization_quota"),
        ("organization", "active", "organization_active"),
        ("organization", "delivered_day", "organization_bytes"),
        ("organization", "delivered_month", "organization_bytes"),
    ],
)
def test_each_limit_refuses_with_its_own_reason_and_number(
    scope: Scope, measure: Measure, reason: Reason
) -> None:
    field = measure.removeprefix("opened_")
    allowed = factories.terms(**{scope: factories.allowance(**{field: 7})})  # type: ignore[arg-type] # one field by name
    found = limits(factories.gateway_ref(), allowed, factories.NOW)
    exhausted = first_exhausted(found, {key(scope, measure): 7})
    assert exhausted is not None
    refused = refusal(exhausted)
    assert (refused.reason, "7" in refused.text) == (reason, True)
    assert refused.until == next_period(exhausted.counter)


def test_zero_is_unlimited() -> None:
    found = limits(factories.gateway_ref(), factories.terms(), factories.NOW)
    used = {limit.counter: 10**6 for limit in found}
    assert first_exhausted(found, used) is None


def test_the_last_one_within_a_limit_is_admitted() -> None:
    limit = Limit(key("gateway", "opened_day"), 3, "gateway_quota")
    assert not limit.exhausted_by(2)
    assert limit.exhausted_by(3)


def test_the_narrowest_exhausted_limit_is_the_one_told() -> None:
    everywhere = factories.allowance(day=1)
    allowed = factories.terms(gateway=everywhere, account=everywhere, organization=everywhere)
    found = limits(factories.gateway_ref(), allowed, factories.NOW)
    exhausted = first_exhausted(found, {limit.counter: 1 for limit in found})
    assert exhausted is not None
    assert exhausted.counter.scope == "gateway"


def test_bytes_are_not_charged_when_a_recording_opens() -> None:
    charged = {
        limit.counter.measure: limit.charged_at_open
        for limit in limits(factories.gateway_ref(), factories.terms(), factories.NOW)
    }
    assert charged == {
        "opened_day": True,
        "opened_month": True,
        "active": True,
        "delivered_day": False,
        "delivered_month": False,
    }


def test_a_refusal_says_when_there_is_room_again() -> None:
    refused = refusal(Limit(key("account", "opened_day"), 20, "account_quota"))
    assert "again from 2026-11-24 00:00 UTC" in refused.text
    busy = refusal(Limit(key("organization", "active"), 25, "organization_active"))
    assert "as soon as another recording closes" in busy.text
