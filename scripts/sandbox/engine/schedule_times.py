"""When a schedule fires: `at(...)` and `rate(...)`. Pure.

Sources: AWS docs "Schedule types on EventBridge Scheduler" (`at` is local time in the schedule's zone; a
rate without a start date starts at once), "Rate expressions" of EventBridge rules (one of a unit is
written in the singular).
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_AT = re.compile(r"at\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\)")
_RATE = re.compile(r"rate\(\s*(\d+)\s+(minute|hour|day)(s?)\s*\)")
_SECONDS = {"minute": 60, "hour": 3600, "day": 86400}


class ExpressionError(ValueError):
    """AWS would not take the expression, or the sandbox does not fire such."""


@dataclass(frozen=True)
class At:
    """Once, at a moment."""

    moment: datetime


@dataclass(frozen=True)
class Rate:
    """Every so many seconds."""

    seconds: int


def parse(expression: str, zone: str = "UTC", *, strict_plural: bool = False) -> At | Rate:
    """Read an expression.

    Args:
        expression: Such as `at(2026-11-20T10:00:00)` or `rate(5 minutes)`.
        zone: The name of the time zone of `at`.
        strict_plural: Refuse `rate(1 minutes)` and `rate(5 minute)`, as rules do.

    Raises:
        ExpressionError: It is neither; cron expressions are not fired here.

    """
    if found := _AT.fullmatch(expression):
        try:
            local = datetime.fromisoformat(found[1])
            return At(local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC))
        except (ValueError, ZoneInfoNotFoundError) as problem:
            raise ExpressionError(f"Invalid Schedule Expression {expression}: {problem}") from problem
    if found := _RATE.fullmatch(expression):
        value, plural = int(found[1]), bool(found[3])
        if value and not (strict_plural and plural == (value == 1)):
            return Rate(value * _SECONDS[found[2]])
    if expression.startswith("cron("):
        raise ExpressionError(f"The sandbox fires at(...) and rate(...) only, not {expression}")
    raise ExpressionError(f"Invalid Schedule Expression {expression}.")


@dataclass(frozen=True)
class Span:
    """When a schedule may fire at all, in seconds since the epoch; None is open."""

    start: float | None = None
    end: float | None = None


def first(when: At | Rate, created: float, span: Span = Span()) -> float:
    """The first time a schedule is due, in seconds since the epoch."""
    if isinstance(when, At):
        return when.moment.timestamp()
    return max(created, span.start or created)


def following(when: At | Rate, due: float, now: float, span: Span = Span()) -> float | None:
    """The next time after one that was due; None when there is none. What was missed is not made up for."""
    if isinstance(when, At):
        return None
    later = due + (int((now - due) // when.seconds) + 1) * when.seconds
    return None if span.end is not None and later > span.end else later
