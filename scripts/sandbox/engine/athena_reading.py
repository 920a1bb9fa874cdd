"""One query of Athena's, run by DuckDB over the very objects that Athena would read."""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from scripts.sandbox.engine.athena_tables import (
    TYPES,
    Partition,
    QueryFailed,
    Table,
    conjuncts,
    partitions,
)

PATH = "$path"
_TOLD_AS = {
    "VARCHAR": "varchar",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    "HUGEINT": "bigint",
    "DOUBLE": "double",
    "BOOLEAN": "boolean",
}


@dataclass(frozen=True)
class Bucket:
    """A bucket as the query's caller may read it.

    Attributes:
        sizes: The bytes of every object by its key.
        read: The body of an object.

    """

    sizes: Mapping[str, int]
    read: Callable[[str], bytes]


@dataclass(frozen=True)
class Answer:
    """What a query has answered.

    Attributes:
        columns: Names and types, as Athena writes them.
        rows: Values as text, None for a null.
        scanned: How many bytes it read: whole objects, though Athena reads only the columns it needs.

    """

    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str | None, ...], ...]
    scanned: int


class ScanLimitExceeded(Exception):  # noqa: N818 - the workgroup's word
    """The query would read more than its workgroup allows."""


def parsed(text: str) -> exp.Query:
    """The one SELECT of a text in Athena's dialect.

    Raises:
        ValueError: It cannot be parsed; the message is for the caller.
        NotImplementedError: It is no SELECT.

    """
    try:
        (statement,) = sqlglot.parse(text, read="athena")
    except (SqlglotError, ValueError) as problem:
        raise ValueError(f"mismatched input: {problem}") from problem
    if not isinstance(statement, exp.Query):
        raise NotImplementedError(f"the engine runs SELECT only: {text[:60]}")
    return statement


def run(
    query: exp.Query,
    database: str | None,
    table_of: Callable[[str, str], Table],
    bucket_of: Callable[[Table], Bucket],
    limit: int | None,
) -> Answer:
    """Run a query.

    Args:
        query: What `parsed` gave.
        database: The database of tables that are named alone.
        table_of: Finds a table by database and name.
        bucket_of: Opens the bucket of a table.
        limit: How many bytes it may read; None for any number.

    Raises:
        QueryFailed: It fails as it would in Athena.
        ScanLimitExceeded: It would read more.
        NotImplementedError: It asks for what the engine does not know.

    """
    scanned, query = 0, query.copy()
    with tempfile.TemporaryDirectory() as folder, duckdb.connect(config={"threads": 1}) as engine:
        for number, (node, select) in enumerate(_sources(query)):
            table = table_of(node.db or database or "default", node.name)
            bucket = bucket_of(table)
            where = select.args.get("where")
            condition = where.this if where else None
            chosen = _pruned(engine, table, partitions(table, condition, bucket.sizes), condition)
            files = [
                (each, key) for each in chosen for key in bucket.sizes if _is_data(key, each, bucket.sizes)
            ]
            scanned += sum(bucket.sizes[key] for _, key in files)
            if limit is not None and scanned > limit:
                raise ScanLimitExceeded
            name = f"table_{number}"
            _load(engine, table, files, bucket, Path(folder, name))
            _create(engine, table, name, Path(folder, name), any_file=bool(files))
            _point(node, select, name)
        return _answer(engine, query, scanned)


def _sources(query: exp.Query) -> list[tuple[exp.Table, exp.Select]]:
    """Every table of the catalog with the SELECT that reads it."""
    known = {each.alias for each in query.find_all(exp.CTE)}
    found = []
    for node in list(query.find_all(exp.Table)):
        if node.db or node.name not in known:
            select = node.find_ancestor(exp.Select)
            if select is None or select.args.get("joins"):
                raise NotImplementedError(f"the engine reads {node.name} in a plain SELECT only")
            found.append((node, select))
    return found


def _is_data(key: str, partition: Partition, sizes: Mapping[str, int]) -> bool:
    """Athena reads no empty object, and none named `_...` or `....` (User Guide, "Troubleshooting")."""
    name = key.rpartition("/")[2]
    return key.startswith(partition.prefix) and bool(sizes[key]) and not name.startswith(("_", "."))


