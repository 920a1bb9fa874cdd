"""Close what its execution could not: the net under the state machine."""

from collections.abc import Iterator
from dataclasses import dataclass

from hub.domain.errors import Fault
from hub.ports import Clock, Executions, Lease, Ledger, Recordings
from hub.usecases.close_recording import CloseRecording


@dataclass(frozen=True)
class Swept:
    """One lease the sweep had to act on.

    Attributes:
        recording: Its id.
        problem: Why it could not be closed, or None when it was.

    """

    recording: str
    problem: str | None = None


@dataclass(frozen=True)
class Sweep:
    """Visit every lease; close those whose execution has ended or whose time is long over."""

    ledger: Ledger
    recordings: Recordings
    executions: Executions
    close: CloseRecording
    clock: Clock

    def __call__(self) -> tuple[Swept, ...]:
        """Close every lost recording; one that fails never keeps the sweep from the next."""
        return tuple(self._close(lease) for lease in self._lost())

    def _lost(self) -> Iterator[Lease]:
        now = self.clock.now()
        for lease in self.ledger.leases():
            if lease.expires_at <= now or not self.executions.is_running(lease.execution):
                yield lease

    def _close(self, lease: Lease) -> Swept:
        recording = self.recordings.find(lease.recording)
        if recording is None:
            return Swept(lease.recording, "the history has no such recording")
        try:
            self.close(recording, "lost")
        except Fault as problem:
            return Swept(lease.recording, str(problem))
        return Swept(lease.recording)
