"""Every call of one recording, and what each fault of it must come to: the table in `hub/README.md`."""

import re
from dataclasses import dataclass
from pathlib import Path

from tests.faults.wire import Call, Fault, Kind, kinds

README = Path(__file__).parents[2] / "hub" / "README.md"
_ROW = re.compile(r"\| (\w+) \| `(\w+):(\w+)`(?: (\d)\.)? \| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|")

# Passing, for whoever tries again: an answer that may be another in a moment, or none.
PASSING: tuple[Kind, ...] = (
    "throttled",
    "failed",
    "never arrived",
    "unanswered",
    "killed before",
    "killed after",
    "refused one",
    "gone already",
    "conflict",
    "unread",
    "left out",
)
_HAPPENED: tuple[Kind, ...] = ("unanswered", "killed after")


@dataclass(frozen=True)
class Row:
    """One call, and the outcome of each class of faults.

    Attributes:
        denied: Denied or refused once.
        lasting: Lasting, and without effect.
        unanswered: Lasting, each call taking effect unheard.
        forbidden: Denied or refused for good.

    """

    call: Call
    denied: str
    lasting: str
    unanswered: str
    forbidden: str

    def outcome(self, fault: Fault) -> str:
        """What the table says of a fault."""
        if not fault.lasting:
            return "done" if fault.kind in PASSING else self.denied
        if fault.kind in _HAPPENED:
            return self.unanswered
        if fault.kind in {"refused one", "gone already"}:
            return "done"
        return self.lasting if fault.kind in PASSING else self.forbidden


def rows() -> list[Row]:
    """The table."""
    found = _ROW.findall(README.read_text())
    return [
        Row(Call(actor, service, operation, int(nth or 1)), *(each.strip() for each in outcomes))
        for actor, service, operation, nth, *outcomes in found
    ]


ROWS = rows()
OF = {row.call: row for row in ROWS}
ONCE = [Fault(row.call, kind) for row in ROWS for kind in kinds(row.call)]
# The next to update the table is Step Functions itself, whose process nobody kills.
_KILLED_ONCE = Call("TellStarted", "dynamodb", "UpdateItem")
LASTING = [
    Fault(row.call, kind, lasting=True)
    for row in ROWS
    for kind in kinds(row.call)
    if not (row.call == _KILLED_ONCE and kind.startswith("killed"))
]
