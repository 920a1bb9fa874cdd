"""All metrics, summed per minute: an alarm is judged, and a query answered, without a scan of all data.

Source: AWS docs "Metrics Insights quotas": alarms look at the most recent three hours.
"""

import threading
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

MINUTE = 60
KEPT_SECONDS = 3 * 3600


@dataclass(frozen=True)
class Statistics:
    """What is known of the values in one span of time."""

    total: float
    count: float
    minimum: float
    maximum: float

    def __add__(self, other: "Statistics") -> "Statistics":
        return Statistics(
            self.total + other.total,
            self.count + other.count,
            min(self.minimum, other.minimum),
            max(self.maximum, other.maximum),
        )

    def value(self, statistic: str) -> float:
        """One statistic of a query (`SUM`) or of an alarm (`Sum`).

        Raises:
            KeyError: The statistic is not known.

        """
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

    def settle(self, now: float) -> None:
        """Take in what was stamped ahead of its time and is due by now; drop what is too old."""
        due = [entry for entry in self.ahead if entry[0] <= now]
        self.ahead = [entry for entry in self.ahead if entry[0] > now]
        for time, statistics in due:
            minute = int(time) // MINUTE * MINUTE
            known = self.minutes.get(minute)
            self.minutes[minute] = known + statistics if known else statistics
        for minute in [one for one in self.minutes if one < now - KEPT_SECONDS]:
            del self.minutes[minute]


class MetricStore:
    """All series, safe to use from several threads. Times are seconds since the epoch."""

    def __init__(self) -> None:
        self._series: dict[Series, _Kept] = {}
        self._named: defaultdict[tuple[str, str, str, str], list[Series]] = defaultdict(list)
        self._lock = threading.Lock()

    def add(self, series: Series, time: float, statistics: Statistics, now: float) -> None:
        """Add values stamped with one time, which may be in the future."""
        with self._lock:
            kept = self._series.get(series)
            if kept is None:
                kept = self._series[series] = _Kept()
                name = (series.account, series.region, series.namespace, series.metric)
                self._named[name].append(series)
            kept.ahead.append((time, statistics))
            kept.settle(now)

    def find(self, account: str, region: str, namespace: str, metric: str) -> list[Series]:
        """All series of a metric that ever had data."""
        with self._lock:
            return list(self._named.get((account, region, namespace, metric), ()))

    def buckets(self, series: Iterable[Series], period: int, now: float) -> Buckets:
        """What is known by `now` of some series together, by the start of each aligned period."""
        merged: Buckets = {}
        with self._lock:
            for one in series:
                kept = self._series.get(one)
                if kept is None:
                    continue
                kept.settle(now)
                for minute, statistics in kept.minutes.items():
                    start = minute // period * period
                    merged[start] = merged[start] + statistics if start in merged else statistics
        return merged
