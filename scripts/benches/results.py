"""Runs as ratios: against the floor, against DuckDB by hand, and against what we hold ourselves to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scripts.benches.kinds import MILLION, Kind
from scripts.benches.measuring import OURS, Run

# The best engines measured took 4.3 s for parquet (polars) and 12 s for text (chdb, polars), DuckDB by hand
# 4.8 s and 17 s, on 20 million records and two cores too; we hold ourselves to 1.2 and 1.6 times the best.
TARGETS: Mapping[Kind, float] = {"parquet": 1.2 * 4.3 / 4.8, "text": 1.6 * 12 / 17}


@dataclass(frozen=True)
class Result:
    """Every contestant on the same records.

    Attributes:
        size: Of the files, in bytes.

    """

    kind: Kind
    records: int
    size: int
    runs: Mapping[str, Run]

    def rows(self) -> Iterator[dict[str, Any]]:
        """A contestant each."""
        for name, run in self.runs.items():
            yield {
                "kind": self.kind,
                "records": self.records,
                "contestant": name,
                "seconds": round(run.seconds, 2),
                "cpu_seconds": round(run.cpu, 2),
                "peak_bytes": run.peak,
                "of_floor": round(run.seconds / self.runs["floor"].seconds, 2),
                "of_by_hand": round(run.seconds / self.runs["by hand"].seconds, 2),
                "cpu_of_floor": round(run.cpu / self.runs["floor"].cpu, 2),
                "cpu_of_by_hand": round(run.cpu / self.runs["by hand"].cpu, 2),
                "target_of_by_hand": round(TARGETS[self.kind], 2) if name == OURS else None,
            }


def lines(result: Result) -> Iterator[str]:
    """As a table in markdown, without its head."""
    for row in result.rows():
        target = row["target_of_by_hand"]
        cells = (
            f"{row['records'] // MILLION} million, {row['kind']}",
            row["contestant"],
            f"{row['seconds']:.1f}",
            f"{row['cpu_seconds']:.1f}",
            f"{row['peak_bytes'] / MILLION:,.0f}",
            f"{row['of_floor']:.2f}",
            f"{row['of_by_hand']:.2f}",
            f"{row['cpu_of_floor']:.2f}",
            f"{row['cpu_of_by_hand']:.2f}",
            "" if target is None else f"{target:.2f}",
        )
        yield f"| {' | '.join(cells)} |"


HEAD = (
    "| records | | seconds | processor, s | peak, MB | of the floor | of by hand "
    "| processor, of the floor | processor, of by hand | target, of by hand |\n"
    "|---|---|---|---|---|---|---|---|---|---|"
)
