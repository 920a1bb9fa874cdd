"""The day before is told in one notice, to whoever wants a digest."""

from dataclasses import dataclass
from datetime import UTC, timedelta

from hub.domain.digests import Digest, digest_of
from hub.notices.others import digest
from hub.ports import Clock, History, Ledger, Notices, Watch


@dataclass(frozen=True)
class TellDigest:
    """Read a day's history, and tell it."""

    ledger: Ledger
    history: History
    watch: Watch
    notices: Notices
    clock: Clock

    def __call__(self) -> Digest:
        """Tell of yesterday, UTC; asked twice it is delivered once."""
        now = self.clock.now()
        day = (now.astimezone(UTC) - timedelta(days=1)).date()
        targets = frozenset(self.ledger.rules(now).targets())
        told = digest_of(day, self.history.day(day), targets, frozenset(self.watch.outages()))
        self.notices.publish(digest(told, now))
        return told
