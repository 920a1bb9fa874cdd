"""The one series that an ordinary alarm watches: a metric, or metric math over several.

Sources: CloudWatch API reference, PutMetricAlarm and MetricDataQuery; CloudWatch User Guide, page "Create a
CloudWatch alarm based on a metric math expression". Alarms on what nothing here publishes are not judged.
"""

from moto.cloudwatch.models import Alarm, MetricDataQuery

from scripts.sandbox.engine import alarm_settings, metric_math, metric_store
from scripts.sandbox.engine.alarm_events import returns_data
from scripts.sandbox.engine.contributors import AlarmName
from scripts.sandbox.engine.metric_store import MetricStore, Series

# What AWS's services publish here; of a namespace without `AWS/` it is whatever somebody puts.
PUBLISHED = frozenset({"AWS/Logs", "AWS/NATGateway", "AWS/SQS", "AWS/States"})
# AWS docs "Metrics Insights alarms": the most recent three hours; others look at no more than they evaluate.
BACK = 3 * 3600


def since(period: int, now: float) -> int:
    """From when on an alarm looks: whole periods."""
    return int(now - BACK) // period * period


def points(store: MetricStore, name: AlarmName, alarm: Alarm, now: float) -> dict[int, float] | None:
    """Its values by the start of their period; None for an alarm that is not judged here."""
    if (watched := alarm_settings.metric_of(alarm)) is not None:
        return _metric(store, name, watched, now) if _published(watched.namespace) else None
    return _math(store, name, alarm.metric_data_queries or [], now)


def _published(namespace: str) -> bool:
    return namespace in PUBLISHED or not namespace.startswith("AWS/")


def _metric(
    store: MetricStore, name: AlarmName, watched: alarm_settings.Watched, now: float
) -> dict[int, float]:
    series = Series(name.account, name.region, watched.namespace, watched.metric, watched.dimensions)
    period = max(watched.period, metric_store.MINUTE)
    found = store.buckets([series], period, now, since(period, now))
    return {start: each.value(watched.statistic) for start, each in found.items()}


def _math(
    store: MetricStore, name: AlarmName, queries: list[MetricDataQuery], now: float
) -> dict[int, float] | None:
    metrics = {each.id: alarm_settings.metric_in(each) for each in queries if each.metric_stat}
    expressions = [each.expression for each in queries if each.expression and returns_data(each)]
    if len(expressions) != 1 or len(metrics) + 1 != len(queries):
        return None
    known = {id_: each for id_, each in metrics.items() if each}
    if len(known) < len(metrics) or not all(_published(each.namespace) for each in known.values()):
        return None
    series = {id_: _metric(store, name, each, now) for id_, each in known.items()}
    period = max((each.period for each in known.values()), default=metric_store.MINUTE)
    times = range(since(period, now), int(now) + 1, period)
    try:
        return metric_math.evaluate(expressions[0], metric_math.Given(series, [*series], times))
    except metric_math.MathError:
        return None
