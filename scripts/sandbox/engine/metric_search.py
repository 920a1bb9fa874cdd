"""Reads SEARCH expressions. Pure.

Source: CloudWatch User Guide, "CloudWatch search expression syntax": a metric schema (a namespace and the
exact names of its dimensions) in braces, then terms, of which `Name="text"` matches exactly; the statistic;
the period. Only that form, with exact terms joined by blanks or AND, is understood here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

LIMIT = 500  # "up to 500 time series within the specified time range"
_SEARCH = re.compile(
    r"""\s*SEARCH\(\s*'\s*\{(?P<schema>[^{}]+)\}\s*(?P<terms>[^']*)'\s*,
    \s*'(?P<statistic>[A-Za-z0-9.]+)'\s*,\s*(?P<period>\d+)\s*\)\s*""",
    re.VERBOSE,
)
_TERM = re.compile(r'\s*(?:AND\s+)?(?P<name>\w+)\s*=\s*"(?P<value>[^"]*)"\s*')


class SearchError(ValueError):
    """Not a SEARCH that is understood here."""


@dataclass(frozen=True)
class Search:
    """One search.

    Attributes:
        namespace: Of the metrics.
        schema: The exact names of their dimensions.
        terms: What must be equal: `MetricName`, or a dimension.
        statistic: Of each metric found.
        period: Seconds.

    """

    namespace: str
    schema: frozenset[str]
    terms: Mapping[str, str]
    statistic: str
    period: int

    def finds(self, metric: str, dimensions: Mapping[str, str]) -> bool:
        """Whether a metric of the namespace is meant."""
        known = {**dimensions, "MetricName": metric}
        same = all(known.get(name) == value for name, value in self.terms.items())
        return same and dimensions.keys() == self.schema


def is_search(expression: str) -> bool:
    """Whether an expression begins as one."""
    return expression.lstrip().startswith("SEARCH")


def parse(expression: str) -> Search:
    """Read a search.

    Raises:
        SearchError: It is none, or uses what is not understood here.

    """
    found = _SEARCH.fullmatch(expression)
    if found is None or _TERM.sub("", found["terms"]).strip():
        raise SearchError(f"This engine does not understand the search {expression}")
    namespace, *dimensions = (each.strip().strip('"') for each in found["schema"].split(","))
    terms = {each["name"]: each["value"] for each in _TERM.finditer(found["terms"])}
    return Search(namespace, frozenset(dimensions), terms, found["statistic"], int(found["period"]))
