"""Reads lines of a log in CloudWatch's embedded metric format. Pure.

Source: CloudWatch User Guide, "Specification: Embedded metric format" and its JSON schema: a line is one JSON
object; a namespace has at most 1,024 characters; a dimension set names at most 30 members of the root, whose
values are text of at most 1,024 characters; a directive has at most 100 metrics; a metric is a number, or
at most 100 of them. Units are those of PutMetricData (API reference, MetricDatum).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

MOST_DIMENSIONS, MOST_METRICS, MOST_VALUES, LONGEST_TEXT, LONGEST_DIMENSION = 30, 100, 100, 1024, 250
_SIZES = ("Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes")
_BITS = ("Bits", "Kilobits", "Megabits", "Gigabits", "Terabits")
UNITS = frozenset(
    {
        *("Seconds", "Microseconds", "Milliseconds", "Percent", "Count", "Count/Second", "None"),
        *_SIZES,
        *_BITS,
        *(f"{each}/Second" for each in (*_SIZES, *_BITS)),
    }
)


class InvalidError(ValueError):
    """A line says that it has metrics, and breaks the format: CloudWatch makes none of it."""


@dataclass(frozen=True)
class Embedded:
    """The values of one metric in a line, under one set of its dimensions.

    Attributes:
        namespace: Of the metric.
        name: Of the metric.
        dimensions: Names and values.
        values: All of one time.
        unit: CloudWatch's name of it.
        milliseconds: Their time, since the epoch.

    """

    namespace: str
    name: str
    dimensions: frozenset[tuple[str, str]]
    values: tuple[float, ...]
    unit: str
    milliseconds: int


def read(line: str) -> list[Embedded]:
    """All that a line of the log gives; nothing where it is no such line.

    Raises:
        InvalidError: It is one, and wrong; says what.

    """
    try:
        root = json.loads(line) if line.startswith("{") else None
    except ValueError:
        return []
    metadata = root.get("_aws") if isinstance(root, dict) else None
    if not isinstance(metadata, dict) or "CloudWatchMetrics" not in metadata:
        return []
    stamp, directives = metadata.get("Timestamp"), metadata["CloudWatchMetrics"]
    _hold(isinstance(stamp, int) and not isinstance(stamp, bool), "_aws.Timestamp: milliseconds are needed")
    _hold(isinstance(directives, list), "CloudWatchMetrics: an array is needed")
    return [each for directive in directives for each in _directive(root, directive, stamp)]


def _directive(root: Any, directive: Any, stamp: Any) -> Iterator[Embedded]:
    _hold(isinstance(directive, dict), "CloudWatchMetrics: each must be an object")
    namespace, sets, metrics = (directive.get(name) for name in ("Namespace", "Dimensions", "Metrics"))
    _hold(_is_text(namespace, LONGEST_TEXT), "Namespace: 1 to 1024 characters are needed")
    _hold(isinstance(sets, list) and bool(sets), "Dimensions: an array of at least one set is needed")
    _hold(isinstance(metrics, list), "Metrics: an array is needed")
    _hold(len(metrics) <= MOST_METRICS, f"Metrics: {len(metrics)} are more than {MOST_METRICS}")
    dimensions = [_dimensions(root, each) for each in sets]
    for metric in metrics:
        name, unit, values = _metric(root, metric)
        for each in dimensions:
            yield Embedded(namespace, name, each, values, unit, stamp)


def _dimensions(root: Mapping[str, Any], names: Any) -> frozenset[tuple[str, str]]:
    _hold(isinstance(names, list), "Dimensions: each set must be an array")
    _hold(len(names) <= MOST_DIMENSIONS, f"Dimensions: {len(names)} in one set, more than {MOST_DIMENSIONS}")
    for name in names:
        _hold(_is_text(name, LONGEST_DIMENSION), f"Dimensions: {name!r} is no name")
        _hold(_is_text(root.get(name), LONGEST_TEXT), f"{name}: a dimension's value must be a text")
    return frozenset((name, root[name]) for name in names)


def _metric(root: Mapping[str, Any], metric: Any) -> tuple[str, str, tuple[float, ...]]:
    _hold(
        isinstance(metric, dict) and _is_text(metric.get("Name"), LONGEST_TEXT), "Metrics: each needs a Name"
    )
    name, unit = metric["Name"], metric.get("Unit", "None")
    _hold(unit in UNITS, f"{name}: {unit!r} is no unit of CloudWatch")
    _hold(metric.get("StorageResolution", 60) in {1, 60}, f"{name}: StorageResolution is 1 or 60")
    told = root.get(name)
    values = told if isinstance(told, list) else [told]
    _hold(len(values) <= MOST_VALUES, f"{name}: {len(values)} values, more than {MOST_VALUES}")
    numbers = all(isinstance(each, int | float) and not isinstance(each, bool) for each in values)
    _hold(numbers, f"{name}: its member of the line must be a number, or an array of numbers")
    return name, unit, tuple(float(str(each)) for each in values)


def _is_text(value: Any, longest: int) -> bool:
    return isinstance(value, str) and 1 <= len(value) <= longest


def _hold(true: bool, otherwise: str) -> None:  # noqa: FBT001 - a condition
    if not true:
        raise InvalidError(otherwise)
