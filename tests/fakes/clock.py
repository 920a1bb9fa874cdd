"""A clock that tests turn by hand."""

from datetime import datetime, timedelta

from tests.factories import NOW


class ManualClock:
    """Stands still until it is turned."""

    def __init__(self, now: datetime = NOW) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def turn(self, **span: float) -> datetime:
        """Turn it forward, as in `turn(minutes=5)`."""
        self._now += timedelta(**span)
        return self._now
