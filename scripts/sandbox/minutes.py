"""Which minutes of a gateway's metrics have been told, by all its traffic together.

A minute's sum only grows, and an alarm looks at the newest minute: a fall must be told in a later minute than
the rise before it, and a rise in no earlier one than the fall before it. Traffic that falls and rises again
within one minute therefore falls at the next, as it would in CloudWatch.
"""

import threading
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from scripts.sandbox.conversations import Direction

MINUTE = timedelta(minutes=1)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
BOTH: tuple[Direction, ...] = ("upload", "download")


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


@dataclass
class Minutes:
    """The minutes of one gateway; safe to use from several threads."""

    risen: datetime = LONG_AGO
    fallen: datetime = LONG_AGO
    flowing: Counter[Direction] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, direction: Direction, now: datetime) -> datetime:
        """Traffic begins; answers the time at which its first minute is to be told."""
        with self.lock:
            self.flowing[direction] += 1
            # CloudWatch shows a minute about one minute late; the sandbox shows it at its beginning.
            return max(now - MINUTE, self.fallen)

    def told(self, at: datetime) -> None:
        """Traffic was told of at that time."""
        with self.lock:
            self.risen = max(self.risen, _minute(at))

    def end(self, direction: Direction, now: datetime) -> tuple[datetime, Collection[Direction]]:
        """Traffic ends; answers the time at which to tell it, and the directions in which nothing flows."""
        with self.lock:
            self.flowing[direction] -= 1
            still = [each for each in BOTH if self.flowing[each] > 0]
            at = max(now, self.risen + MINUTE)
            if direction not in still:
                self.fallen = max(self.fallen, _minute(at))
            # What answers the other direction's traffic is small, and told with it.
            return at, () if direction in still else (direction,) if still else BOTH