def _pruned(
    engine: duckdb.DuckDBPyConnection,
    table: Table,
    every: list[Partition],
    where: exp.Expr | None,
) -> list[Partition]:
    """The partitions that conditions on keys alone leave; "Understand partition pruning"."""
    on_keys = [
        part
        for part in conjuncts(where)
        if all(column.name in table.keys for column in part.find_all(exp.Column))
    ]
    if not every or not on_keys:
        return every
    columns = ", ".join(f'"{key}" {TYPES[kind]}' for key, kind in table.keys.items())
    engine.execute(f"CREATE OR REPLACE TEMP TABLE parts (number INTEGER, {columns})")
    rows = [[number, *each.values.values()] for number, each in enumerate(every)]
    engine.executemany(f"INSERT INTO parts VALUES ({', '.join('?' * (1 + len(table.keys)))})", rows)  # noqa: S608
    condition = " AND ".join(f"({part.sql(dialect='duckdb')})" for part in on_keys)
    kept = engine.execute(f"SELECT number FROM parts WHERE {condition} ORDER BY number").fetchall()  # noqa: S608
    return [every[number] for (number,) in kept]


def _load(
    engine: duckdb.DuckDBPyConnection,
    table: Table,
    files: list[tuple[Partition, str]],
    bucket: Bucket,
    folder: Path,
) -> None:
    """Bring the objects here, and remember of each its path and partition."""
    folder.mkdir()
    keys = ", ".join(f'"{key}" {TYPES[kind]}' for key, kind in table.keys.items())
    engine.execute(f'CREATE TABLE {folder.name}_files (file VARCHAR, "{PATH}" VARCHAR, {keys})')
    for number, (partition, key) in enumerate(files):
        place = folder / f"{number}.parquet"
        place.write_bytes(bucket.read(key))
        row = [str(place), f"s3://{table.bucket}/{key}", *partition.values.values()]
        engine.execute(f"INSERT INTO {folder.name}_files VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608


def _create(
    engine: duckdb.DuckDBPyConnection, table: Table, name: str, folder: Path, *, any_file: bool
) -> None:
    """The table as a view: its columns by name, those that no file has null, then keys and path."""
    keys = ", ".join(f'f."{key}"' for key in (*table.keys, PATH))
    if not any_file:
        columns = ", ".join(f'NULL::{TYPES[kind]} AS "{each}"' for each, kind in table.columns.items())
        engine.execute(f"CREATE VIEW {name} AS SELECT {columns}, {keys} FROM {name}_files f")  # noqa: S608
        return
    source = f"read_parquet('{folder}/*.parquet', union_by_name = true, filename = 'natural_path')"
    try:
        described = engine.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()  # noqa: S608
    except duckdb.Error as problem:
        raise QueryFailed(f"HIVE_BAD_DATA: Not valid Parquet file: {problem}") from problem
    there = {str(each[0]): str(each[1]) for each in described}
    for column, kind in table.columns.items():
        if there.get(column, TYPES[kind]) != TYPES[kind]:
            raise QueryFailed(
                f"HIVE_BAD_DATA: Field {column}'s type {there[column]} in parquet file is incompatible with "
                f"type {kind} defined in table schema"
            )
    columns = ", ".join(
        f'r."{column}"' if column in there else f'NULL::{TYPES[kind]} AS "{column}"'
        for column, kind in table.columns.items()
    )
    engine.execute(
        f"CREATE VIEW {name} AS SELECT {columns}, {keys} FROM {source} r "  # noqa: S608
        f"JOIN {name}_files f ON r.natural_path = f.file"
    )


def _point(node: exp.Table, select: exp.Select, name: str) -> None:
    """Read the view instead; a star never shows the path, which is hidden (User Guide, "$path")."""
    alias = node.alias or node.name
    node.replace(exp.alias_(exp.to_table(name), exp.to_identifier(alias, quoted=True), table=True))
    for each in select.expressions:
        if isinstance(each, exp.Star):
            each.set("except_", [exp.to_identifier(PATH, quoted=True)])
        elif isinstance(each, exp.Column) and isinstance(each.this, exp.Star):
            raise NotImplementedError("the engine knows `*`, not `table.*`")


def _answer(engine: duckdb.DuckDBPyConnection, query: exp.Query, scanned: int) -> Answer:
    try:
        done = engine.execute(query.sql(dialect="duckdb"))
        kinds = [(str(each[0]), str(each[1])) for each in done.description or ()]
        rows = done.fetchall()
    except duckdb.Error as problem:
        raise QueryFailed(f"GENERIC_USER_ERROR: {problem}") from problem
    if unknown := {kind for _, kind in kinds} - set(_TOLD_AS):
        raise NotImplementedError(f"the engine does not write {sorted(unknown)} as Athena does")
    return Answer(
        tuple((name, _TOLD_AS[kind]) for name, kind in kinds),
        tuple(tuple(map(_text, row)) for row in rows),
        scanned,
    )


def _text(value: Any) -> str | None:
    """As GetQueryResults writes it."""
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)
