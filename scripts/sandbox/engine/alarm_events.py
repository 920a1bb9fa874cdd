"""The two events that CloudWatch sends about alarms.

Source: AWS docs "Alarm events and EventBridge" (CloudWatch User Guide).
"""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch.models import Alarm, MetricDataQuery

from scripts.sandbox.engine.contributors import AlarmName
from scripts.sandbox.engine.envelopes import envelope

SOURCE = "aws.cloudwatch"
CONTRIBUTOR_CHANGE = "CloudWatch Alarm Contributor State Change"
ALARM_CHANGE = "CloudWatch Alarm State Change"


def contributor_change(
    alarm: AlarmName,
    configured: Alarm,
    contributor: tuple[str, Mapping[str, str]],
    state: tuple[str, str],
    moment: datetime,
) -> dict[str, Any]:
    """One contributor went to ALARM or OK. It has no previousState and no reasonData.

    Args:
        alarm: Whose contributor.
        configured: Its settings.
        contributor: Its id and attributes.
        state: The new state and why.
        moment: When, aware of its zone.

    """
    identity, attributes = contributor
    value, reason = state
    detail = {
        "alarmName": alarm.name,
        "alarmContributor": {"id": identity, "attributes": dict(attributes)},
        "state": {"value": value, "reason": reason, "timestamp": timestamp(moment)},
        "configuration": configuration(configured),
    }
    return envelope(alarm.account, alarm.region, SOURCE, CONTRIBUTOR_CHANGE, detail, [alarm.arn], moment)


def alarm_change(alarm: AlarmName, now: Alarm, previous: Mapping[str, Any]) -> dict[str, Any]:
    """An alarm changed its state; `previous` is the former state as the event says it."""
    detail = {
        "alarmName": alarm.name,
        "state": state_of(now),
        "previousState": dict(previous),
        "configuration": configuration(now),
    }
    moment = now.state_updated_timestamp.replace(tzinfo=UTC)
    return envelope(alarm.account, alarm.region, SOURCE, ALARM_CHANGE, detail, [alarm.arn], moment)


def state_of(alarm: Alarm) -> dict[str, Any]:
    """An alarm's state as the event says it."""
    state = {
        "value": alarm.state_value,
        "reason": alarm.state_reason,
        "timestamp": timestamp(alarm.state_updated_timestamp.replace(tzinfo=UTC)),
    }
    if alarm.state_reason_data and alarm.state_reason_data != "{}":
        state["reasonData"] = alarm.state_reason_data
    return state


def configuration(alarm: Alarm) -> dict[str, Any]:
    """What the events say of an alarm's settings."""
    described = {"description": alarm.description} if alarm.description else {}
    if alarm.metric_data_queries:
        return {"metrics": [_query(query) for query in alarm.metric_data_queries], **described}
    statistic = alarm.statistic or alarm.extended_statistic
    metric = _metric_stat(alarm.namespace, alarm.metric_name, alarm.dimensions, alarm.period, statistic)
    return {"metrics": [{"id": str(uuid.uuid4()), "metricStat": metric, "returnData": True}], **described}


def timestamp(moment: datetime) -> str:
    """Such as `2025-12-01T13:42:04.919+0000`, with milliseconds and without a colon in the zone."""
    utc = moment.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}+0000"


def _query(query: MetricDataQuery) -> dict[str, Any]:
    told: dict[str, Any] = {"id": query.id}
    if query.metric_stat:
        metric, stat = query.metric_stat.metric, query.metric_stat
        told["metricStat"] = _metric_stat(
            metric.namespace, metric.metric_name, metric.dimensions, stat.period, stat.stat
        )
    else:
        told["expression"] = query.expression
    if query.label:
        told["label"] = query.label
    told["returnData"] = returns_data(query)
    if query.period:
        told["period"] = int(query.period)
    return told


def returns_data(query: MetricDataQuery) -> bool:
    """Whether it is this metric that the alarm watches; true unless said otherwise."""
    return str(query.return_data).lower() != "false"


def _metric_stat(namespace: str, name: str, dimensions: Any, period: Any, stat: str | None) -> dict[str, Any]:
    metric = {"namespace": namespace, "name": name, "dimensions": {one.name: one.value for one in dimensions}}
    return {"metric": metric, "period": int(period), "stat": stat}
