"""Slack on a bad day: what the stand-in does instead of answering as it should, for a while.

Source of the limit: docs.slack.dev, "Rate limits" (about one message per second and webhook; 429 with the
seconds to wait in `Retry-After`).
"""

import threading
from collections import Counter
from dataclasses import dataclass

TEXTS = {
    403: "action_prohibited",
    404: "no_service",
    410: "channel_is_archived",
    429: "rate_limited",
    500: "rollup_error",
    503: "service_unavailable",
}


@dataclass(frozen=True)
class Fault:
    """One way of going wrong.

    Attributes:
        status: The answer's; None drops the connection without one.
        retry_after: Seconds that the answer asks to wait.
        accepted: Whether the message is posted nevertheless.
        seconds: How long the answer takes.
        path: Of the webhook that is struck; None strikes all.

    """

    status: int | None = 429
    retry_after: float | None = None
    accepted: bool = False
    seconds: float = 0.0
    path: str | None = None

    @property
    def text(self) -> str:
        """The body of the answer."""
        return "ok" if self.status == 200 else TEXTS.get(self.status or 0, "error")  # noqa: PLR2004


class Faults:
    """Which posts go wrong; safe to use from several threads."""

    def __init__(self) -> None:
        self._planned: list[Fault] = []
        self._for_good: list[Fault] = []
        self._pace = 0.0
        self._latest: dict[str, float] = {}
        self._lock = threading.Lock()
        self.refused: Counter[str] = Counter()

    def plan(self, fault: Fault, times: int | None) -> None:
        """Let the next posts go wrong, after those planned before; `None` until `clear`."""
        with self._lock:
            if times is None:
                self._for_good.append(fault)
            else:
                self._planned += [fault] * times

    def pace(self, seconds: float) -> None:
        """Let at least so many seconds lie between two messages of one webhook; 0 for no limit."""
        with self._lock:
            self._pace = seconds

    def clear(self) -> None:
        """Work again, without a limit."""
        with self._lock:
            self._planned, self._for_good, self._pace = [], [], 0.0

    def next(self, path: str, now: float) -> Fault | None:
        """What strikes a post to this path at this time (seconds, of any clock); None for nothing."""
        with self._lock:
            for plans in (self._planned, self._for_good):
                for fault in plans:
                    if fault.path in (None, path):
                        if plans is self._planned:
                            plans.remove(fault)
                        return fault
            early = self._latest.get(path, -self._pace) + self._pace - now
            if self._pace and early > 0:
                return Fault(429, retry_after=max(1.0, round(early + 0.5)))
            self._latest[path] = now
            return None

    def count(self, text: str) -> None:
        """Remember that a post was refused."""
        with self._lock:
            self.refused[text] += 1
