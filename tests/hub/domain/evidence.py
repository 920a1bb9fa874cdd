"""Traffic as CloudWatch counts it, minute by minute, for tests of suspicion."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from hub.domain.rises import MINUTE, Series
from hub.domain.suspecting import Client, Evidence, Watched
from hub.domain.suspects import Direction
from tests import factories

ALARMED = factories.NOW.replace(second=0)
HOUR = 60
# The rise is five minutes old when the alarm tells of it, as with 3 of 5 datapoints and a metric's own delay.
RISING = 5


def series(amounts: Sequence[float], *, step: timedelta = MINUTE, until: datetime | None = None) -> Series:
    """These bytes per period, the last of which ends then."""
    end = until or ALARMED
    first = end - len(amounts) * step
    return Series(tuple((first + number * step, amount) for number, amount in enumerate(amounts)))


def spike(before: float, since: float) -> Series:
    """An hour of minutes, the last five of which are the spike."""
    return series([before] * (HOUR - RISING) + [since] * RISING)


def averages(minutes: Series) -> Series:
    """The same as an instance with basic monitoring tells it."""
    amounts = [amount for _, amount in minutes.points]
    whole = [sum(amounts[start : start + 5]) for start in range(0, len(amounts), 5)]
    return series(whole, step=5 * MINUTE)


def evidence(
    gateway: Series,
    clients: Mapping[str, Series],
    *,
    direction: Direction = "download",
    known: Mapping[str, Client] | None = None,
) -> Evidence:
    """One direction of traffic, through clients that all route through the gateway."""
    there = {each: Client(each, f"name-of-{each}", ("10.0.1.20",)) for each in clients}
    return Evidence(there if known is None else known, {direction: Watched(gateway, clients)})
