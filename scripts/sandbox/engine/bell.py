"""A bell that whoever waits for a change hears, also one that rang just before the waiting began."""

import threading


class Bell:
    """Counts its rings; a waiter names the last one that it knows."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._rung = 0

    @property
    def rung(self) -> int:
        """How often it has rung."""
        return self._rung

    def ring(self) -> None:
        """Wake everybody who waits."""
        with self._condition:
            self._rung += 1
            self._condition.notify_all()

    def wait(self, known: int, seconds: float | None = None) -> None:
        """Sleep until it has rung more often than `known`, at most so many seconds; None is for ever."""
        with self._condition:
            self._condition.wait_for(lambda: self._rung > known, seconds)
