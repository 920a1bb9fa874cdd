"""A recording while it goes on: one line for each thing that happens, and how long it has left."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from orgconfig.units import format_duration

if TYPE_CHECKING:
    from rich.console import Console

Document = Mapping[str, Any]


@dataclass
class Follower:
    """Tells on stderr what has happened since it last looked."""

    console: "Console"
    _told: set[str] = field(default_factory=set)

    def tell(self, document: Document) -> None:
        """Tell what is new."""
        for line in milestones(document):
            if line not in self._told:
                self._told.add(line)
                self.console.print(line, markup=False, soft_wrap=True)


def follow(
    console: "Console",
    look: Callable[[], Document],
    runs: Callable[[], bool],
    pause: float,
    wait: Callable[[float], object] | None = None,
) -> Document:
    """Follow a recording to the end of its execution.

    Args:
        console: Where it is told.
        look: The recording as it is now.
        runs: Whether its execution runs.
        pause: Seconds between two looks.
        wait: Waits some seconds; a test may be faster.

    """
    follower, sleep = Follower(console), wait or threading.Event().wait
    with console.status("") if console.is_terminal else nullcontext() as spinner:
        while True:
            goes_on = runs()  # asked first: what is read afterwards is the last word
            document = look()
            follower.tell(document)
            if not goes_on:
                return document
            if spinner:
                spinner.update(remaining(document, datetime.now(UTC)))
            sleep(pause)


def milestones(document: Document) -> Iterator[str]:
    """What has happened, in its order."""
    yield f"opened     {document['id']}, until {document['deadline']} at the latest"
    if document["flow_logs"]:
        yield f"recording  flow logs are on: {', '.join(document['flow_logs'])}"
    for note in document["notes"]:
        yield f"note       {note}"
    for refused in document["not_recorded"]:
        yield f"note       AWS refused {refused}"
    if document["state"] == "closed":
        yield f"closed     {document['reason']}; its report waits for records on their way"
    if document["state"] == "failed":
        yield f"failed     {document['reason']}"
    if document["report"]:
        yield f"report     {document['report']}"


def remaining(document: Document, now: datetime) -> str:
    """What is awaited."""
    if document["state"] != "open":
        return "records are on their way, the report follows"
    left = (datetime.fromisoformat(document["deadline"]) - now).total_seconds()
    return f"recording, {format_duration(max(0, int(left)))} left; Ctrl-C leaves it going on"
