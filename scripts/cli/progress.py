"""What people see while steps are carried out: a live board on a terminal, a line for each step elsewhere."""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Self

from scripts.cli import output

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from stacksets.outcomes import State, Tally
    from stacksets.steps import Step

_EVERY_SECONDS = 15.0  # between two lines about one operation, where nobody watches a board
_FAILURES = 8  # that a board shows


class Progress:
    """Keeps what has happened, and tells it in lines."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.steps: list[Step] = []
        self.done: list[Step] = []
        self.current: Step | None = None
        self.last: Tally | None = None
        self._clock = clock
        self._told: tuple[float, str] = (0.0, "")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is to be put away."""

    def expect(self, steps: "Sequence[Step]") -> None:
        """Keep what will be done."""
        self.steps = list(steps)

    def begin(self, step: "Step") -> None:
        """A line."""
        self.current, self.last = step, None
        output.say(str(step))

    def end(self, step: "Step") -> None:
        """Remembered."""
        self.done.append(step)
        self.current = None

    def tell(self, text: str) -> None:
        """A line."""
        output.say(text)

    def tally(self, tally: "Tally") -> None:
        """A line when something has changed, now and then and at the end."""
        self.last = tally
        at, text = self._told
        now, found = self._clock(), f"  {tally.action}  {tally}"
        ended = tally.ended == len(tally.outcomes)
        if found != text and (ended or now - at >= _EVERY_SECONDS):
            self._told = now, found
            output.say(found)

    def interrupted(self, verb: str = "apply") -> str:
        """What state things are in after Ctrl-C, and which verb continues."""
        waiting = [step.name for step in self.steps if step not in self.done and step != self.current]
        lines = ["interrupted; nothing is lost:"]
        if self.done:
            lines.append(f"  done       {', '.join(step.name for step in self.done)}")
        if self.current:
            lines.append(f"  under way  {self.current.name}, which goes on in AWS{self._operation()}")
        if waiting:
            lines.append(f"  not begun  {', '.join(waiting)}")
        again = f"Run `natrec {verb}` again: it waits for what is under way, and does the rest."
        return "\n".join([*lines, again])

    def _operation(self) -> str:
        return f": {self.last.action} operation {self.last.operation}, {self.last}" if self.last else ""


class Board(Progress):
    """The same on a terminal: each finished step a line, the current one live."""

    def __init__(self, console: "Console", clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(clock)
        from rich.live import Live  # noqa: PLC0415 - slow to import, and only terminals need it

        self._console, self._since, self._width = console, 0.0, 0
        self._live = Live(console=console, refresh_per_second=8, transient=True, get_renderable=self.render)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def expect(self, steps: "Sequence[Step]") -> None:
        """Names stand in one column."""
        super().expect(steps)
        self._width = max((len(step.name) for step in steps), default=0)
        self._console.print()

    def begin(self, step: "Step") -> None:
        """Becomes the current one."""
        self.current, self.last, self._since = step, None, self._clock()

    def end(self, step: "Step") -> None:
        """A line that stays, with how long it took."""
        from rich.text import Text  # noqa: PLC0415 - as above

        bad = self.last.count("failed") if self.last else 0
        mark = ("✗ ", "red") if bad else ("✓ ", "green")
        tally = (f"  {self.last}", "red" if bad else "dim") if self.last else ""
        place = (f"  {step.account} {step.region:14} {self._took():>5}", "dim")
        self._console.print(Text.assemble(mark, f"{step.name:{self._width}}", place, tally))
        super().end(step)

    def tell(self, text: str) -> None:
        """A line that stays."""
        self._console.print(f"  {text}", style="yellow", markup=False)

    def tally(self, tally: "Tally") -> None:
        """Drawn at the next refresh."""
        self.last = tally

    def render(self) -> "RenderableType":
        """The current step, and below it how far its operation is in each region."""
        from rich.console import Group  # noqa: PLC0415 - as above
        from rich.spinner import Spinner  # noqa: PLC0415 - as above
        from rich.text import Text  # noqa: PLC0415 - as above

        if self.current is None:
            return Text()
        place = (f"  {self.current.account} {self.current.region}", "dim")
        head = Text.assemble((self.current.name, "bold"), place, (f"  {self._took()}", "dim"))
        parts: list[RenderableType] = [Spinner("dots", head)]
        if self.last:
            parts += [_regions(self.last), *_failures(self.last)]
        return Group(*parts)

    def _took(self) -> str:
        seconds = int(self._clock() - self._since)
        return f"{seconds // 60}:{seconds % 60:02}"


def _regions(tally: "Tally") -> "RenderableType":
    """One line for all regions, then one for each: a bar and the counts of each state."""
    from rich.progress_bar import ProgressBar  # noqa: PLC0415 - as above
    from rich.table import Table  # noqa: PLC0415 - as above
    from rich.text import Text  # noqa: PLC0415 - as above

    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(no_wrap=True, min_width=16)
    table.add_column(width=30)
    table.add_column(justify="right", no_wrap=True)
    for _ in _STYLES:
        table.add_column(justify="right", no_wrap=True)
    regions = tally.regions()
    every = sum(regions.values(), Counter())
    for name, counts in {tally.action.lower(): every, **regions}.items():
        total = sum(counts.values())
        ended = total - counts["waiting"] - counts["running"]
        style = "red" if counts["failed"] else "green"
        bar = ProgressBar(total=max(total, 1), completed=ended, complete_style=style, finished_style=style)
        words = [Text(f"{counts[s]:,} {s}" if counts[s] else "", style=_STYLES[s]) for s in _STYLES]
        table.add_row(Text(f"  {name}", style="cyan"), bar, f"{ended:,}/{total:,}", *words)
    return table


# The states that have a column of their own; what is done is in the bar.
_STYLES: "Mapping[State, str]" = {
    "running": "yellow",
    "waiting": "dim",
    "failed": "red",
    "skipped": "magenta",
}


def _failures(tally: "Tally") -> "list[RenderableType]":
    from rich.text import Text  # noqa: PLC0415 - as above

    bad = [each for each in tally.outcomes if each.state == "failed"]
    lines = [
        Text(f"  ✗ {each.account} {each.region}  {each.reason}", style="red") for each in bad[:_FAILURES]
    ]
    more = [Text(f"    and {len(bad) - _FAILURES} more", style="red")] if len(bad) > _FAILURES else []
    return [*lines, *more]


def progress() -> Progress:
    """The progress that fits where stderr leads; it is shown while its `with` lasts."""
    console = output.console()
    return Board(console) if console.is_terminal else Progress()
