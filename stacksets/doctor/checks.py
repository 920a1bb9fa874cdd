"""What a check is: where it is asked, how it reads, how it judges."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from stacksets.inspection.targets import Place

if TYPE_CHECKING:
    from stacksets.inspection.installation import Installation

# Organization, hub and archive are asked once; of accounts and targets as many as are chosen.
__all__ = ["Check", "Place", "Result", "Scope", "Verdict", "ill", "well"]

Scope = Literal["organization", "hub", "archive", "account", "target"]


@dataclass(frozen=True)
class Verdict:
    """What a check finds.

    Attributes:
        ok: Whether it is as it should be; what cannot be told is not.
        found: What was found, in words.
        advice: What to do; empty when it is ok.
        policy: The text to paste where one is needed.

    """

    ok: bool
    found: str
    advice: str = ""
    policy: Mapping[str, Any] | None = None


def well(found: str) -> Verdict:
    """It is as it should be."""
    return Verdict(ok=True, found=found)


def ill(found: str, advice: str, policy: Mapping[str, Any] | None = None) -> Verdict:
    """It is not, and this is what to do."""
    return Verdict(ok=False, found=found, advice=advice, policy=policy)


@dataclass(frozen=True)
class Check:
    """One check.

    Attributes:
        name: As people and JSON name it.
        scope: Where it is asked.
        read: Reads AWS, and changes nothing there.
        judge: Judges what was read; pure.

    """

    name: str
    scope: Scope
    read: Callable[["Installation", Place], Any]
    judge: Callable[[Any], Verdict]


@dataclass(frozen=True)
class Result:
    """A check's verdict at one place."""

    check: str
    place: Place
    verdict: Verdict = field(compare=False)

    def document(self) -> dict[str, Any]:
        """As JSON shows it."""
        verdict = self.verdict
        return {
            "name": self.check,
            "account": self.place.account,
            "region": self.place.region,
            "ok": verdict.ok,
            "advice": verdict.advice,
            "found": verdict.found,
            **({"policy": verdict.policy} if verdict.policy else {}),
        }
