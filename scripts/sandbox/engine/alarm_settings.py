"""Reads an alarm as moto keeps it, and refuses what PutMetricAlarm refuses.

Sources: AWS API reference "PutMetricAlarm", AWS docs "Alarm limits", "Metrics Insights alarms".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from moto.cloudwatch.exceptions import ValidationError
from moto.cloudwatch.models import Alarm, MetricDataQuery

from scripts.sandbox.engine import alarm_math, metrics_insights
from scripts.sandbox.engine.alarm_events import returns_data

MINUTE, DAY = 60, 86400
SHORT_PERIODS = (10, 20, 30)


@dataclass(frozen=True)
class Watched:
    """The one metric of an ordinary alarm."""

    namespace: str
    metric: str
    dimensions: frozenset[tuple[str, str]]
    statistic: str
    period: int


def query_of(alarm: Alarm) -> metrics_insights.Query | None:
    """The query that an alarm watches, if it watches one."""
    watched = _watched(alarm.metric_data_queries)
    if watched is None or not watched.expression or not metrics_insights.is_query(watched.expression):
        return None
    return metrics_insights.parse(watched.expression)


def metric_of(alarm: Alarm) -> Watched | None:
    """The single metric that an alarm watches; None for metric math, queries and percentiles."""
    if alarm.metric_name and alarm.statistic:
        return Watched(
            alarm.namespace,
            alarm.metric_name,
            frozenset((str(one.name), str(one.value)) for one in alarm.dimensions),
            alarm.statistic,
            int(alarm.period),
        )
    watched = _watched(alarm.metric_data_queries)
    return metric_in(watched) if watched else None


def metric_in(query: MetricDataQuery) -> Watched | None:
    """The metric that one element of an alarm's list names; None for an expression and for percentiles."""
    if query.metric_stat is None:
        return None
    stat, metric = query.metric_stat, query.metric_stat.metric
    if stat.stat not in {"Sum", "Average", "Minimum", "Maximum", "SampleCount"}:
        return None
    dimensions = frozenset((str(one.name), str(one.value)) for one in metric.dimensions)
    return Watched(metric.namespace, metric.metric_name, dimensions, stat.stat, int(stat.period))


def rule_of(alarm: Alarm) -> alarm_math.Rule | None:
    """When an alarm goes off; None for alarms that are not judged here (anomaly bands, composites)."""
    period = _period(alarm)
    threshold: float | None = alarm.threshold  # moto says it always has one
    if threshold is None or period is None or not alarm_math.known(alarm.comparison_operator):
        return None
    periods = int(alarm.evaluation_periods)
    return alarm_math.Rule(
        comparison=alarm.comparison_operator,
        threshold=float(threshold),
        # Data is kept by the minute.
        period=max(period, MINUTE),
        evaluation_periods=periods,
        datapoints_to_alarm=int(alarm.datapoints_to_alarm or periods),
        missing=alarm.treat_missing_data or "missing",
    )


def check(settings: dict[str, Any]) -> None:
    """Refuse settings of a metric alarm, by moto's names of them.

    Raises:
        ValidationError: What is wrong, close to how CloudWatch says it.

    """
    queries = settings.get("metric_data_queries") or []
    if bool(settings.get("metric_name")) == bool(queries):
        raise ValidationError("Exactly one of MetricName and Metrics must be specified")
    periods, wanted = settings.get("evaluation_periods"), settings.get("datapoints_to_alarm")
    if not periods:
        raise ValidationError("The parameter EvaluationPeriods is required")
    if wanted is not None and int(wanted) > int(periods):
        raise ValidationError("DatapointsToAlarm must be less than or equal to EvaluationPeriods")
    if settings.get("threshold") is None and not settings.get("threshold_metric_id"):
        raise ValidationError("Exactly one of Threshold and ThresholdMetricId must be specified")
    if not settings.get("comparison_operator"):
        raise ValidationError("The parameter ComparisonOperator is required")
    if queries:
        _check_queries(queries, settings.get("threshold_metric_id"))
    elif not settings.get("period"):
        raise ValidationError("The parameter Period is required")
    else:
        _check_period(int(settings["period"]), int(periods))


def _check_queries(queries: Sequence[MetricDataQuery], band: str | None) -> None:
    # An anomaly band returns data beside its metric (User Guide, "Alarms based on anomaly detection").
    if sum(returns_data(query) for query in queries if query.id != band) != 1:
        raise ValidationError("Exactly one element of the metrics list should return data")
    for query in queries:
        if not query.expression or not metrics_insights.is_query(query.expression):
            continue
        period = int(query.period or 0)
        if period < MINUTE or period % MINUTE:
            raise ValidationError(
                "Period of a Metrics Insights query must be a multiple of 60, and at least 60"
            )
        try:
            parsed = metrics_insights.parse(query.expression)
        except metrics_insights.QueryError as problem:
            raise ValidationError(f"Invalid metrics expression: {problem}") from problem
        if parsed.group_by and parsed.order_by is None:
            raise ValidationError("A Metrics Insights alarm with GROUP BY needs ORDER BY")


def _check_period(period: int, periods: int) -> None:
    if period not in SHORT_PERIODS and (period <= 0 or period % MINUTE):
        raise ValidationError("Period must be 10, 20, 30 or a multiple of 60")
    if period < MINUTE * MINUTE and period * periods > DAY:
        raise ValidationError("Metrics cannot be checked across more than a day (EvaluationPeriods * Period)")


def _watched(queries: Sequence[MetricDataQuery]) -> MetricDataQuery | None:
    return next((query for query in queries if returns_data(query)), None)


def _period(alarm: Alarm) -> int | None:
    if alarm.metric_name:
        return int(alarm.period) if alarm.period else None
    watched = _watched(alarm.metric_data_queries)
    if watched is None:
        return None
    if watched.metric_stat:
        return int(watched.metric_stat.period)
    # Metric math has the period of its metrics, where it says none.
    of_metrics = [int(each.metric_stat.period) for each in alarm.metric_data_queries if each.metric_stat]
    return int(watched.period or max(of_metrics, default=MINUTE))
