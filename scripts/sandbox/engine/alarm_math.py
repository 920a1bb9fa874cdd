"""Whether data crosses an alarm's threshold. Pure.

Sources: AWS docs "Evaluating an alarm" (M out of N), "Configuring how CloudWatch alarms treat missing data".
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

ALARM, OK, INSUFFICIENT_DATA = "ALARM", "OK", "INSUFFICIENT_DATA"
NO_CONTRIBUTOR_DATA = "No data was returned for this contributor"
# AWS's services publish a minute's data up to about a minute later; until then nothing is missing.
LATE = 60
_COMPARE: Mapping[str, tuple[Callable[[float, float], bool], str]] = {
    "GreaterThanThreshold": (operator.gt, "greater than"),
    "GreaterThanOrEqualToThreshold": (operator.ge, "greater than or equal to"),
    "LessThanThreshold": (operator.lt, "less than"),
    "LessThanOrEqualToThreshold": (operator.le, "less than or equal to"),
}


@dataclass(frozen=True)
class Rule:
    """When an alarm goes off.

    Attributes:
        comparison: One of the four static comparison operators.
        threshold: In the metric's unit.
        period: Seconds of one datapoint.
        evaluation_periods: N, the datapoints looked at.
        datapoints_to_alarm: M, how many of them must cross.
        missing: TreatMissingData.

    """

    comparison: str
    threshold: float
    period: int
    evaluation_periods: int
    datapoints_to_alarm: int
    missing: str = "missing"


@dataclass(frozen=True)
class Verdict:
    """A state and why."""

    state: str
    reason: str


def known(comparison: str) -> bool:
    """Whether the comparison is one that is judged here (not an anomaly band's)."""
    return comparison in _COMPARE


def judge(rule: Rule, points: Mapping[int, float], now: float) -> Verdict | None:
    """Judge one series; a missing point does not cross, unless missing data is said to be breaching.

    The newest period with data counts as the latest, so data is judged as soon as it is there.

    Args:
        rule: The alarm's settings.
        points: Values by the start of their period, none later than `now`.
        now: Seconds since the epoch.

    Returns:
        None where the newest data is older than the period before the latest that could have arrived; where
        missing data is breaching, older than all periods that are looked at.

    """
    arrived = (int(now) - LATE) // rule.period * rule.period
    latest = max(points, default=0)
    if latest < arrived - rule.period:
        oldest = arrived - (rule.evaluation_periods - 1) * rule.period
        if rule.missing != "breaching" or latest < oldest:
            return None
        latest = arrived  # what is missing since then breaches; what came before still counts
    compare, words = _COMPARE[rule.comparison]
    window = [latest - back * rule.period for back in range(rule.evaluation_periods)]
    crossing = [start for start in window if start in points and compare(points[start], rule.threshold)]
    gaps = sum(start not in points for start in window) if rule.missing == "breaching" else 0
    wanted = rule.datapoints_to_alarm
    if len(crossing) + gaps >= wanted:
        return Verdict(ALARM, _reason(rule, points, crossing, f"were {words}"))
    rest = [start for start in window if start in points and start not in crossing]
    return Verdict(OK, _reason(rule, points, rest, f"were not {words}"))


def without_data(rule: Rule) -> Verdict | None:
    """What an alarm says when there is no data at all; None: it stays as it is."""
    reason = f"no datapoints were received for {rule.evaluation_periods} periods"
    match rule.missing:
        case "breaching":
            return Verdict(
                ALARM, f"Threshold Crossed: {reason} and missing datapoints are treated as [Breaching]."
            )
        case "notBreaching":
            return Verdict(
                OK, f"Threshold Crossed: {reason} and missing datapoints are treated as [NonBreaching]."
            )
        case "ignore":
            return None
        case _:
            return Verdict(INSUFFICIENT_DATA, f"Insufficient Data: {reason}.")


def _reason(rule: Rule, points: Mapping[int, float], starts: list[int], words: str) -> str:
    listed = ", ".join(
        f"{points[start]} ({datetime.fromtimestamp(start, UTC):%d/%m/%y %H:%M:%S})" for start in starts
    )
    count = f"{len(starts)} out of the last {rule.evaluation_periods} datapoints [{listed}]"
    return f"Threshold Crossed: {count} {words} the threshold ({rule.threshold})."
