"""What went through a gateway in a whole spike, as its own metrics count it: also before the first record."""

from collections.abc import Mapping
from datetime import datetime

from hub.domain.rises import MINUTE, Series, rise
from hub.domain.spikes import Counted, Spike
from hub.domain.suspects import Direction

# CloudWatch tells a minute one to two minutes late; until then it is taken for one like the last.
_UNTOLD = 3 * MINUTE


def spike(counts: Mapping[Direction, Series], alarmed_at: datetime, ended_at: datetime) -> Spike:
    """Add up the metrics of a gateway from its rise to its recovery.

    Args:
        counts: The gateway's bytes of each direction, from an hour before the alarm.
        alarmed_at: When the first alarm told of it.
        ended_at: When the last one recovered, or when the recording ended.

    """
    began = _began(counts, alarmed_at)
    told = {each: _bytes(counts.get(each, Series()), began, ended_at) for each in ("upload", "download")}
    if not any(told.values()):
        return Spike(problem="the gateway's metrics show no traffic in that time")
    return Spike(Counted(began, ended_at, **told))


def _began(counts: Mapping[Direction, Series], alarmed_at: datetime) -> datetime:
    """Where the higher rise began; the alarm's own minute, where the metrics show none before it."""
    known = [each.until(alarmed_at) for each in counts.values()]
    found = [risen for each in known if (risen := rise(each, alarmed_at))]
    highest = max(found, key=lambda each: each.height, default=None)
    minute = alarmed_at.replace(second=0, microsecond=0)
    return min(minute, highest.began) if highest else minute


def _bytes(series: Series, began: datetime, ended: datetime) -> int:
    inside = [(at, amount) for at, amount in series.points if began <= at < ended]
    if not inside:
        return 0
    last, amount = inside[-1]
    untold = min(max(ended - (last + series.step), 0 * MINUTE), _UNTOLD)
    return round(sum(each for _, each in inside) + amount * (untold / series.step))
