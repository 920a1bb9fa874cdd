"""Where and when something was measured; without that no figure says anything."""

import os
import platform
import sys
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Machine:
    """The machine, and how busy it was.

    Attributes:
        processors: How many.
        machine: Their architecture.
        python: Its version.
        load: The load of the last minute, before and after.
        date: The day, UTC.

    """

    processors: int
    machine: str
    python: str
    load: tuple[float, float]
    date: str

    def __str__(self) -> str:
        before, after = self.load
        return (
            f"{self.processors} cores of {self.machine}, Python {self.python}, "
            f"load {before:.1f} before and {after:.1f} after, {self.date}"
        )


def load() -> float:
    """The load of the last minute."""
    return round(os.getloadavg()[0], 2)


def machine(before: float, at: datetime) -> Machine:
    """This one, with the load that it had before and has now."""
    version = sys.version.split()[0]
    return Machine(os.cpu_count() or 1, platform.machine(), version, (before, load()), f"{at:%Y-%m-%d}")
