"""An explanation as a table that fits a terminal of 80 columns."""

import io
import shutil
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Row = tuple[str, str, str]


def text(explained: Mapping[str, Any]) -> str:
    """The document of `stacksets.explaining` as lines: who, each value with its source, and what follows."""
    width = shutil.get_terminal_size().columns
    parts = [_lines(_who(explained), width), _table(_rows(explained), width), _lines(_end(explained), width)]
    return "\n\n".join(parts)


def _who(explained: Mapping[str, Any]) -> Iterator[str]:
    gateway = f", gateway {explained['gateway']}" if explained["gateway"] else ""
    yield f"account {explained['account']}, region {explained['region']}{gateway}"
    yield f"below {'/'.join(explained['path'])}"
    if explained["tags"]:
        yield "tags " + ", ".join(f"{key}={value}" for key, value in explained["tags"].items())


def _rows(explained: Mapping[str, Any]) -> Iterator[Row]:
    yield ("recording", "", "")
    for field, value in explained["recording"].items():
        yield (f"  {field}", _shown(field, value), explained["sources"][field])
    tier = explained["tier"]
    yield (f"tier {tier['name']}", "", "")
    for field in ("threshold", "period", "datapoints"):
        yield (f"  {field}", tier[field], tier["sources"][field])
    quotas = explained["quotas"]
    for scope, title in (("account", "each account"), ("organization", "organization")):
        yield (title, "", "")
        for field, value in quotas[scope].items():
            yield (f"  {field}", _shown(field, value), quotas["sources"][scope][field])


def _shown(field: str, value: object) -> str:
    """A value in words; where it is a limit, 0 is none."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        limits = [f"{limit} a {period}" for period, limit in value.items() if limit]
        return ", ".join(limits) or "unlimited"
    return "unlimited" if field == "active" and not value else str(value)


def _end(explained: Mapping[str, Any]) -> Iterator[str]:
    refusal = explained["refusal"]
    if refusal:
        yield f"Not recorded ({refusal['reason']}): {refusal['text']}."
    else:
        yield f"Recorded: alarms of tier {explained['tier']['name']} start recordings."
    for note in explained["notes"]:
        yield f"Note: {note}."


def _lines(sentences: Iterable[str], width: int) -> str:
    """Each sentence on its own line, broken at spaces only: ids are copied from here."""
    return "\n".join(
        textwrap.fill(each, width, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
        for each in sentences
    )


def _table(rows: Iterable[Row], width: int) -> str:
    from rich.console import Console  # noqa: PLC0415 - slow to import, and most runs need none
    from rich.table import Table  # noqa: PLC0415 - the same
    from rich.text import Text  # noqa: PLC0415 - the same

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("FIELD", no_wrap=True)
    table.add_column("VALUE", no_wrap=True)
    table.add_column("WHERE", overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    written = io.StringIO()
    Console(file=written, width=width, color_system=None).print(table)
    return "\n".join(line.rstrip() for line in written.getvalue().splitlines())
