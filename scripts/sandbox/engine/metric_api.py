"""GetMetricData, GetMetricStatistics and ListMetrics, answered from one store.

moto counts a period from the first value instead of from the hour, knows no percentile, and lists a metric
without dimensions once for each value of it.

Sources: CloudWatch API reference, GetMetricStatistics ("aggregates data points based on the length of the
period", at most 1,440 of them; Statistics or ExtendedStatistics) and ListMetrics (dimensions are filters;
others may be any).
"""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch.exceptions import InvalidParameterValue, ValidationError
from moto.cloudwatch.models import CloudWatchBackend, MetricDatum
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult

from scripts.sandbox.engine import metric_data, metric_store
from scripts.sandbox.engine.metric_store import MetricStore, Series
from scripts.sandbox.engine.seams import replace

MOST_POINTS = 1440


def install(store: MetricStore) -> None:
    """Answer from this store."""

    def get_metric_data(_: Any) -> Any:
        def answered(self: CloudWatchResponse) -> ActionResult:
            asked = self._get_params()
            window = metric_data.Window.of(self.current_account, self.region, asked, time.time())
            return ActionResult({"MetricDataResults": metric_data.results(store, window, asked)})

        return answered

    def get_metric_statistics(_: Any) -> Any:
        def answered(self: CloudWatchResponse) -> ActionResult:
            asked = self._get_params()
            window = metric_data.Window.of(self.current_account, self.region, asked, time.time())
            return ActionResult({"Label": asked["MetricName"], "Datapoints": _points(store, window, asked)})

        return answered

    def get_filtered_metrics(_: Any) -> Any:
        def found(
            self: CloudWatchBackend, metric_name: str, namespace: str, dimensions: list[dict[str, str]]
        ) -> list[MetricDatum]:
            return [
                _listed(each)
                for each in store.all(self.account_id, self.region_name)
                if namespace in {None, each.namespace}
                and metric_name in {None, each.metric}
                and all(_has(each, one) for one in dimensions or ())
            ]

        return found

    replace(CloudWatchResponse, "get_metric_data", get_metric_data)
    replace(CloudWatchResponse, "get_metric_statistics", get_metric_statistics)
    replace(CloudWatchBackend, "get_filtered_metrics", get_filtered_metrics)


def _points(store: MetricStore, window: metric_data.Window, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    plain, extended = asked.get("Statistics") or [], asked.get("ExtendedStatistics") or []
    unknown = [each for each in (*plain, *extended) if not metric_store.known(each)]
    if bool(plain) == bool(extended) or unknown or asked.get("Unit"):
        raise ValidationError("This engine takes either Statistics or ExtendedStatistics, and no Unit.")
    period = int(asked["Period"])
    if period <= 0 or period % metric_store.MINUTE:
        raise ValidationError("This engine's periods are multiples of 60 seconds.")
    if (window.end - window.start) / period > MOST_POINTS:
        raise InvalidParameterValue("You have requested more than 1,440 datapoints; use a longer Period.")
    dimensions = frozenset((each["Name"], each["Value"]) for each in asked.get("Dimensions") or ())
    series = Series(window.account, window.region, asked["Namespace"], asked["MetricName"], dimensions)
    buckets = store.buckets([series], period, window.now, window.start, until=window.end)
    return [
        {
            "Timestamp": datetime.fromtimestamp(start, UTC),
            "Unit": store.unit(series),
            **{name: each.value(name) for name in plain},
            **({"ExtendedStatistics": {name: each.value(name) for name in extended}} if extended else {}),
        }
        for start, each in sorted(buckets.items())
        if start < window.end
    ]


def _listed(series: Series) -> MetricDatum:
    named = [{"Name": name, "Value": value} for name, value in sorted(series.dimensions)]
    return MetricDatum(series.namespace, series.metric, 0.0, named, None)


def _has(series: Series, wanted: Mapping[str, str]) -> bool:
    dimensions = dict(series.dimensions)
    return wanted["Name"] in dimensions and wanted.get("Value") in {None, dimensions[wanted["Name"]]}
