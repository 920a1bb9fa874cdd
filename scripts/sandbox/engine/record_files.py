"""Flow log records as the bytes of one delivered file.

Source: Amazon VPC User Guide, pages "Flow log records" (Parquet data types; `-` where a field does not apply)
and "Flow log files" (a header line in text files).
"""

import csv
import gzip
import io
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from scripts.sandbox.engine.flow_log_rules import FIELDS, INTEGER_FIELDS, LONG_FIELDS

Record = Mapping[str, object]

ABSENT = "-"


def column_type(field: str) -> str:
    """The column's type in DuckDB, which writes it as INT_32, INT_64 or STRING."""
    if field in INTEGER_FIELDS:
        return "INTEGER"
    return "BIGINT" if field in LONG_FIELDS else "VARCHAR"


def _check(records: Sequence[Record]) -> None:
    if unknown := {field for record in records for field in record} - set(FIELDS):
        raise ValueError(f"no flow log has the fields {sorted(unknown)}")


def text(records: Sequence[Record], fields: Sequence[str]) -> bytes:
    """A gzip file: a line of field names, then one line per record, fields separated by spaces."""
    lines = [" ".join(fields)]
    lines += [" ".join(str(record.get(field, ABSENT)) for field in fields) for record in records]
    # Without a time inside, the same records are the same bytes.
    return gzip.compress(("\n".join(lines) + "\n").encode(), mtime=0)


def parquet(records: Sequence[Record], fields: Sequence[str]) -> bytes:
    """A Parquet file with one column per field; hyphens become underscores, an absent number is null."""
    numbers = INTEGER_FIELDS | LONG_FIELDS
    rows = io.StringIO()
    writer = csv.writer(rows, lineterminator="\n")
    for record in records:
        values = [(field, record.get(field, ABSENT)) for field in fields]
        writer.writerow(["" if field in numbers and v == ABSENT else v for field, v in values])
    columns = {field.replace("-", "_"): column_type(field) for field in fields}
    with tempfile.TemporaryDirectory() as folder, duckdb.connect(config={"threads": 1}) as engine:
        source, target = Path(folder, "records.csv"), Path(folder, "records.parquet")
        source.write_text(rows.getvalue(), encoding="utf-8")
        # CSV is DuckDB's quickest way in from plain Python: row by row takes a hundred times as long.
        reader = engine.read_csv(str(source), header=False, sep=",", na_values="", columns=columns)
        reader.write_parquet(str(target), compression="snappy")
        return target.read_bytes()


def encoded(records: Sequence[Record], fields: Sequence[str], file_format: str) -> bytes:
    """The file of these records in a flow log's own format and order of fields.

    Raises:
        ValueError: A record holds a field that no flow log has.

    """
    _check(records)
    return parquet(records, fields) if file_format == "parquet" else text(records, fields)
