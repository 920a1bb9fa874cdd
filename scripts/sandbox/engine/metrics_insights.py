"""Reads CloudWatch Metrics Insights queries. Pure.

Source: AWS docs "CloudWatch Metrics Insights query components and syntax". WHERE knows `=`, `!=` and AND
only, on AWS as here.
"""

import functools
import re
from dataclasses import dataclass

_NAME = r'"[^"]+"|[A-Za-z_][\w.]*'
_QUERY = re.compile(
    rf"""\s*SELECT\s+(?P<statistic>AVG|COUNT|MAX|MIN|SUM)\s*\(\s*(?P<metric>{_NAME})\s*\)
    \s+FROM\s+(?:SCHEMA\s*\(\s*(?P<schema>{_NAME})\s*(?P<dimensions>(?:,\s*(?:{_NAME})\s*)*)\)|(?P<plain>{_NAME}))
    (?:\s+WHERE\s+(?P<where>.+?))?
    (?:\s+GROUP\s+BY\s+(?P<groups>(?:{_NAME})(?:\s*,\s*(?:{_NAME}))*))?
    (?:\s+ORDER\s+BY\s+(?P<order>AVG|COUNT|MAX|MIN|SUM)\s*\(\s*\)(?:\s+(?P<way>ASC|DESC))?)?
    (?:\s+LIMIT\s+(?P<limit>\d+))?\s*""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(rf"\s*(?P<name>{_NAME})\s*(?P<sign>=|!=)\s*'(?P<value>[^']*)'\s*")


class QueryError(ValueError):
    """Not a query that is understood here."""


@dataclass(frozen=True)
class Condition:
    """One term of WHERE."""

    name: str
    value: str
    equal: bool

    def holds(self, dimensions: dict[str, str]) -> bool:
        """Whether a series with these dimensions is looked at."""
        return (dimensions.get(self.name) == self.value) == self.equal


@dataclass(frozen=True)
class Query:
    """One query.

    Attributes:
        statistic: AVG, COUNT, MAX, MIN or SUM.
        metric: The metric's name.
        namespace: Its namespace.
        schema: The exact set of dimension names that a series must have; None where SCHEMA is not used.
        where: All of them must hold.
        group_by: Dimension names; each combination of values is one series of the answer.
        order_by: By which statistic the answer is ordered; None: in no order.
        descending: The highest first.
        limit: At most so many series; None: the 500 of the service.

    """

    statistic: str
    metric: str
    namespace: str
    schema: frozenset[str] | None
    where: tuple[Condition, ...]
    group_by: tuple[str, ...]
    order_by: str | None
    descending: bool
    limit: int | None

    @property
    def by_contributor(self) -> bool:
        """Whether an alarm on it has contributors: GROUP BY and ORDER BY are both needed."""
        return bool(self.group_by) and self.order_by is not None

    def selects(self, dimensions: dict[str, str]) -> bool:
        """Whether a series with these dimensions is looked at."""
        if self.schema is not None and dimensions.keys() != self.schema:
            return False
        return all(condition.holds(dimensions) for condition in self.where)


def is_query(expression: str) -> bool:
    """Whether an alarm's expression is a query, rather than metric math."""
    return expression.lstrip()[:6].upper() == "SELECT"


@functools.lru_cache(maxsize=1024)
def parse(expression: str) -> Query:
    """Read a query.

    Raises:
        QueryError: The text is no query, or uses what is not read here.

    """
    found = _QUERY.fullmatch(expression)
    if found is None:
        raise QueryError(f"Not a Metrics Insights query that is understood: {expression}")
    schema = found["schema"]
    return Query(
        statistic=found["statistic"].upper(),
        metric=_bare(found["metric"]),
        namespace=_bare(schema or found["plain"]),
        schema=frozenset(_names(found["dimensions"])) if schema else None,
        where=_conditions(found["where"]),
        group_by=tuple(_names(found["groups"])),
        order_by=found["order"].upper() if found["order"] else None,
        descending=(found["way"] or "ASC").upper() == "DESC",
        limit=int(found["limit"]) if found["limit"] else None,
    )


def _bare(name: str) -> str:
    return name.strip().strip('"')


def _names(text: str | None) -> list[str]:
    return [_bare(name) for name in re.findall(_NAME, text or "")]


def _conditions(text: str | None) -> tuple[Condition, ...]:
    if not text:
        return ()
    conditions = []
    for term in re.split(r"\s+AND\s+", text, flags=re.IGNORECASE):
        found = _CONDITION.fullmatch(term)
        if found is None:
            raise QueryError(f"Only = and != joined by AND are understood in WHERE: {text}")
        conditions.append(Condition(_bare(found["name"]), found["value"], found["sign"] == "="))
    return tuple(conditions)
