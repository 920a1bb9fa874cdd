"""CloudWatch Logs makes metrics of lines in the embedded metric format, and answers Logs Insights.

Sources: CloudWatch User Guide, "Embedding metrics within logs"; CloudWatch Logs User Guide, "Monitoring with
CloudWatch metrics" (a line that breaks the format gives no metric and counts as `EMFValidationErrors` in
`AWS/Logs`, by its log group).
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch.models import CloudWatchBackend, cloudwatch_backends
from moto.logs import models as logs_models
from moto.logs.exceptions import InvalidParameterException
from moto.logs.models import LogGroup, LogsBackend

from scripts.sandbox.engine import embedded_metrics, log_insights
from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.seams import replace

LOG = logging.getLogger(__name__)


def install(_: Engine) -> None:
    """Read every line that is put into a log, and what Logs Insights is asked about them."""
    replace(LogsBackend, "put_log_events", _reading)
    replace(logs_models, "execute_query", lambda _: _query)


def _query(
    log_groups: Sequence[LogGroup], query: str, start_time: int, end_time: int
) -> list[dict[str, str]]:
    lines = (
        event.message
        for group in log_groups
        for stream in group.streams.values()
        for event in list(stream.events)
        if start_time * 1000 <= event.timestamp <= end_time * 1000
    )
    try:
        return log_insights.answer(query, lines)
    except log_insights.InsightsError as problem:
        raise InvalidParameterException(msg=str(problem)) from problem


def _reading(original: Any) -> Any:
    def put_log_events(
        self: LogsBackend, log_group_name: str, log_stream_name: str, log_events: Sequence[Mapping[str, Any]]
    ) -> Any:
        done = original(self, log_group_name, log_stream_name, log_events)
        metrics = cloudwatch_backends[self.account_id][self.region_name]
        for event in log_events:
            _extract(metrics, log_group_name, event["message"])
        return done

    return put_log_events


def _extract(metrics: CloudWatchBackend, group: str, line: str) -> None:
    try:
        found = embedded_metrics.read(line)
    except embedded_metrics.InvalidError as problem:
        LOG.warning("%s: a line that breaks the embedded metric format, %s: %s", group, problem, line)
        named = [{"Name": "LogGroupName", "Value": group}]
        wrong = {"MetricName": "EMFValidationErrors", "Dimensions": named, "Value": 1.0, "Unit": "Count"}
        metrics.put_metric_data("AWS/Logs", [wrong])
        return
    for each in (one for one in found if one.values):
        datum = {
            "MetricName": each.name,
            "Dimensions": [{"Name": name, "Value": value} for name, value in sorted(each.dimensions)],
            "Timestamp": datetime.fromtimestamp(each.milliseconds / 1000, UTC),
            "Values": list(each.values),
            "Unit": each.unit,
        }
        metrics.put_metric_data(each.namespace, [datum])
