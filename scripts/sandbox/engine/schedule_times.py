"""When a schedule fires: `at(...)`, `rate(...)` and `cron(...)`. Pure.

Sources: AWS docs "Schedule types on EventBridge Scheduler" (`at` is local time in the schedule's zone; a
rate without a start date starts at once), "Rate expressions" of EventBridge rules (one of a unit is
written in the singular).
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from scripts.sandbox.engine.cron import Cron, parse_cron

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


When = At | Rate | Cron


def parse(expression: str, zone: str = "UTC", *, strict_plural: bool = False) -> When:
    """Read an expression.

    Args:
        expression: Such as `at(2026-11-20T10:00:00)`, `rate(5 minutes)` or `cron(0 7 * * ? *)`.
        zone: The name of the time zone of `at` and `cron`.
        strict_plural: Refuse `rate(1 minutes)` and `rate(5 minute)`, as rules do.

    Raises:
        ExpressionError: It is none of them, or a cron expression that is not fired here.

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
        try:
            ZoneInfo(zone)
            return parse_cron(expression, zone)
        except (ValueError, ZoneInfoNotFoundError) as problem:
            raise ExpressionError(f"Invalid Schedule Expression {expression}: {problem}") from problem
    raise ExpressionError(f"Invalid Schedule Expression {expression}.")


@dataclass(frozen=True)
class Span:
    """When a schedule may fire at all, in seconds since the epoch; None is open."""

    start: float | None = None
    end: float | None = None


def first(when: When, created: float, span: Span = Span()) -> float | None:
    """The first time a schedule is due, in seconds since the epoch; None when there is none."""
    if isinstance(when, At):
        return when.moment.timestamp()
    if isinstance(when, Cron):
        return _within(when.after(max(created, span.start or created)), span)
    return max(created, span.start or created)


def following(when: When, due: float, now: float, span: Span = Span()) -> float | None:
    """The next time after one that was due; None when there is none. What was missed is not made up for."""
    if isinstance(when, At):
        return None
    if isinstance(when, Cron):
        return _within(when.after(now), span)
    later = due + (int((now - due) // when.seconds) + 1) * when.seconds
    return _within(later, span)


def _within(time: float | None, span: Span) -> float | None:
    return None if time is None or (span.end is not None and time > span.end) else time
