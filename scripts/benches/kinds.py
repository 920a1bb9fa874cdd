"""What is measured: kinds and numbers of records, and where they are kept."""

from pathlib import Path
from typing import Literal

Kind = Literal["text", "parquet"]
MILLION = 10**6
HOME = Path(__file__).parents[2] / ".cache" / "bench"


def folder_of(home: Path, kind: Kind, records: int) -> Path:
    """Where so many records of a kind lie."""
    return home / f"{kind}-{records}"
