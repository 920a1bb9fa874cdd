"""The ways in which records are kept."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.reading.truth import write_parquet, write_text

Write = Callable[[Path, list[dict[str, Any]]], Path]
WRITERS: dict[str, Write] = {
    "gzipped": lambda folder, records: write_text(folder / "a.log.gz", records),
    "plain": lambda folder, records: write_text(folder / "a.log", records),
    "parquet": lambda folder, records: write_parquet(folder / "a.log.parquet", records),
}


@pytest.fixture(params=WRITERS)
def write(request: pytest.FixtureRequest) -> Write:
    return WRITERS[request.param]
