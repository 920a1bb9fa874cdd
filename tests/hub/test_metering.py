"""Measures become lines of which CloudWatch makes metrics (User Guide, "Embedded metric format")."""

import json
from typing import Any

import pytest

from hub.domain import measures
from hub.domain.measures import METRICS, Measured
from hub.handlers.metering import emit


def lines(capsys: pytest.CaptureFixture[str], *told: Measured) -> list[dict[str, Any]]:
    emit("acme", told)
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_line_names_namespace_metrics_and_no_dimension_but_the_metrics_own(
    capsys: pytest.CaptureFixture[str],
) -> None:
    opened, used = lines(capsys, *measures.of_stock(2, 0, {"account": 12.5}))
    [directive] = opened["_aws"]["CloudWatchMetrics"]
    assert (directive["Namespace"], directive["Dimensions"]) == ("acme", [[]])
    assert [each["Name"] for each in directive["Metrics"]] == ["recordings_open", "recordings_overdue"]
    assert used["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["scope"]]
    assert (used["scope"], used["quota_used"]) == ("account", [12.5])


def test_properties_are_told_and_are_no_dimensions(capsys: pytest.CaptureFixture[str]) -> None:
    [line] = lines(
        capsys,
        measures.Measured({measures.NOTICES: 1}, properties={"kind": "closed", "account": "444444444444"}),
    )
    assert line["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [[]]
    assert (line["kind"], line["account"]) == ("closed", "444444444444")


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_every_metric_can_be_told(metric: measures.Metric, capsys: pytest.CaptureFixture[str]) -> None:
    value = metric.values[0] if metric.dimension else None
    [line] = lines(capsys, Measured({metric: 7}, value))
    assert line[metric.name] == [7.0]
    assert line["_aws"]["CloudWatchMetrics"][0]["Metrics"] == [{"Name": metric.name, "Unit": metric.unit}]
