"""One day of natrec, as the daily digest tells it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from hub.domain.consoles import page_link
from hub.domain.gateways import GatewayRef
from hub.domain.recordings import Recording, Summary
from hub.domain.refusals import Reason
from hub.domain.targets import Target

_LARGEST = 5  # recordings of a day that are told one by one


@dataclass(frozen=True)
class Large:
    """One of the day's largest recordings.

    Attributes:
        recording: Its id.
        gateway: Where.
        who: Its report's headline, or the gateway's name; for people.
        bytes: What passed the gateway while it recorded.
        cost: NAT processing of that, in US dollars.
        report: The page of its report.
        account_name: What people call the account.
        gateway_name: The gateway's Name tag.

    """

    recording: str
    gateway: GatewayRef
    who: str
    bytes: int
    cost: float
    report: str | None = None
    account_name: str = ""
    gateway_name: str = ""


@dataclass(frozen=True)
class Digest:
    """What happened in one day, UTC.

    Attributes:
        day: Which.
        opened: Recordings that were opened.
        closed: Recordings that were closed with records.
        failed: Recordings that failed.
        refused: Onsets that were refused, by reason.
        delivered: Bytes of records that arrived in the archive.
        nat_cost: NAT processing of what was recorded, in US dollars.
        recording_cost: What recording it cost, in US dollars.
        covered: Targets that have a spoke within reach.
        unreachable: Targets that are out of reach.
        largest: The largest recordings, the largest first.

    """

    day: date
    opened: int = 0
    closed: int = 0
    failed: int = 0
    refused: Mapping[Reason, int] = field(default_factory=dict)
    delivered: int = 0
    nat_cost: float = 0.0
    recording_cost: float = 0.0
    covered: int = 0
    unreachable: tuple[Target, ...] = ()
    largest: tuple[Large, ...] = ()

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to tell but that it is watching."""
        return not (self.opened or self.closed or self.failed or self.refused or self.unreachable)


@dataclass(frozen=True)
class Day:
    """What the history has of a day.

    Attributes:
        recordings: Those that were opened then.
        refused: How many onsets were refused, by reason.

    """

    recordings: tuple[Recording, ...] = ()
    refused: Mapping[Reason, int] = field(default_factory=dict)


def digest_of(day: date, seen: Day, targets: frozenset[Target], out: frozenset[Target]) -> Digest:
    """A day, added up.

    Args:
        day: Which, UTC.
        seen: What the history has of it.
        targets: Every target of the policy, as it is now.
        out: Those that are out of reach now.

    """
    states = Counter(each.state for each in seen.recordings)
    told = [(each, each.summary) for each in seen.recordings if each.summary]
    told.sort(key=lambda each: (-each[1].bytes, each[0].id))
    return Digest(
        day=day,
        opened=len(seen.recordings),
        closed=states["closed"],
        failed=states["failed"],
        refused=seen.refused,
        delivered=sum(each.delivered_bytes or 0 for each in seen.recordings),
        nat_cost=sum(summary.nat_usd for _, summary in told),
        recording_cost=sum(summary.recording_usd for _, summary in told),
        covered=len(targets - out),
        unreachable=tuple(sorted(out)),
        largest=tuple(_large(recording, summary) for recording, summary in told[:_LARGEST]),
    )


def _large(recording: Recording, summary: Summary) -> Large:
    return Large(
        recording=recording.id,
        gateway=recording.gateway,
        who=summary.headline,
        bytes=summary.bytes,
        cost=summary.nat_usd,
        report=recording.report and page_link(recording.execution, recording.report),
        account_name=recording.account_name,
        gateway_name=recording.gateway_name or "",
    )
