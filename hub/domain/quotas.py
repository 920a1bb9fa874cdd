"""Quotas and usage: which counters a recording must pass, and what each allows.

A counter's period is part of its key, so it rolls over by itself at UTC midnight and month's end.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from hub.domain.gateways import GatewayRef
from hub.domain.refusals import Reason, Refusal
from hub.domain.terms import Allowance, Terms

Scope = Literal["gateway", "account", "organization"]
Measure = Literal["opened_day", "opened_month", "active", "delivered_day", "delivered_month"]

# How long a counter is kept after its period, so that history can still be explained.
KEPT = timedelta(days=62)


@dataclass(frozen=True)
class CounterKey:
    """One counter: whose, of what, and in which period.

    Attributes:
        scope: Whose usage it counts.
        holder: The gateway (`account/region/id`), the account, or `organization`.
        measure: What it counts.
        period: `2026-11-23`, `2026-11`, or `now` for what is active.

    """

    scope: Scope
    holder: str
    measure: Measure
    period: str


@dataclass(frozen=True)
class Limit:
    """A counter with what it may reach.

    Attributes:
        counter: The counter.
        limit: What it may reach; 0 is unlimited.
        reason: The refusal when it has.
        where: Where it was set, for a sentence.

    """

    counter: CounterKey
    limit: int
    reason: Reason
    where: str = ""

    @property
    def shared(self) -> bool:
        """Whether other gateways count too; such a limit is known before the gateway's tags are."""
        return self.counter.scope != "gateway"

    @property
    def charged_at_open(self) -> bool:
        """Whether opening a recording counts; bytes are counted when they have been delivered."""
        return not self.counter.measure.startswith("delivered")

    def exhausted_by(self, used: int) -> bool:
        """Whether one more would pass the limit."""
        return 0 < self.limit <= used


def _periods(now: datetime) -> dict[Measure, str]:
    utc = now.astimezone(UTC)
    day, month = f"{utc:%Y-%m-%d}", f"{utc:%Y-%m}"
    return {
        "opened_day": day,
        "opened_month": month,
        "active": "now",
        "delivered_day": day,
        "delivered_month": month,
    }


def _allowed(allowance: Allowance) -> dict[Measure, int]:
    return {
        "opened_day": allowance.day,
        "opened_month": allowance.month,
        "active": allowance.active,
        "delivered_day": allowance.delivered_day,
        "delivered_month": allowance.delivered_month,
    }


# The gateway's lease already holds its active recordings to one; bytes are the organization's alone.
_REASONS: dict[tuple[Scope, Measure], Reason] = {
    ("gateway", "opened_day"): "gateway_quota",
    ("gateway", "opened_month"): "gateway_quota",
    ("account", "opened_day"): "account_quota",
    ("account", "opened_month"): "account_quota",
    ("account", "active"): "account_active",
    ("organization", "opened_day"): "organization_quota",
    ("organization", "opened_month"): "organization_quota",
    ("organization", "active"): "organization_active",
    ("organization", "delivered_day"): "organization_bytes",
    ("organization", "delivered_month"): "organization_bytes",
}


def counters(gateway: GatewayRef, now: datetime) -> tuple[CounterKey, ...]:
    """Every counter that a recording of this gateway opened now would touch, narrowest scope first."""
    holders: dict[Scope, str] = {
        "gateway": f"{gateway.account}/{gateway.region}/{gateway.gateway}",
        "account": gateway.account,
        "organization": "organization",
    }
    periods = _periods(now)
    return tuple(CounterKey(scope, holders[scope], measure, periods[measure]) for scope, measure in _REASONS)


_FIELDS: dict[Measure, str] = {
    "opened_day": "max_per.day",
    "opened_month": "max_per.month",
    "active": "active",
    "delivered_day": "delivered.day",
    "delivered_month": "delivered.month",
}


def limits(gateway: GatewayRef, terms: Terms, now: datetime) -> tuple[Limit, ...]:
    """The same counters with their limits."""
    allowances = {"gateway": terms.gateway, "account": terms.account, "organization": terms.organization}
    sections = {"gateway": "", "account": "quotas.account.", "organization": "quotas.organization."}
    return tuple(
        Limit(
            counter=key,
            limit=_allowed(allowances[key.scope])[key.measure],
            reason=_REASONS[key.scope, key.measure],
            where=terms.where(sections[key.scope] + _FIELDS[key.measure]),
        )
        for key in counters(gateway, now)
    )


def next_period(key: CounterKey) -> datetime | None:
    """When the counter starts again from zero; None for what frees up as recordings close."""
    if key.measure == "active":
        return None
    if key.measure.endswith("_day"):
        return datetime.fromisoformat(key.period).replace(tzinfo=UTC) + timedelta(days=1)
    first = datetime.fromisoformat(f"{key.period}-01").replace(tzinfo=UTC)
    return (first + timedelta(days=32)).replace(day=1)


def kept_until(key: CounterKey) -> datetime | None:
    """When the counter may be forgotten; None means never."""
    end = next_period(key)
    return None if end is None else end + KEPT


WORDS: dict[Measure, str] = {
    "opened_day": "recordings a day",
    "opened_month": "recordings a month",
    "active": "recordings open at once",
    "delivered_day": "delivered bytes a day",
    "delivered_month": "delivered bytes a month",
}


def refusal(limit: Limit) -> Refusal:
    """The refusal of a recording that this limit keeps out."""
    key = limit.counter
    until = next_period(key)
    again = f"again from {until:%Y-%m-%d %H:%M} UTC" if until else "as soon as another recording closes"
    allowed = f"{limit.limit:,} {WORDS[key.measure]}{limit.where}"
    text = f"the {key.scope} may have {allowed}, and has; {again}"
    return Refusal(limit.reason, text, until, limit)


def first_exhausted(wanted: tuple[Limit, ...], usage: Mapping[CounterKey, int]) -> Limit | None:
    """The first limit that is visibly exhausted: the cheap refusal before any transaction."""
    return next((limit for limit in wanted if limit.exhausted_by(usage.get(limit.counter, 0))), None)
