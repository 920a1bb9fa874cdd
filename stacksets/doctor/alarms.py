"""The spoke's fleet alarms: all of them there, and as the config says."""

from collections.abc import Mapping, Sequence
from typing import Any

from spoke.alarms import FleetAlarm
from stacksets.doctor.checks import Check, Verdict, ill, well
from stacksets.doctor.texts import REDEPLOY
from stacksets.inspection.fleet import FleetSeen, read_fleet

_TOLD = 4


def judge_fleet(seen: FleetSeen) -> Verdict:
    """An alarm that is gone starts nothing; one that was changed is refused, or starts the wrong thing."""
    missing = [each.name for each in seen.wanted if each.name not in seen.found]
    if missing:
        return ill(f"{_told(missing)} of {len(seen.wanted)} alarms are gone", f"Make them again: {REDEPLOY}")
    changed = [each.name for each in seen.wanted if _differs(each, seen.found[each.name])]
    if changed:
        return ill(
            f"{_told(changed)} of {len(seen.wanted)} alarms are not as this config says",
            "Where the config has changed, `natrec apply`; where the alarms were, put them back by hand.",
        )
    return well(f"{len(seen.wanted)} alarms are as this config says")


def _told(names: Sequence[str]) -> str:
    return f"{len(names)} ({', '.join(names[:_TOLD])}{' ...' if len(names) > _TOLD else ''})"


def _differs(wanted: FleetAlarm, found: Mapping[str, Any]) -> bool:
    metrics = found.get("Metrics", [])
    return (
        len(metrics) != 1
        or metrics[0].get("Expression") != wanted.query
        or metrics[0].get("Period") != wanted.period
        or found["Threshold"] != wanted.threshold
        or found["EvaluationPeriods"] != wanted.evaluation_periods
        or found.get("DatapointsToAlarm", wanted.evaluation_periods) != wanted.datapoints_to_alarm
    )


CHECKS = (Check("alarms", "target", read_fleet, judge_fleet),)
