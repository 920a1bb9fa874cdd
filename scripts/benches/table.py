"""The one table: a row for each target, measured or not."""

from collections.abc import Iterable, Mapping

from scripts.benches.findings import Figure
from scripts.benches.targets import TARGETS, Target

HEAD = ("what", "target", "figure", "ratio", "met")
_MET = {True: "yes", False: "**no**", None: "not told by this size"}


def rows(figures: Iterable[Figure]) -> tuple[tuple[str, ...], ...]:
    """What the cells say, in the order of the targets.

    Args:
        figures: What was measured; a target without one is a row that says so.

    """
    by_target = {each.target: each for each in figures}
    return tuple(_row(target, by_target) for target in TARGETS)


def markdown(figures: Iterable[Figure]) -> str:
    """The table, which also reads well on a terminal."""
    cells = (HEAD, *rows(figures))
    widths = [max(len(row[at]) for row in cells) for at in range(len(HEAD))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in cells
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines) + "\n"


def _row(target: Target, figures: Mapping[str, Figure]) -> tuple[str, ...]:
    found = figures.get(target.key)
    if found is None:
        return target.what, target.target, "not measured", "", ""
    why = found.note or (target.missed if found.met is False else "")
    met = _MET[found.met] + (f": {why}" if why else "")
    return target.what, target.target, found.figure, found.ratio, met
