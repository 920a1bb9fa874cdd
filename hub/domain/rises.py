"""How much the traffic of a gateway and of a client rose, from bytes that CloudWatch counted per period."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median_low

MINUTE = timedelta(minutes=1)
BASIC = timedelta(minutes=5)
# What was ordinary is what the hour before the alarm was like; CloudWatch answers for it in one page.
ORDINARY = timedelta(hours=1)
# How long before its alarm traffic may have risen: an alarm on 3 of 5 minutes comes some 5 minutes late, one
# on longer periods later. What is older than that is taken for the ordinary.
LATE = timedelta(minutes=20)
# Traffic that an alarm on 3 of 5 minutes takes for one rise may be low for two of them.
LULL = 3 * MINUTE
# Below a fifth more than before, a gateway's noise would do.
RISEN = 1.2


@dataclass(frozen=True)
class Series:
    """Bytes by the start of their period, in order.

    A period is a minute, or five of an instance with basic monitoring (EC2 User Guide, "Manage detailed
    monitoring for your EC2 instances"): data that never come closer than that tell which.
    """

    points: tuple[tuple[datetime, float], ...] = ()

    @property
    def step(self) -> timedelta:
        """How long a period is; a minute, where nothing tells."""
        starts = [at for at, _ in self.points]
        closest = min((later - sooner for sooner, later in pairwise(starts)), default=MINUTE)
        return MINUTE if closest < BASIC else BASIC

    @property
    def minutes(self) -> float:
        """How long a period is, in minutes."""
        return self.step / MINUTE

    def until(self, moment: datetime) -> "Series":
        """The periods that had ended by then."""
        step = self.step
        return Series(tuple((at, amount) for at, amount in self.points if at + step <= moment))

    def since(self, moment: datetime) -> "Series":
        """The periods that had not."""
        return Series(self.points[len(self.until(moment).points) :])


@dataclass(frozen=True)
class Rise:
    """When and how much a gateway's traffic rose, in bytes per minute.

    Attributes:
        began: The first period that was at least half-way up, in the newest run of such.
        before: What was ordinary.
        peak: The most since.

    """

    began: datetime
    before: float
    peak: float

    @property
    def height(self) -> float:
        """What came on top."""
        return self.peak - self.before


@dataclass(frozen=True)
class Part:
    """What a client has to do with a rise.

    Attributes:
        before: Its bytes per minute before.
        most_before: Its busiest period before, in bytes per minute.
        since: Its bytes per minute since.
        share: What it has more than before, in parts of what the gateway has more, in the same periods.
        minutes: How long its periods are.

    """

    before: float
    most_before: float
    since: float
    share: float
    minutes: float


def rise(gateway: Series, alarmed_at: datetime) -> Rise | None:
    """The gateway's rise; None when its metrics show none, or not yet.

    Args:
        gateway: Its bytes in one direction, from an hour before the alarm.
        alarmed_at: When an alarm told of it.

    """
    early, late = gateway.until(alarmed_at - LATE), gateway.since(alarmed_at - LATE)
    if not late.points:
        return None
    before = _ordinary(amount for _, amount in early.points)
    peak = max(amount for _, amount in late.points)
    if peak <= before * RISEN:
        return None
    high = [at for at, amount in late.points if amount >= (before + peak) / 2]
    minutes = gateway.minutes
    return Rise(_began(high), before / minutes, peak / minutes)


def _began(high: list[datetime]) -> datetime:
    """Where the newest run of high periods began; an earlier spike of the same hour is another one."""
    began = high[-1]
    for at in reversed(high):
        if began - at > LULL:
            break
        began = at
    return began


def _ordinary(amounts: Iterable[float]) -> float:
    """What half of the time was not exceeded: bursts do not count."""
    return median_low(found) if (found := list(amounts)) else 0.0


def part(client: Series, gateway: Series, found: Rise) -> Part | None:
    """What a client has to do with it; None as long as its metrics do not reach so far.

    Client and gateway are compared over the client's own periods, so that a period of five minutes which
    began before the rise is measured against what the gateway had in just those five minutes.
    """
    early = [amount / client.minutes for _, amount in client.until(found.began).points]
    before = _ordinary(early)
    theirs, own, minutes = 0.0, 0.0, 0.0
    for at, amount in client.since(found.began).points:
        inside = [each for start, each in gateway.points if at <= start < at + client.step]
        if len(inside) * gateway.minutes < client.minutes:
            continue  # the gateway's own metrics do not reach so far
        theirs += sum(inside) - found.before * client.minutes
        own += amount
        minutes += client.minutes
    # Half a minute of the rise, and a byte, is the least to compare with.
    if theirs < max(found.height / 2, 1.0):
        return None
    share = (own - before * minutes) / theirs
    return Part(before, max(early, default=0.0), own / minutes, share, client.minutes)
