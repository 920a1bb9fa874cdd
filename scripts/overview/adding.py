"""The history added up: what an overview says of it. Pure; the time is an argument."""

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hub.domain.recordings import Recording

_SHOWN = 20
Refused = Mapping[str, Any]


@dataclass(frozen=True)
class Seconds:
    """How long something took.

    Attributes:
        median: In the middle, in seconds.
        slowest: At most.

    """

    median: float
    slowest: float


@dataclass(frozen=True)
class Day:
    """One day, UTC."""

    day: date
    opened: int
    refused: int


@dataclass
class Spot:
    """What happened in one account and region."""

    account: str
    name: str
    region: str
    opened: int = 0
    failed: int = 0
    refused: int = 0
    delivered: int = 0
    usd: float = 0.0


@dataclass(frozen=True)
class Added:
    """A span of the history.

    Attributes:
        states: Recordings by state.
        refused: Onsets by the reason of their refusal.
        days: Each day, the first one first.
        onset_to_flow_log: From the alarm to the flow logs; None where nothing was recorded.
        recovery_to_close: From the recovery to the end; None where no recovery is known.
        delivered: Bytes in the archive.
        usd: What recording cost.
        nat_usd: NAT processing of what was recorded.
        spots: By account and region, the busiest first.
        latest: The newest recordings.

    """

    states: Mapping[str, int]
    refused: Mapping[str, int]
    days: Sequence[Day]
    onset_to_flow_log: Seconds | None
    recovery_to_close: Seconds | None
    delivered: int
    usd: float
    nat_usd: float
    spots: Sequence[Spot]
    latest: Sequence[Recording] = field(default_factory=tuple)


def add_up(
    recordings: Iterable[Recording], refusals: Iterable[Refused], first: datetime, now: datetime
) -> Added:
    """Add a span up.

    Args:
        recordings: Those opened in it.
        refusals: Those first met in it, as `natrec recordings` shows them.
        first: Its beginning.
        now: Its end.

    """
    opened = sorted(recordings, key=lambda each: each.opened_at, reverse=True)
    refused = list(refusals)
    reasons = Counter[str]()
    for each in refused:
        reasons[each["reason"]] += each["times"]
    summaries = [each.summary for each in opened if each.summary]
    return Added(
        states=dict(Counter(each.state for each in opened)),
        refused=dict(reasons.most_common()),
        days=_days(opened, refused, first, now),
        onset_to_flow_log=_seconds(each.flow_logs_at - each.onset_at for each in opened if each.flow_logs_at),
        recovery_to_close=_seconds(
            each.closed_at - each.recovered_at
            for each in opened
            if each.closed_at and each.recovered_at and each.recovered_at < each.closed_at
        ),
        delivered=sum(each.delivered_bytes or 0 for each in opened),
        usd=sum(each.recording_usd for each in summaries),
        nat_usd=sum(each.nat_usd for each in summaries),
        spots=_spots(opened, refused),
        latest=tuple(opened[:_SHOWN]),
    )


def _seconds(spans: Iterable[timedelta]) -> Seconds | None:
    found = [max(0.0, each.total_seconds()) for each in spans]
    return Seconds(statistics.median(found), max(found)) if found else None


def _days(
    opened: Iterable[Recording], refused: Iterable[Refused], first: datetime, now: datetime
) -> list[Day]:
    recorded = Counter(each.opened_at.astimezone(UTC).date() for each in opened)
    denied = Counter[date]()
    for each in refused:
        denied[date.fromisoformat(each["first_at"][:10])] += each["times"]
    start, end = first.astimezone(UTC).date(), now.astimezone(UTC).date()
    dates = (start + timedelta(days=number) for number in range((end - start).days + 1))
    return [Day(each, recorded[each], denied[each]) for each in dates]


def _spots(opened: Iterable[Recording], refused: Iterable[Refused]) -> list[Spot]:
    found: defaultdict[tuple[str, str], Spot]
    found = defaultdict(lambda: Spot("", "", ""))
    for each in opened:
        place = each.gateway
        spot = found[place.account, place.region]
        spot.name = spot.name or each.account_name
        spot.opened += 1
        spot.failed += each.state == "failed"
        spot.delivered += each.delivered_bytes or 0
        spot.usd += each.summary.recording_usd if each.summary else 0.0
    for denied in refused:
        found[denied["account"], denied["region"]].refused += denied["times"]
    for (account, region), spot in found.items():
        spot.account, spot.region = account, region
    return sorted(found.values(), key=lambda each: (-each.opened, -each.refused, each.account, each.region))
