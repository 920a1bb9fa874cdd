"""What the demo shows: a live timeline, the team's mail as they would read it, and the recording's facts."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.rule import Rule
from rich.spinner import Spinner
from rich.status import Status
from rich.table import Table
from rich.text import Text

from scripts.demonstration.milestones import Letter
from scripts.demonstration.story import Seen

# What a deployment says of each resource of a new stack.
_PART = "  add "
# A notice's lines are 78 columns wide; without a frame at their sides they fit a terminal of 80.
_WIDTH = 80


class Screen:
    """Draws on one console."""

    def __init__(self, console: Console, accounts: Mapping[str, str]) -> None:
        self._console = console
        self._accounts = accounts
        self._status = Status("", console=console)
        self._step, self._parts = "", 0

    def doing(self, text: str) -> None:
        """A step of the preparation begins; the one before has ended."""
        if text.startswith(_PART):
            self._parts += 1  # `natrec plan` lists them
            return
        self.prepared()
        # Everything is new here, so that a reason would say nothing.
        self._step = text.partition(": ")[0] if " yet" in text else text
        self._status.update(Text(self._step, style="dim"))
        self._status.start()

    def prepared(self) -> None:
        """The last step has ended."""
        self._status.stop()
        if self._step:
            parts = f", {self._parts} resources" if self._parts else ""
            line = Text.assemble(("· ", "dim"), self._step, parts)
            self._console.print(line, no_wrap=True, overflow="ellipsis")
        self._step, self._parts = "", 0

    def timeline(self, story: Iterable[Seen]) -> list[Seen]:
        """Show each milestone when it is reached; answers all of them."""
        reached: list[Seen] = []
        self._console.print()
        with Live(console=self._console, refresh_per_second=8, transient=False) as live:
            for seen in story:
                reached.append(seen)
                live.update(Group(self._table(reached), Spinner("dots", Text("watching", style="dim"))))
            live.update(self._table(reached))
        return reached

    def _table(self, reached: Sequence[Seen]) -> Table:
        places = max(map(len, self._accounts.values()), default=12)
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False, expand=True)
        table.add_column(justify="right", no_wrap=True, style="green", min_width=6)
        table.add_column(overflow="ellipsis", no_wrap=True, ratio=1)
        table.add_column(no_wrap=True, style="cyan", min_width=places)
        for seen in reached:
            what = Text.assemble((seen.what, "bold"), "\n", (seen.detail, "dim"))
            where = f"{self._accounts.get(seen.account, seen.account)}\n{seen.region}"
            table.add_row(f"{seen.seconds:.1f} s", what, where)
        return table

    def mail(self, letters: Iterable[Letter]) -> None:
        """Each mail between two lines; what is to be copied out of it stays on one line."""
        for letter in letters:
            self._console.print()
            self._console.print(Rule(f"mail to {letter.to}", align="left", style="dim"), width=_WIDTH)
            self._console.print(Text(f" {letter.subject}", style="bold"), soft_wrap=True)
            self._console.print()
            for line in letter.body.splitlines():
                self._console.print(Text(f" {line}"), soft_wrap=True)
            self._console.print(Rule(style="dim"), width=_WIDTH)

    def result(self, recording: Mapping[str, Any], report: Path) -> None:
        """The recording in a few lines."""
        self._console.print()
        self._console.print(
            f"[green]✓[/] recording [bold]{recording['id']}[/] {recording['state']}: {recording['reason']}; "
            f"{recording['delivered_objects']} objects, {recording['delivered_bytes']:,} bytes in the archive"
        )
        here = Path.cwd()
        near = report.relative_to(here) if report.is_relative_to(here) else report
        self._console.print(f"[green]✓[/] report {near}", soft_wrap=True)
        self._console.print()
        self._console.print(Text(recording["headline"], style="bold"))

    def failure(self, text: str) -> None:
        """What went wrong."""
        self.prepared()
        self._console.print(f"[red]✗ {text}[/]")
