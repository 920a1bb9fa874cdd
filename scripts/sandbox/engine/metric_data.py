"""GetMetricData: single metrics and Metrics Insights queries over what was put, as strict as CloudWatch.

moto answers a query with every metric of its namespace whatever the query says. Here a request is either
understood whole or refused; metric math and SEARCH are not understood.

Sources: CloudWatch API reference, GetMetricData, MetricDataQuery and MetricDataResult ("each GetMetricData
operation can include only one query"); CloudWatch User Guide, "Metrics Insights query components and syntax"
(ORDER BY takes one value of each series, by its function) and "Metrics Insights quotas" (500 series).
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch.exceptions import ValidationError

from scripts.sandbox.engine.metric_store import KEPT_SECONDS, MINUTE, MetricStore, Series
from scripts.sandbox.engine.metrics_insights import Query, QueryError, is_query, parse

LIMIT_QUERIES, LIMIT_SERIES = 500, 500
_ID = re.compile(r"[a-z][A-Za-z0-9_]*")
_STATISTICS = frozenset({"Sum", "Average", "Minimum", "Maximum", "SampleCount"})
_UNDERSTOOD = frozenset({"Id", "MetricStat", "Expression", "Period", "Label", "ReturnData"})
_REDUCE: Mapping[str, Callable[[Collection[float]], float]] = {
    "SUM": sum,
    "MAX": max,
    "MIN": min,
    "COUNT": len,
    "AVG": lambda found: sum(found) / len(found),
}

Asked = Mapping[str, Any]
Points = dict[int, float]


@dataclass(frozen=True)
class Window:
    """Whose metrics of which time are asked for; seconds since the epoch, the end excluded."""

    account: str
    region: str
    start: int
    end: int
    now: float

    @classmethod
    def of(cls, account: str, region: str, asked: Asked, now: float) -> "Window":
        """The window of a request; its start is rounded down to the minute.

        Raises:
            ValidationError: It ends before it begins, or reaches back further than is kept here.

        """
        start, end = (_seconds(asked.get(name), name) for name in ("StartTime", "EndTime"))
        if start >= end:
            raise ValidationError("The parameter StartTime must be less than the parameter EndTime.")
        if start < now - KEPT_SECONDS:
            hours = KEPT_SECONDS // 3600
            raise ValidationError(f"This engine keeps metrics for {hours} hours, not since {start}.")
        return cls(account, region, int(start) // MINUTE * MINUTE, int(end), now)


def results(store: MetricStore, window: Window, asked: Asked) -> list[dict[str, Any]]:
    """The answer's `MetricDataResults`.

    Raises:
        ValidationError: CloudWatch refuses the request, or nothing here understands it.

    """
    queries: Sequence[Asked] = asked.get("MetricDataQueries") or []
    _check(queries)
    for name in ("NextToken", "MaxDatapoints", "LabelOptions"):
        if asked.get(name):
            raise ValidationError(f"This engine does not understand {name}.")
    newest_first = asked.get("ScanBy", "TimestampDescending") == "TimestampDescending"
    told: list[dict[str, Any]] = []
    for query in queries:
        for label, points in _series(store, window, query):
            if query.get("ReturnData") is not False:
                told.append(_result(query, label, points, newest_first=newest_first))
    return told


def _check(queries: Sequence[Asked]) -> None:
    if not 1 <= len(queries) <= LIMIT_QUERIES:
        raise ValidationError(f"MetricDataQueries takes 1 to {LIMIT_QUERIES} queries, not {len(queries)}.")
    ids = [query.get("Id", "") for query in queries]
    if len(set(ids)) < len(ids) or not all(_ID.fullmatch(each) for each in ids):
        raise ValidationError(f"The value for parameter Id is invalid or used twice: {', '.join(ids)}")
    for query in queries:
        unknown = query.keys() - _UNDERSTOOD
        if unknown:
            raise ValidationError(f"This engine does not understand {', '.join(sorted(unknown))}.")
        if ("MetricStat" in query) == ("Expression" in query):
            raise ValidationError(f"Query {query['Id']} needs either MetricStat or Expression.")
    if sum(is_query(query.get("Expression", "")) for query in queries) > 1:
        raise ValidationError("Only one Metrics Insights query is allowed in a GetMetricData request.")


def _series(store: MetricStore, window: Window, query: Asked) -> list[tuple[str, Points]]:
    if "MetricStat" in query:
        return [_metric(store, window, query["MetricStat"])]
    expression = query["Expression"]
    if not is_query(expression):
        raise ValidationError(f"This engine understands no metric math: {expression}")
    try:
        parsed = parse(expression)
    except QueryError as error:
        raise ValidationError(str(error)) from error
    return _insights(store, window, parsed, _period(query))


def _metric(store: MetricStore, window: Window, asked: Asked) -> tuple[str, Points]:
    metric, statistic = asked["Metric"], asked["Stat"]
    if statistic not in _STATISTICS or asked.get("Unit"):
        raise ValidationError(f"This engine understands {', '.join(sorted(_STATISTICS))} without a unit.")
    dimensions = frozenset((each["Name"], each["Value"]) for each in metric.get("Dimensions") or ())
    place = (window.account, window.region, metric["Namespace"], metric["MetricName"])
    points = _points(store, window, [Series(*place, dimensions)], _period(asked), statistic)
    return metric["MetricName"], points


def _insights(store: MetricStore, window: Window, query: Query, period: int) -> list[tuple[str, Points]]:
    groups: dict[str, list[Series]] = {}
    for series in store.find(window.account, window.region, query.namespace, query.metric):
        dimensions = dict(series.dimensions)
        if query.selects(dimensions):
            # "Other" is the group of the series that lack the label.
            label = " ".join(dimensions.get(name, "Other") for name in query.group_by)
            groups.setdefault(label or query.metric, []).append(series)
    told = {label: _points(store, window, each, period, query.statistic) for label, each in groups.items()}
    found = [(label, points) for label, points in told.items() if points]
    if query.order_by:
        reduce = _REDUCE[query.order_by]
        found.sort(key=lambda one: (reduce(one[1].values()), one[0]), reverse=query.descending)
    return found[: min(query.limit or LIMIT_SERIES, LIMIT_SERIES)]


def _points(
    store: MetricStore, window: Window, series: Sequence[Series], period: int, statistic: str
) -> Points:
    buckets = store.buckets(series, period, window.now)
    inside = {start: each for start, each in buckets.items() if window.start <= start < window.end}
    return {start: each.value(statistic) for start, each in inside.items()}


def _period(asked: Asked) -> int:
    period = asked.get("Period")
    if not period or int(period) % MINUTE:
        raise ValidationError(f"The parameter Period must be a multiple of {MINUTE}, not {period}.")
    return int(period)


def _result(query: Asked, label: str, points: Points, *, newest_first: bool) -> dict[str, Any]:
    starts = sorted(points, reverse=newest_first)
    return {
        "Id": query["Id"],
        "Label": query.get("Label") or label,
        "Timestamps": [datetime.fromtimestamp(start, UTC) for start in starts],
        "Values": [points[start] for start in starts],
        "StatusCode": "Complete",
    }


def _seconds(moment: object, name: str) -> float:
    if not isinstance(moment, datetime):
        raise ValidationError(f"The parameter {name} is required.")
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
