"""Glue tables with partition projection: which objects of a bucket are a table's rows, for one query.

Source: Athena User Guide, "Use partition projection" and "Supported types for partition projection". Only the
types `injected` and `integer` are known here, only parquet is read, and a table without projection is none.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.glue.models import glue_backends
from sqlglot import exp

PARQUET = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
# Glue's types and what a file of DuckDB's or AWS's says of the same.
TYPES = {"int": "INTEGER", "bigint": "BIGINT", "string": "VARCHAR"}
_PLACE = re.compile(r"\$\{(\w+)\}")


class QueryFailed(Exception):  # noqa: N818 - the state of the query
    """The query ends as FAILED, with this reason."""


@dataclass(frozen=True)
class Table:
    """A table of the catalog.

    Attributes:
        database: Its database.
        name: Its name.
        columns: The columns of its files with their types, in order.
        keys: Its partition keys with their types, in order.
        projection: Each key's projection, as in `{"type": "integer", "range": "1,12", "digits": "2"}`.
        bucket: Where its objects lie.
        template: How their keys begin, with `${key}` for each partition key; ends with a slash.

    """

    database: str
    name: str
    columns: Mapping[str, str]
    keys: Mapping[str, str]
    projection: Mapping[str, Mapping[str, str]]
    bucket: str
    template: str

    def injected(self) -> Iterator[str]:
        """The keys whose values only a query gives."""
        yield from (key for key in self.keys if self.projection[key]["type"] == "injected")


@dataclass(frozen=True)
class Partition:
    """One partition of a table: a value for each key, and the prefix of its objects."""

    values: Mapping[str, str | int]
    prefix: str


def find(account: str, region: str, database: str, name: str) -> Table:
    """A table of Glue.

    Raises:
        QueryFailed: There is none.
        NotImplementedError: It is of a kind that is not known here.

    """
    try:
        found = glue_backends[account][region].get_table(database, name).as_dict()
    except JsonRESTError as missing:
        raise QueryFailed(
            f"TABLE_NOT_FOUND: Table 'awsdatacatalog.{database}.{name}' does not exist"
        ) from missing
    storage, parameters = found["StorageDescriptor"], found.get("Parameters", {})
    if parameters.get("projection.enabled") != "true":
        raise NotImplementedError(f"the table {name} has no partition projection")
    if storage["SerdeInfo"]["SerializationLibrary"] != PARQUET:
        raise NotImplementedError(f"the table {name} is not parquet")
    keys = {each["Name"]: each["Type"] for each in found.get("PartitionKeys", [])}
    template = parameters.get("storage.location.template", "")
    if set(_PLACE.findall(template)) != set(keys) or not template.endswith("/"):
        raise QueryFailed(f"INVALID_TABLE_PROPERTY: storage.location.template of {name}: {template}")
    bucket, _, prefix = template.removeprefix("s3://").partition("/")
    return Table(
        database=database,
        name=name,
        columns={each["Name"]: each["Type"] for each in storage["Columns"]},
        keys=keys,
        projection={key: _projection(parameters, key) for key in keys},
        bucket=bucket,
        template=prefix,
    )


def _projection(parameters: Mapping[str, str], key: str) -> dict[str, str]:
    start = f"projection.{key}."
    found = {
        name.removeprefix(start): str(each) for name, each in parameters.items() if name.startswith(start)
    }
    if found.get("type") not in {"injected", "integer"}:
        raise NotImplementedError(f"the projection of {key}: {found}")
    if unknown := set(found) - {"type", "range", "digits"}:
        raise NotImplementedError(f"the projection of {key} with {sorted(unknown)}")
    return found


def partitions(table: Table, where: exp.Expr | None, names: Iterable[str]) -> list[Partition]:
    """Every partition that the condition leaves and that has objects.

    Args:
        table: The table.
        where: The condition on its rows.
        names: The keys of all objects in its bucket.

    Raises:
        QueryFailed: An injected key is not given by equality.

    """
    given = {key: _equals(where, key) for key in table.injected()}
    pattern = re.compile(_PLACE.sub(lambda match: _group(table, match[1], given), _escaped(table.template)))
    found: dict[str, Partition] = {}
    for name in names:
        match = pattern.match(name)
        if match and match[0] not in found:
            values = {key: _value(table, key, match[key]) for key in table.keys}
            if all(_in_range(table, key, value) for key, value in values.items()):
                found[match[0]] = Partition(values, match[0])
    return list(found.values())


def _escaped(template: str) -> str:
    return "".join(
        part if _PLACE.fullmatch(part) else re.escape(part) for part in re.split(r"(\$\{\w+\})", template)
    )


def _group(table: Table, key: str, given: Mapping[str, list[str]]) -> str:
    if key in given:
        return f"(?P<{key}>{'|'.join(map(re.escape, given[key]))})"
    digits = table.projection[key].get("digits")
    return f"(?P<{key}>\\d{{{digits}}})" if digits else f"(?P<{key}>0|[1-9]\\d*)"


def _value(table: Table, key: str, text: str) -> str | int:
    return int(text) if table.keys[key] in {"int", "bigint"} else text


def _in_range(table: Table, key: str, value: str | int) -> bool:
    if table.projection[key]["type"] == "injected":
        return True
    first, last = map(int, table.projection[key]["range"].split(","))
    return first <= int(value) <= last


def conjuncts(where: exp.Expr | None) -> list[exp.Expr]:
    """The parts of a condition that must all hold."""
    if where is None:
        return []
    bare = where.unnest()
    return [part.unnest() for part in bare.flatten()] if isinstance(bare, exp.And) else [bare]


def _equals(where: exp.Expr | None, key: str) -> list[str]:
    """The values that the condition gives a key by `=` or `IN`; "Injected type" asks for nothing else."""
    for part in conjuncts(where):
        column = part.this if isinstance(part, exp.EQ | exp.In) else None
        if isinstance(column, exp.Column) and column.name == key:
            values: list[Any] = [part.expression] if isinstance(part, exp.EQ) else part.expressions
            if values and all(isinstance(each, exp.Literal) and each.is_string for each in values):
                return [each.name for each in values]
    raise QueryFailed(
        f"CONSTRAINT_VIOLATION: For the injected projected partition column {key}, the WHERE clause must "
        "contain only static equality conditions, and at least one such condition must be present."
    )
