"""All metrics, summed per minute: an alarm is judged, and a query answered, without a scan of all data.

Source: CloudWatch User Guide, "Metrics retention": points of one minute are there for 15 days; what is kept
longer, coarser, in CloudWatch is not kept here.
"""

import math
import re
import threading
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

MINUTE = 60
KEPT_SECONDS = 15 * 86400
_PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d+)?|100)")
_NAMED = frozenset({"SUM", "AVG", "AVERAGE", "COUNT", "SAMPLECOUNT", "MIN", "MINIMUM", "MAX", "MAXIMUM"})


def known(statistic: str) -> bool:
    """Whether a statistic is one that can be told here."""
    return statistic.upper() in _NAMED or bool(_PERCENTILE.fullmatch(statistic))


@dataclass(frozen=True)
class Statistics:
    """What is known of the values in one span of time.

    Attributes:
        total: Their sum.
        count: How many.
        minimum: The smallest.
        maximum: The largest.
        values: Each with how often it came, for percentiles; a statistics set that was put has none.

    """

    total: float
    count: float
    minimum: float
    maximum: float
    values: tuple[tuple[float, float], ...] = ()

    def __add__(self, other: "Statistics") -> "Statistics":
        return Statistics(
            self.total + other.total,
            self.count + other.count,
            min(self.minimum, other.minimum),
            max(self.maximum, other.maximum),
            self.values + other.values,
        )

    def value(self, statistic: str) -> float:
        """One statistic of a query (`SUM`), of an alarm (`Sum`), or a percentile (`p50`).

        Raises:
            KeyError: The statistic is not known.

        """
        if percentile := _PERCENTILE.fullmatch(statistic):
            return self._percentile(float(percentile[1]))
        return {
            "SUM": self.total,
            "AVG": self.total / self.count,
            "AVERAGE": self.total / self.count,
            "COUNT": self.count,
            "SAMPLECOUNT": self.count,
            "MIN": self.minimum,
            "MINIMUM": self.minimum,
            "MAX": self.maximum,
            "MAXIMUM": self.maximum,
        }[statistic.upper()]

    def _percentile(self, percent: float) -> float:
        rank, passed = math.ceil(self.count * percent / 100), 0.0
        for value, count in sorted(self.values):
            passed += count
            if passed >= rank:
                return value
        return self.maximum


@dataclass(frozen=True)
class Series:
    """One metric with one set of dimensions, in one account and region."""

    account: str
    region: str
    namespace: str
    metric: str
    dimensions: frozenset[tuple[str, str]]


Buckets = dict[int, Statistics]


@dataclass
class _Kept:
    minutes: Buckets = field(default_factory=dict)
    ahead: list[tuple[float, Statistics]] = field(default_factory=list)
    unit: str = "None"

    def settle(self, now: float) -> None:
        """Take in what was stamped ahead of its time and is due by now; drop what is too old."""
        due = [entry for entry in self.ahead if entry[0] <= now]
        self.ahead = [entry for entry in self.ahead if entry[0] > now]
        for time, statistics in due:
            minute = int(time) // MINUTE * MINUTE
            known = self.minutes.get(minute)
            self.minutes[minute] = known + statistics if known else statistics
        if due:
            for minute in [one for one in self.minutes if one < now - KEPT_SECONDS]:
                del self.minutes[minute]

    def since(self, start: float, now: float) -> Iterable[tuple[int, Statistics]]:
        """Each minute from `start` on; a long past costs nothing where little is asked for."""
        first = max(0, int(start)) // MINUTE * MINUTE
        if (now - first) // MINUTE >= len(self.minutes):
            return ((minute, each) for minute, each in self.minutes.items() if minute >= first)
        asked = range(first, int(now) + 1, MINUTE)
        return ((minute, self.minutes[minute]) for minute in asked if minute in self.minutes)


class MetricStore:
    """All series, safe to use from several threads. Times are seconds since the epoch."""

    def __init__(self) -> None:
        self._series: dict[Series, _Kept] = {}
        self._named: defaultdict[tuple[str, str, str, str], list[Series]] = defaultdict(list)
        self._lock = threading.Lock()

    def add(
        self, series: Series, time: float, statistics: Statistics, now: float, unit: str = "None"
    ) -> None:
        """Add values stamped with one time, which may be in the future."""
        with self._lock:
            kept = self._series.get(series)
            if kept is None:
                kept = self._series[series] = _Kept()
                name = (series.account, series.region, series.namespace, series.metric)
                self._named[name].append(series)
            kept.unit = unit
            kept.ahead.append((time, statistics))
            kept.settle(now)

    def find(self, account: str, region: str, namespace: str, metric: str) -> list[Series]:
        """All series of a metric that ever had data."""
        with self._lock:
            return list(self._named.get((account, region, namespace, metric), ()))

    def all(self, account: str, region: str) -> list[Series]:
        """All series of an account and region that ever had data."""
        with self._lock:
            return [each for each in self._series if (each.account, each.region) == (account, region)]

    def unit(self, series: Series) -> str:
        """The unit of what was put last; `None` (a text) where none was said."""
        with self._lock:
            return self._series[series].unit if series in self._series else "None"

    def buckets(
        self, series: Iterable[Series], period: int, now: float, since: float = 0, *, until: float = 0
    ) -> Buckets:
        """What is known by `now` of some series together, by the start of each aligned period.

        Args:
            series: Which.
            period: Seconds, a multiple of 60.
            now: Seconds since the epoch.
            since: What is older does not count; the first period may be short of it.
            until: What is stamped ahead of `now` counts as well, up to here; an alarm never looks ahead.

        """
        merged: Buckets = {}
        with self._lock:
            for one in series:
                kept = self._series.get(one)
                if kept is None:
                    continue
                kept.settle(now)
                ahead = (each for each in kept.ahead if each[0] < until)
                for time, statistics in (*kept.since(since, now), *ahead):
                    start = int(time) // period * period
                    merged[start] = merged[start] + statistics if start in merged else statistics
        return merged
