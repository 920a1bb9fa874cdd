"""What a sweep did: counted, added up, and told as one line of metrics."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from hub.domain.gateways import GatewayRef

Kind = Literal["quick", "full"]
# Closed leases, deleted flow logs, armed failsafes, recoveries that were lost, gateways that are gone,
# deliveries that fail, onsets offered again, alarms that joined a recording late.
Finding = Literal[
    "closed", "deleted", "rearmed", "recovered", "gone", "undelivered", "astray", "offered", "joined"
]
FINDINGS: tuple[Finding, ...] = (
    "closed",
    "deleted",
    "rearmed",
    "recovered",
    "gone",
    "undelivered",
    "astray",
    "offered",
    "joined",
)


@dataclass(frozen=True)
class Remark:
    """One thing that a sweep found or could not do, for the log.

    Attributes:
        place: Where; without a gateway where it is about a whole account and region, or all of them.
        finding: What was found and mended; None for what could not be done.
        problem: What could not be done, and why.
        recording: Whose, where it is about one.
        times: How often.

    """

    place: GatewayRef
    finding: Finding | None = None
    problem: str | None = None
    recording: str | None = None
    times: int = 1


_SHOWN = 3
_SHOWN_LENGTH = 300


@dataclass(frozen=True)
class Tally:
    """What was visited and done; tallies add up.

    Attributes:
        targets: How many were visited.
        skipped: How many have no spoke, and nothing of ours.
        unreachable: How many could not be reached though something of ours is there.
        findings: How often each was found, and mended.
        problems: What could not be done, and why; the next run tries again.
        lasting: Those of them that trying again will not mend.
        remarks: Each finding and problem once more, with whose it is.

    """

    targets: int = 0
    skipped: int = 0
    unreachable: int = 0
    findings: Mapping[Finding, int] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    lasting: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = field(default=(), compare=False)

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.targets + other.targets,
            self.skipped + other.skipped,
            self.unreachable + other.unreachable,
            dict(Counter(self.findings) + Counter(other.findings)),
            self.problems + other.problems,
            self.lasting + other.lasting,
            self.remarks + other.remarks,
        )

    def as_document(self) -> dict[str, object]:
        """For the state machine: numbers, and the first few problems in words."""
        return {
            "targets": self.targets,
            "skipped": self.skipped,
            "unreachable": self.unreachable,
            "findings": dict(self.findings),
            "problems": len(self.problems),
            "first_problems": [problem[:_SHOWN_LENGTH] for problem in self.problems[:_SHOWN]],
        }


def total(tallies: Iterable[Tally]) -> Tally:
    """All of them added up."""
    return sum(tallies, start=Tally())
