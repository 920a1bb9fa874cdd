"""Files as relations of DuckDB: one for each layout of text, one for all parquet."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from scripts.reading.columns import WANTED, Layout, layout_of
from scripts.reading.files import Files, TextFile


@dataclass(frozen=True)
class Relation:
    """Some files with the same columns.

    Attributes:
        sql: Selects the wanted columns.

    """

    layout: Layout
    sql: str


def relations(engine: duckdb.DuckDBPyConnection, files: Files) -> tuple[Relation, ...]:
    """Every file, in as few relations as there are layouts."""
    return (*_texts(files.texts), *_parquet(engine, files.parquets))


def _texts(files: Sequence[TextFile]) -> Iterator[Relation]:
    alike: defaultdict[tuple[Layout, bool, bool], list[Path]] = defaultdict(list)
    for file in files:
        alike[file.layout, file.has_header, file.is_gzipped].append(file.path)
    for (layout, has_header, is_gzipped), paths in alike.items():
        columns = ", ".join(f"{_text(name)}: '{WANTED.get(name, 'VARCHAR')}'" for name in layout.columns)
        options = (
            f"auto_detect = false, delim = ' ', quote = '', escape = '', nullstr = '-', "
            f"header = {str(has_header).lower()}, compression = '{'gzip' if is_gzipped else 'none'}', "
            f"columns = {{{columns}}}"
        )
        yield Relation(layout, f"SELECT {layout.selection()} FROM read_csv({_list(paths)}, {options})")


def _parquet(engine: duckdb.DuckDBPyConnection, paths: Sequence[Path]) -> Iterator[Relation]:
    if not paths:
        return
    source = f"read_parquet({_list(paths)}, union_by_name = true)"
    described = engine.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
    names = [str(each[0]) for each in described]
    layout = layout_of(names)
    layout.check(f"{paths[0]}")
    renamed = ", ".join(f'"{name}" AS "{known}"' for name, known in zip(names, layout.columns, strict=True))
    yield Relation(layout, f"SELECT {layout.selection()} FROM (SELECT {renamed} FROM {source})")


def _list(paths: Sequence[Path]) -> str:
    return f"[{', '.join(_text(str(path)) for path in paths)}]"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
