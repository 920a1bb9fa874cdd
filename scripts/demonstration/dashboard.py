"""`python -m scripts.demonstration.dashboard -c CONFIG -o FILE`: the hub's dashboard as a page to look at.

In AWS its console draws it. Here the body is asked of CloudWatch, and everything in it of CloudWatch and Logs
Insights with exactly its own queries; so what is looked at in the sandbox is the definition, not a likeness.
"""

import argparse
import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jinja2

from scripts.cli.deploying import Ways
from scripts.demonstration.charts import Chart, Points, chart
from stacksets.loading import load_config

# Pixels of one column and row of the grid, as the console has them on a wide screen.
COLUMN, ROW = 62, 50
# The colours that the console takes, in its order.
COLORS = ("#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22")
_SOURCE = re.compile(r"\s*SOURCE '(?P<group>[^']+)'\s*\|\s*")
Document = Mapping[str, Any]


@dataclass(frozen=True)
class Widget:
    """One widget with what it shows.

    Attributes:
        definition: As in the body.
        numbers: Label and newest value of each metric, where it shows numbers.
        chart: Where it shows lines.
        rows: Where it shows a table.
        alarms: Name and state of each.

    """

    definition: Document
    numbers: Sequence[tuple[str, str]] = ()
    chart: Chart | None = None
    rows: Sequence[Mapping[str, str]] = ()
    alarms: Sequence[tuple[str, str]] = ()

    @property
    def style(self) -> str:
        """Its place in the grid."""
        at = self.definition
        return (
            f"grid-column: {at['x'] + 1} / span {at['width']}; grid-row: {at['y'] + 1} / span {at['height']}"
        )


@dataclass(frozen=True)
class Asking:
    """The clients that answer, and the time that is shown."""

    cloudwatch: Any
    logs: Any
    span: tuple[int, int]
    states: Mapping[str, str] = field(default_factory=dict)

    def widget(self, definition: Document) -> Widget:
        """One widget, asked for."""
        match definition["type"]:
            case "metric":
                return self._metric(definition)
            case "log":
                return Widget(definition, rows=self._rows(definition["properties"]["query"]))
            case "alarm":
                names = [each.rpartition(":alarm:")[2] for each in definition["properties"]["alarms"]]
                return Widget(definition, alarms=[(name, self.states.get(name, "?")) for name in names])
            case _:
                return Widget(definition)

    def _metric(self, definition: Document) -> Widget:
        properties = definition["properties"]
        found = self._series(properties)
        if properties["view"] == "singleValue":
            return Widget(definition, numbers=[(label, _newest(points)) for label, _, points in found])
        axis = properties.get("yAxis", {}).get("left", {})
        lines = properties.get("annotations", {}).get("horizontal", [])
        size = (definition["width"] * COLUMN - 24.0, definition["height"] * ROW - 78.0)
        drawn = chart(
            found,
            self.span,
            properties["period"],
            size,
            stacked=properties.get("stacked", False),
            most=axis.get("max"),
            limit=lines[0]["value"] if lines else None,
        )
        return Widget(definition, chart=drawn)

    def _series(self, properties: Document) -> list[tuple[str, str, Points]]:
        queries, colors = _queries(properties)
        told = self.cloudwatch.get_metric_data(
            StartTime=self.span[0], EndTime=self.span[1], MetricDataQueries=queries
        )["MetricDataResults"]
        return [
            (
                each["Label"],
                colors.get(each["Id"]) or COLORS[number % len(COLORS)],
                {
                    int(at.timestamp()): value
                    for at, value in zip(each["Timestamps"], each["Values"], strict=True)
                },
            )
            for number, each in enumerate(told)
        ]

    def _rows(self, query: str) -> list[dict[str, str]]:
        groups = [each["group"] for each in _SOURCE.finditer(query)]
        identity = self.logs.start_query(
            logGroupNames=groups,
            startTime=self.span[0],
            endTime=self.span[1],
            queryString=_SOURCE.sub("", query),
        )["queryId"]
        while (told := self.logs.get_query_results(queryId=identity))["status"] in {"Scheduled", "Running"}:
            time.sleep(0.5)
        return [{each["field"]: each["value"] for each in row} for row in told["results"]]


def _queries(properties: Document) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """A widget's metrics as GetMetricData takes them, and the colours that it gives them."""
    queries: list[dict[str, Any]] = []
    colors: dict[str, str] = {}
    for number, metric in enumerate(properties["metrics"]):
        options = metric[-1] if isinstance(metric[-1], dict) else {}
        names = [each for each in metric if isinstance(each, str)]
        query: dict[str, Any] = {
            "Id": options.get("id", f"m{number}"),
            "ReturnData": options.get("visible", True),
        }
        if options.get("label"):
            query["Label"] = options["label"]
        if "expression" in options:
            query["Expression"] = options["expression"]
        else:
            pairs = zip(names[2::2], names[3::2], strict=True)
            query["MetricStat"] = {
                "Metric": {
                    "Namespace": names[0],
                    "MetricName": names[1],
                    "Dimensions": [{"Name": name, "Value": value} for name, value in pairs],
                },
                "Period": options.get("period", properties["period"]),
                "Stat": options.get("stat", properties.get("stat", "Average")),
            }
        queries.append(query)
        if "color" in options:
            colors[query["Id"]] = options["color"]
    return queries, colors


def _newest(points: Points) -> str:
    return f"{points[max(points)]:,.4g}" if points else "--"


def page(asking: Asking, body: Document) -> str:
    """The whole dashboard as one self-contained page."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True
    )
    environment.filters["clock"] = lambda at: f"{datetime.fromtimestamp(at, UTC):%H:%M}"
    return environment.get_template("dashboard.html.j2").render(
        widgets=[asking.widget(each) for each in body["widgets"]], row=ROW, width=24 * COLUMN
    )


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(prog="dashboard", description=__doc__)
    parser.add_argument("-c", "--config", type=Path, default=Path("natrec.yaml"))
    parser.add_argument("-o", "--out", type=Path, default=Path("dashboard.html"))
    parser.add_argument("--minutes", type=int, default=180, help="how far back it shows")
    options = parser.parse_args()
    loaded = load_config(options.config)
    hub, accounts = loaded.organization.hub, Ways(None).accounts(loaded)
    cloudwatch = accounts(hub.account, hub.region, "cloudwatch")
    alarms = cloudwatch.describe_alarms(AlarmNamePrefix=loaded.names.hub_alarm(""))["MetricAlarms"]
    now = int(time.time())
    asking = Asking(
        cloudwatch,
        accounts(hub.account, hub.region, "logs"),
        (now - options.minutes * 60, now),
        {each["AlarmName"]: each["StateValue"] for each in alarms},
    )
    body = json.loads(cloudwatch.get_dashboard(DashboardName=loaded.names.dashboard)["DashboardBody"])
    options.out.write_text(page(asking, body), encoding="utf-8")


if __name__ == "__main__":
    main()
