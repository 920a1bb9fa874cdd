"""News of one spoke, told once: it is out of reach, it is back, or the sweep had to mend something there."""

from dataclasses import dataclass
from datetime import datetime

from hub.domain.errors import Fault
from hub.domain.reconciling import Watched
from hub.domain.sweeping import Finding, Tally
from hub.domain.targets import Target
from hub.notices.others import found, reachable, unreachable
from hub.ports import Clock, Ledger, Notices, Watch

# What should not have been there. Of the other findings their recordings tell, or they are daily work.
_MENDED: dict[Finding, str] = {
    "deleted": "flow logs that belong to no open recording were still on; they are deleted",
    "rearmed": "recordings had no failsafe in the account; it is armed again",
    # No condition key keeps whoever has the worker's session from naming a bucket of their own.
    "astray": "flow logs with our tags write elsewhere than the archive; CloudTrail says who made them",
}


@dataclass(frozen=True)
class TellSpoke:
    """Tell of what a visit came to."""

    ledger: Ledger
    watch: Watch
    notices: Notices
    clock: Clock

    def __call__(
        self, target: Target, watched: tuple[Watched, ...], tally: Tally, out_since: datetime | None
    ) -> None:
        """Tell what is news.

        Args:
            target: Where.
            watched: The gateways there that are watched.
            tally: What the visit did.
            out_since: Since when the spoke has been out of reach, if it was.

        Raises:
            Fault: Something could not be told; the next sweep tells it.

        """
        counted = {words: tally.findings.get(each) for each, words in _MENDED.items()}
        mended = [f"{count} {words}" for words, count in counted.items() if count]
        now = self.clock.now()
        if mended:
            self.notices.publish(found(target, mended, self._name(target), now=now))
        if tally.lasting and watched:
            if out_since is None and self.watch.begin_outage(target, now):
                self._tell_outage(target, watched, tally.lasting[0], now)
        elif out_since and not tally.problems:
            if not tally.skipped:  # nothing of ours is left there: whether it can be reached is not known
                self.notices.publish(reachable(target, out_since, self._name(target), now=now))
            self.watch.end_outage(target)

    def _tell_outage(self, target: Target, watched: tuple[Watched, ...], fault: str, now: datetime) -> None:
        recordings = tuple(each.item.recording for each in watched if each.item.recording)
        try:
            self.notices.publish(unreachable(target, recordings, fault, self._name(target), now=now))
        except Fault:
            self.watch.end_outage(target)  # so that the next sweep tells it
            raise

    def _name(self, target: Target) -> str:
        return self.ledger.rules(self.clock.now()).account_name(target.account)
