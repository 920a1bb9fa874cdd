"""What the demo shows: a live timeline, the team's mail as they would read it, and the recording's facts."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.rule import Rule
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from scripts.demonstration.milestones import Letter
from scripts.demonstration.story import Seen


class Screen:
    """Draws on one console."""

    def __init__(self, console: Console, accounts: Mapping[str, str]) -> None:
        self._console = console
        self._accounts = accounts

    def doing(self, text: str) -> None:
        """A step of the preparation."""
        self._console.print(f"[dim]·[/] {text}")

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
        """Each mail in a frame."""
        for letter in letters:
            self._console.print()
            title = Text(letter.subject, style="bold")
            text = Text(letter.body)
            frame = Panel(Group(title, Rule(style="dim"), text), subtitle=f"mail to {letter.to}", width=86)
            self._console.print(frame)

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
        self._console.print(f"[red]✗ {text}[/]")
