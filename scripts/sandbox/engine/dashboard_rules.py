"""What CloudWatch asks of a dashboard's body.

Source: CloudWatch API reference, "Dashboard Body Structure and Syntax": the grid has 24 columns, a body at
most 500 widgets; each type of widget has properties of its own, of which some are required.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

COLUMNS, TALLEST, MOST_WIDGETS = 24, 1000, 500
TOP = {"start", "end", "periodOverride", "variables", "widgets"}
WIDGET = {"type", "x", "y", "width", "height", "properties"}
REQUIRED: Mapping[str, set[str]] = {
    "alarm": {"alarms"},
    "log": {"query", "region"},
    "metric": {"region"},
    "text": {"markdown"},
}
OPTIONAL: Mapping[str, set[str]] = {
    "alarm": {"sortBy", "states", "title"},
    "log": {"accountId", "legend", "logGroupPrefixes", "queryLanguage", "stacked", "title", "view", "yAxis"},
    "metric": {
        "accountId",
        "annotations",
        "end",
        "labels",
        "legend",
        "liveData",
        "metrics",
        "period",
        "setPeriodToTimeRange",
        "singleValueFullPrecision",
        "sparkline",
        "stacked",
        "start",
        "stat",
        "table",
        "timezone",
        "title",
        "trend",
        "view",
        "yAxis",
    },
    "text": {"background"},
}
VIEWS: Mapping[str, set[str]] = {
    "log": {"bar", "pie", "table", "timeSeries"},
    "metric": {"bar", "gauge", "pie", "singleValue", "table", "timeSeries"},
}
RENDERED = {
    "accountId",
    "color",
    "expression",
    "id",
    "label",
    "period",
    "region",
    "stat",
    "visible",
    "yAxis",
}
SORTED = {"default", "stateUpdatedTimestamp", "timestamp"}
_RELATIVE = re.compile(r"-P(\d+[MWD])?(T(\d+H)?(\d+M)?)?")
_STATISTIC = re.compile(
    r"SampleCount|Average|Sum|Minimum|Maximum|IQM|(p|tm|wm|tc|ts)\d{1,2}(\.\d+)?|(PR|TM|WM|TC|TS)\(.*\)"
)
_ALARM = re.compile(r"arn:[\w-]+:cloudwatch:[\w-]+:\d{12}:alarm:.+")
_SHORT_PERIODS = {1, 5, 10, 20, 30}
_MOST_DIMENSIONS = 30


def findings(body: str) -> list[str]:
    """What is wrong with a body, each with its place; nothing when it is accepted."""
    try:
        document = json.loads(body)
    except ValueError as problem:
        return [f"/: not JSON: {problem}"]
    if not isinstance(document, Mapping) or not isinstance(document.get("widgets"), list):
        return ["/widgets: should be an array"]
    return list(_document(document))


def _document(document: Mapping[str, Any]) -> Iterator[str]:
    yield from _unknown("", document, TOP)
    if "start" in document and not _RELATIVE.fullmatch(str(document["start"])):
        yield f"/start: {document['start']} is no relative time"
    if document.get("periodOverride", "auto") not in {"auto", "inherit"}:
        yield "/periodOverride: should be auto or inherit"
    if len(document["widgets"]) > MOST_WIDGETS:
        yield f"/widgets: more than {MOST_WIDGETS}"
    for at, widget in enumerate(document["widgets"]):
        yield from _widget(f"/widgets/{at}", widget)


def _widget(at: str, widget: Mapping[str, Any]) -> Iterator[str]:
    yield from _unknown(at, widget, WIDGET)
    kind, properties = str(widget.get("type")), widget.get("properties")
    if kind not in REQUIRED:
        yield f"{at}/type: {kind} should be one of {', '.join(sorted(REQUIRED))}"
        return
    if not isinstance(properties, Mapping):
        yield f"{at}/properties: should be an object"
        return
    x, width = widget.get("x", 0), widget.get("width", 6)
    if not 0 <= x < COLUMNS or not 1 <= width <= COLUMNS or x + width > COLUMNS:
        yield f"{at}: {width} columns at {x} leave the grid of {COLUMNS}"
    if widget.get("y", 0) < 0 or not 1 <= widget.get("height", 6) <= TALLEST:
        yield f"{at}: height or y leaves the grid"
    for name in sorted(REQUIRED[kind] - properties.keys()):
        yield f"{at}/properties: should have required property '{name}'"
    yield from _unknown(f"{at}/properties", properties, REQUIRED[kind] | OPTIONAL[kind])
    yield from _values(f"{at}/properties", kind, properties)


def _values(at: str, kind: str, properties: Mapping[str, Any]) -> Iterator[str]:
    if kind in VIEWS and properties.get("view", "table") not in VIEWS[kind]:
        yield f"{at}/view: {properties['view']}"
    if kind == "text" and properties.get("background", "solid") not in {"solid", "transparent"}:
        yield f"{at}/background: {properties['background']}"
    if kind == "alarm":
        yield from _alarms(at, properties)
    if kind == "metric":
        yield from _metrics(at, properties)


def _alarms(at: str, properties: Mapping[str, Any]) -> Iterator[str]:
    alarms = properties.get("alarms", [])
    if not 1 <= len(alarms) <= 100:  # noqa: PLR2004 - as the reference says
        yield f"{at}/alarms: should be 1 to 100"
    yield from (f"{at}/alarms: {each} is no alarm's ARN" for each in alarms if not _ALARM.fullmatch(each))
    if properties.get("sortBy", "default") not in SORTED:
        yield f"{at}/sortBy: {properties['sortBy']}"


def _metrics(at: str, properties: Mapping[str, Any]) -> Iterator[str]:
    metrics = properties.get("metrics", [])
    if not metrics and "alarms" not in properties.get("annotations", {}):
        yield f"{at}: neither metrics nor an alarm"
    yield from _sampled(at, properties)
    seen = [each[-1].get("id") for each in metrics if isinstance(each[-1], Mapping) and "id" in each[-1]]
    yield from (f"{at}/metrics: id {each} twice" for each in {one for one in seen if seen.count(one) > 1})
    for number, metric in enumerate(metrics):
        yield from _metric(f"{at}/metrics/{number}", metric)


def _metric(at: str, metric: Sequence[Any]) -> Iterator[str]:
    rendered = metric[-1] if isinstance(metric[-1], Mapping) else {}
    named = metric[:-1] if rendered else metric
    yield from _unknown(at, rendered, RENDERED)
    yield from _sampled(at, rendered)
    if "expression" in rendered:
        if named:
            yield f"{at}: an expression has no metric of its own"
        return
    if len(named) < 2 or len(named) % 2 or not all(isinstance(each, str) for each in named):  # noqa: PLR2004
        yield f"{at}: should be namespace, name, and pairs of dimensions"
    if len(named) > 2 + 2 * _MOST_DIMENSIONS:
        yield f"{at}: too many dimensions"


def _sampled(at: str, given: Mapping[str, Any]) -> Iterator[str]:
    period, stat = given.get("period", 60), given.get("stat", "Average")
    if period not in _SHORT_PERIODS and (period <= 0 or period % 60):
        yield f"{at}/period: {period} is no multiple of 60"
    if not _STATISTIC.fullmatch(stat):
        yield f"{at}/stat: {stat} is no statistic"


def _unknown(at: str, given: Mapping[str, Any], known: set[str]) -> Iterator[str]:
    """CloudWatch ignores some of these with a message; what was meant is lost, so here it is refused."""
    yield from (f"{at}: should NOT have additional property '{each}'" for each in sorted({*given} - known))
