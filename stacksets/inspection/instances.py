"""Every target's instance in one of a few words, from what CloudFormation lists.

Source: CloudFormation API Reference, "StackInstanceSummary" and "StackInstanceComprehensiveStatus".
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from stacksets.inspection.targets import Place
from stacksets.outcomes import of_instance
from stacksets.reasons import Reason, explain
from stacksets.skipping import NOTHING, Skipping

# current: as the stack set says. outdated: not yet, or never was told to be. failed: the last operation did.
# missing: there is no instance. drifted: changed by hand. skipped: AWS leaves it out. leftover: no target.
Status = Literal["current", "outdated", "failed", "missing", "drifted", "skipped", "leftover"]
STATUSES: tuple[Status, ...] = (
    "current",
    "drifted",
    "outdated",
    "failed",
    "missing",
    "skipped",
    "leftover",
)
_APPLY = "See `natrec plan`, then `natrec apply`."


@dataclass(frozen=True)
class Asked:
    """What a target itself told: its gateways, and which of the config's alarms are not there."""

    gateways: int
    alarms: int
    missing_alarms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Instance:
    """One target.

    Attributes:
        place: Its account and region.
        status: In a word.
        reason: Why, in words; empty where it is current.
        advice: What to do about it; empty where there is nothing to do.
        asked: What it told itself; None where it was not asked, with why in `unasked`.

    """

    place: Place
    status: Status
    reason: str = ""
    advice: str = ""
    asked: Asked | None = None
    unasked: str = ""

    def told(self, asked: Asked) -> "Instance":
        """With what it told: an alarm that is gone is a change by hand that CloudFormation does not see."""
        if not asked.missing_alarms or self.status != "current":
            return replace(self, asked=asked)
        words = f"{len(asked.missing_alarms)} of {asked.alarms + len(asked.missing_alarms)} alarms are gone: "
        gone = words + ", ".join(asked.missing_alarms)
        advice = "`natrec apply --drift` has CloudFormation look for it, and puts it back."
        return replace(self, asked=asked, status="drifted", reason=gone, advice=advice)

    def document(self) -> dict[str, Any]:
        """As JSON shows it."""
        asked = self.asked
        return {
            "account": self.place.account,
            "region": self.place.region,
            "status": self.status,
            "reason": self.reason,
            "advice": self.advice,
            "gateways": asked.gateways if asked else None,
            "alarms": asked.alarms if asked else None,
            "missing_alarms": list(asked.missing_alarms) if asked else None,
            **({"not_asked": self.unasked} if self.unasked else {}),
        }


def instances(
    targets: Sequence[Place], listed: Iterable[Mapping[str, Any]], skipping: Skipping = NOTHING
) -> list[Instance]:
    """What became of each target, and what is there beside them.

    Args:
        targets: What shall be covered.
        listed: As ListStackInstances has them.
        skipping: Which of them are left out.

    """
    there = {Place(each["Account"], each["Region"]): each for each in listed}
    found = [_of_target(place, there.get(place), skipping) for place in targets]
    left = sorted(set(there) - set(targets))
    words = "it is not among the targets of this config any more"
    return [*found, *(Instance(place, "leftover", words, "`natrec apply` removes it.") for place in left)]


def _of_target(place: Place, summary: Mapping[str, Any] | None, skipping: Skipping) -> Instance:
    if reason := skipping.reason(place.account, place.region, there=summary is not None):
        return skipped(place, reason)
    if summary is None:
        return Instance(place, "missing", "there is no instance", _APPLY)
    return Instance(place, *_standing(summary))


def _standing(summary: Mapping[str, Any]) -> tuple[Status, str, str]:
    """Status, reason and advice."""
    outcome = of_instance(summary)
    detailed = summary.get("StackInstanceStatus", {}).get("DetailedStatus", "")
    if outcome.state in ("waiting", "running"):
        return "outdated", "an operation is under way", ""
    if outcome.state == "done":
        if summary.get("DriftStatus") != "DRIFTED":
            return "current", "", ""
        checked = summary.get("LastDriftCheckTimestamp")
        when = f" when CloudFormation last looked, {checked:%Y-%m-%d %H:%M}" if checked else ""
        return "drifted", f"changed by hand{when}", _APPLY
    if summary["Status"] == "OUTDATED" and not summary.get("StatusReason") and detailed in ("", "SUCCEEDED"):
        return "outdated", "not updated yet", _APPLY
    if detailed == "CANCELLED":
        return "outdated", "the operation was cancelled", _APPLY
    reason = outcome.reason or explain("", detailed)
    return reason.kind, reason.what, reason.advice


def skipped(place: Place, reason: Reason) -> Instance:
    """A target that is left out."""
    return Instance(place, "skipped", reason.what, reason.advice)


def of_stack(place: Place, stack: Mapping[str, Any] | None, *, same: bool) -> Instance:
    """A plain stack in an instance's place.

    Args:
        place: Where it is.
        stack: As DescribeStacks has it; None where there is none.
        same: Whether its template is the config's.

    """
    if stack is None:
        return Instance(place, "missing", "there is no stack", _APPLY)
    status = stack["StackStatus"]
    if status.endswith("IN_PROGRESS"):
        return Instance(place, "outdated", "its stack is being changed")
    if status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"):
        reason = explain(str(stack.get("StackStatusReason") or ""), status)
        return Instance(place, "failed", reason.what, reason.advice)
    return Instance(place, "current") if same else Instance(place, "outdated", "its template differs", _APPLY)


def counted(found: Iterable[Instance]) -> dict[Status, int]:
    """How many there are of each status, in the order of `STATUSES`, none left out."""
    counts = Counter(each.status for each in found)
    return {status: counts[status] for status in STATUSES}
