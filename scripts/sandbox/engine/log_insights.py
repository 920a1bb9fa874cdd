"""Reads CloudWatch Logs Insights queries and answers them from lines of a log. Pure.

Understood: `filter ispresent(field)`, `stats` with count and sum (over a number, too) `by` fields, `sort`,
`limit`; whatever else there is of the language is refused.

Source: CloudWatch Logs User Guide, "CloudWatch Logs Insights language query syntax" (10,000 rows at most) and
"Supported logs and discovered fields" (of JSON lines every field, of a list `name.0`).
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

MOST_ROWS = 10_000
Row = dict[str, Any]
Step = Callable[[list[Row]], list[Row]]
_FIELD = r"[\w@]+(?:\.\w+)*"
_FILTER = re.compile(rf"filter\s+ispresent\((?P<field>{_FIELD})\)")
_STATS = re.compile(rf"stats\s+(?P<aggregates>.+?)\s+by\s+(?P<by>{_FIELD}(?:\s*,\s*{_FIELD})*)")
_AGGREGATE = re.compile(
    rf"(?P<function>count|sum)\((?P<field>\*|{_FIELD})\)(?:\s*/\s*(?P<divisor>\d+))?\s+as\s+(?P<name>\w+)"
)
_SORT = re.compile(rf"sort\s+(?P<keys>{_FIELD}(?:\s+(?:asc|desc))?(?:\s*,\s*{_FIELD}(?:\s+(?:asc|desc))?)*)")
_LIMIT = re.compile(r"limit\s+(?P<rows>\d+)")


class InsightsError(ValueError):
    """Not a query that is understood here."""


def answer(query: str, lines: Iterable[str]) -> list[dict[str, str]]:
    """The rows that a query comes to, fields without a value left out.

    Raises:
        InsightsError: It is wrong, or not understood.

    """
    steps = [_step(part.strip()) for part in query.split("|")]
    rows = [row for row in map(_fields, lines) if row]
    for step in steps:
        rows = step(rows)
    shown = rows[:MOST_ROWS]
    return [{name: _text(value) for name, value in row.items() if value is not None} for row in shown]


def _fields(line: str) -> Row:
    try:
        root = json.loads(line) if line.startswith("{") else {}
    except ValueError:
        root = {}
    return dict(_flat("", root))


def _flat(prefix: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        members: Iterable[tuple[str, Any]] = value.items()
    elif isinstance(value, list):
        members = ((f"{number}", each) for number, each in enumerate(value))
    else:
        yield prefix, value
        return
    for name, each in members:
        yield from _flat(f"{prefix}.{name}" if prefix else name, each)


def _step(part: str) -> Step:
    if found := _FILTER.fullmatch(part):
        field = found["field"]
        return lambda rows: [row for row in rows if row.get(field) is not None]
    if found := _LIMIT.fullmatch(part):
        most = int(found["rows"])
        return lambda rows: rows[:most]
    if found := _SORT.fullmatch(part):
        keys = [each.split() for each in found["keys"].split(",")]
        return lambda rows: _sorted(rows, keys)
    if found := _STATS.fullmatch(part):
        aggregates = [_AGGREGATE.fullmatch(each.strip()) for each in found["aggregates"].split(",")]
        known = [each for each in aggregates if each]
        if len(known) == len(aggregates):
            by = [each.strip() for each in found["by"].split(",")]
            return lambda rows: _grouped(rows, known, by)
    raise InsightsError(f"This engine does not understand the command {part!r}")


def _sorted(rows: list[Row], keys: Sequence[Sequence[str]]) -> list[Row]:
    for name, *way in reversed(keys):
        there = [row for row in rows if row.get(name) is not None]
        # The default is descending (User Guide, "sort").
        there.sort(key=lambda row, name=name: row[name], reverse=way != ["asc"])  # type: ignore[misc]
        rows = there + [row for row in rows if row.get(name) is None]
    return rows


def _grouped(rows: Iterable[Row], aggregates: Sequence[re.Match[str]], by: Sequence[str]) -> list[Row]:
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row.get(name) for name in by), []).append(row)
    return [
        {
            **dict(zip(by, key, strict=True)),
            **{each["name"]: _aggregate(each, members) for each in aggregates},
        }
        for key, members in groups.items()
    ]


def _aggregate(asked: Mapping[str, str] | re.Match[str], rows: Sequence[Row]) -> float | None:
    field, divisor = asked["field"], int(asked["divisor"] or 1)
    values = [row for row in rows if field == "*" or row.get(field) is not None]
    if asked["function"] == "count":
        return len(values) / divisor if asked["divisor"] else len(values)
    numbers = [float(row[field]) for row in values]
    return sum(numbers) / divisor if numbers else None


def _text(value: Any) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
