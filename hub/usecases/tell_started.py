"""Flow logs are on: look around while the traffic lasts, and tell the team."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from hub.domain.recordings import Recording
from hub.domain.suspects import Suspicion
from hub.notices.writing import write
from hub.ports import Clock, Notices, Recordings
from hub.usecases.looking import ATTEMPTS, SECONDS, Lookout


@dataclass(frozen=True)
class TellStarted:
    """Send the notice `started` once, with what could be learned in a few seconds.

    Attributes:
        note_clients: Keeps who holds which address now.
        suspect: Tells who may have caused it.
        seconds: How long each look may take.

    """

    recordings: Recordings
    notices: Notices
    note_clients: Callable[[Recording], object]
    suspect: Callable[[Recording], Suspicion]
    clock: Clock
    seconds: float = SECONDS

    def __call__(self, identity: str, retried: int = 0) -> tuple[Recording, tuple[str, ...]]:
        """Look around, then tell.

        Args:
            identity: The recording.
            retried: How often this step was tried before.

        Returns:
            The recording, and what could not be learned, one line each; nothing of it kept the notice from
            being sent.

        Raises:
            LookupError: The history has no such recording.

        """
        recording = self.recordings.find(identity)
        if recording is None:
            raise LookupError(f"no recording {identity}")
        lookout = Lookout(self.seconds)
        if retried < ATTEMPTS:
            recording = self._look(lookout, recording)
        self.notices.publish(write("started", recording, now=self.clock.now()))
        return recording, tuple(lookout.problems)

    def _look(self, lookout: Lookout, recording: Recording) -> Recording:
        """One after the other: each may need what the one before has found."""
        lookout.tries("clients", lambda: self.note_clients(recording))
        return self._suspected(lookout, recording)

    def _suspected(self, lookout: Lookout, recording: Recording) -> Recording:
        """Kept before it is told, so that the report can say whether it was right."""
        found = lookout.tries("suspects", lambda: self.suspect(recording))
        suspicion = found or Suspicion(failed=lookout.problems[-1].removeprefix("suspects: "))
        lookout.tries("keeping suspects", lambda: self.recordings.save_suspicion(recording.id, suspicion))
        return replace(recording, suspicion=suspicion)
