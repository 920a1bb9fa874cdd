"""GetMetricData: single metrics and Metrics Insights queries over what was put, as strict as CloudWatch.

moto answers a query with every metric of its namespace whatever the query says. Here a request is either
understood whole or refused; of metric math and SEARCH what `metric_math` and `metric_search` say.

Sources: CloudWatch API reference, GetMetricData, MetricDataQuery and MetricDataResult ("each GetMetricData
operation can include only one query"); CloudWatch User Guide, "Metrics Insights query components and syntax"
(ORDER BY takes one value of each series, by its function), "Metrics Insights quotas" (500 series) and "Use
dynamic labels" (of which `${LABEL}` and `${PROP('Dim.name')}` are understood).
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch.exceptions import ValidationError

from scripts.sandbox.engine import metric_math, metric_search, metric_store
from scripts.sandbox.engine.metric_store import MINUTE, MetricStore, Series
from scripts.sandbox.engine.metrics_insights import Query, QueryError, is_query, parse

LIMIT_QUERIES, LIMIT_SERIES = 500, 500
_PROPERTY = re.compile(r"\$\{PROP\('Dim\.([^']+)'\)\}")
_ID = re.compile(r"[a-z][A-Za-z0-9_]*")
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
            ValidationError: It ends before it begins.

        """
        start, end = (_seconds(asked.get(name), name) for name in ("StartTime", "EndTime"))
        if start >= end:
            raise ValidationError("The parameter StartTime must be less than the parameter EndTime.")
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
    found = _all(store, window, queries)
    return [
        _result(query, each, newest_first=newest_first)
        for query in queries
        if query.get("ReturnData") is not False
        for each in found[query["Id"]]
    ]


@dataclass(frozen=True)
class Told:
    """One series of the answer: its label, its dimensions where it is a metric, its values by time."""

    label: str
    points: Points
    dimensions: Mapping[str, str] = field(default_factory=dict)


def _all(store: MetricStore, window: Window, queries: Sequence[Asked]) -> dict[str, list[Told]]:
    """What each query comes to: metrics, then expressions as they need each other."""
    found = {
        each["Id"]: [_metric(store, window, each["MetricStat"])] for each in queries if "MetricStat" in each
    }
    metrics, periods = list(found), [_period(each["MetricStat"]) for each in queries if "MetricStat" in each]
    waiting = [each for each in queries if each["Id"] not in found]
    while waiting:
        ready = [each for each in waiting if _needs(each) <= found.keys()]
        if not ready:
            raise ValidationError(f"There is no series for the metric math {waiting[0]['Expression']}")
        for query in ready:
            expression = query["Expression"]
            if is_query(expression) or metric_search.is_search(expression):
                found[query["Id"]] = _queried(store, window, query)
                continue
            series = {name: each[0].points for name, each in found.items() if len(each) == 1}
            period = int(query.get("Period") or max(periods, default=MINUTE))
            times = range(window.start // period * period, window.end, period)
            try:
                points = metric_math.evaluate(expression, metric_math.Given(series, metrics, times))
            except metric_math.MathError as error:
                raise ValidationError(str(error)) from error
            found[query["Id"]] = [Told(query["Id"], points)]
        waiting = [each for each in waiting if each["Id"] not in found]
    return found


def _needs(query: Asked) -> set[str]:
    expression = query["Expression"]
    if is_query(expression) or metric_search.is_search(expression):
        return set()
    try:
        return metric_math.names(expression)
    except metric_math.MathError as error:
        raise ValidationError(str(error)) from error


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
        label = query.get("Label") or ""
        if "${" in _PROPERTY.sub("", label.replace("${LABEL}", "")):
            raise ValidationError(f"This engine does not understand the label {label}")
    if sum(is_query(query.get("Expression", "")) for query in queries) > 1:
        raise ValidationError("Only one Metrics Insights query is allowed in a GetMetricData request.")


def _queried(store: MetricStore, window: Window, query: Asked) -> list[Told]:
    expression = query["Expression"]
    try:
        if metric_search.is_search(expression):
            return _searched(store, window, metric_search.parse(expression))
        return _insights(store, window, parse(expression), _period(query))
    except (QueryError, metric_search.SearchError) as error:
        raise ValidationError(str(error)) from error


def _searched(store: MetricStore, window: Window, search: metric_search.Search) -> list[Told]:
    found = []
    for series in store.all(window.account, window.region):
        dimensions = dict(series.dimensions)
        if series.namespace == search.namespace and search.finds(series.metric, dimensions):
            points = _points(store, window, [series], search.period, search.statistic)
            label = " ".join(dimensions[name] for name in sorted(dimensions)) or series.metric
            if points:
                found.append(Told(label, points, dimensions))
    return sorted(found, key=lambda each: each.label)[: metric_search.LIMIT]


def _metric(store: MetricStore, window: Window, asked: Asked) -> Told:
    metric, statistic = asked["Metric"], asked["Stat"]
    if not metric_store.known(statistic) or asked.get("Unit"):
        raise ValidationError(f"This engine does not understand the statistic {statistic}, nor any unit.")
    dimensions = frozenset((each["Name"], each["Value"]) for each in metric.get("Dimensions") or ())
    place = (window.account, window.region, metric["Namespace"], metric["MetricName"])
    points = _points(store, window, [Series(*place, dimensions)], _period(asked), statistic)
    return Told(metric["MetricName"], points, dict(dimensions))


def _insights(store: MetricStore, window: Window, query: Query, period: int) -> list[Told]:
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
    return [Told(*each) for each in found[: min(query.limit or LIMIT_SERIES, LIMIT_SERIES)]]


def _points(
    store: MetricStore, window: Window, series: Sequence[Series], period: int, statistic: str
) -> Points:
    buckets = store.buckets(series, period, window.now, window.start)
    return {start: each.value(statistic) for start, each in buckets.items() if start < window.end}


def _period(asked: Asked) -> int:
    period = asked.get("Period")
    if not period or int(period) % MINUTE:
        raise ValidationError(f"The parameter Period must be a multiple of {MINUTE}, not {period}.")
    return int(period)


def _result(query: Asked, told: Told, *, newest_first: bool) -> dict[str, Any]:
    starts = sorted(told.points, reverse=newest_first)
    return {
        "Id": query["Id"],
        "Label": _label(query.get("Label") or told.label, told),
        "Timestamps": [datetime.fromtimestamp(start, UTC) for start in starts],
        "Values": [told.points[start] for start in starts],
        "StatusCode": "Complete",
    }


def _label(text: str, told: Told) -> str:
    text = text.replace("${LABEL}", told.label)
    return _PROPERTY.sub(lambda found: told.dimensions.get(found[1], ""), text)


def _seconds(moment: object, name: str) -> float:
    if not isinstance(moment, datetime):
        raise ValidationError(f"The parameter {name} is required.")
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
