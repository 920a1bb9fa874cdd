"""Somebody ends a recording: it ends as if every alarm had recovered."""

from dataclasses import dataclass

from hub.domain.recordings import Recording
from hub.ports import Executions, Ledger, Recordings


@dataclass(frozen=True)
class StopRecording:
    """Write first, then wake: an execution that does not wait yet finds it written."""

    ledger: Ledger
    recordings: Recordings
    executions: Executions

    def __call__(self, recording: str, by: str) -> Recording | None:
        """Stop it; safe to repeat, for a repeated one wakes again where the first could not.

        Args:
            recording: Its id.
            by: Who ends it.

        Returns:
            The recording, still open; None when it is not open, or is none.

        Raises:
            Transient: Try again.

        """
        stopped = self.recordings.save_stopped(recording, by)
        if stopped is None:
            return None
        token = self.ledger.stop(stopped)
        if token:
            self.executions.wake(token)
        return stopped
