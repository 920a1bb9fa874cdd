"""What was measured last, in `scripts/README.md`: table, machine and pictures.

`measured.json` beside this module keeps the findings that the README shows, so that parts can be measured one
at a time, and what is written is made of them alone: writing it again changes nothing.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from scripts.benches.measured import Measured
from scripts.benches.plotting import plot
from scripts.benches.table import markdown
from scripts.benches.targets import PARTS, Part

KEPT = Path(__file__).with_name("measured.json")
PICTURES = Path(__file__).with_name("pictures")
README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- measured: ./scripts/bench --readme writes from here -->", "<!-- to here -->"


def kept(file: Path = KEPT) -> dict[Part, Measured]:
    """What was measured last of each part."""
    documents = json.loads(file.read_text()) if file.exists() else {}
    return {part: Measured.read(part, documents[part]) for part in PARTS if part in documents}


def write(new: Iterable[Measured]) -> None:
    """Keep new findings beside those of other parts, and show all of them."""
    every = kept() | {each.part: each for each in new}
    documents = {part: every[part].document() for part in PARTS if part in every}
    KEPT.write_text(json.dumps(documents, indent=1) + "\n")
    PICTURES.mkdir(exist_ok=True)
    for curve in (curve for each in every.values() for curve in each.findings.curves):
        (PICTURES / f"{curve.name}.svg").write_text(plot(curve))
    README.write_text(shown(README.read_text(), every))


def shown(text: str, every: Mapping[Part, Measured]) -> str:
    """The README's text with these findings in it.

    Raises:
        ValueError: The text has not the two marks between which they stand.

    """
    before, mark, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (mark and end):
        raise ValueError(f"{README}: between {BEGIN} and {END} the table would stand; put both back")
    return f"{before}{BEGIN}\n\n{_section(every)}\n{END}{after}"


def _section(every: Mapping[Part, Measured]) -> str:
    measured = [every[part] for part in PARTS if part in every]
    table = markdown(figure for each in measured for figure in each.findings.figures)
    machines = "\n".join(f"- {each.part}: {each.machine}" for each in measured)
    pictures = "\n".join(
        f"![{curve.title}](benches/pictures/{curve.name}.svg)"
        for each in measured
        for curve in each.findings.curves
    )
    return f"{table}\nMeasured on:\n\n{machines}\n\n{pictures}\n"
