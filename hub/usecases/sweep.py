"""Close what its execution could not: the net under the state machine."""

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
        visited = (self._visit(lease) for lease in self.ledger.leases())
        return tuple(swept for swept in visited if swept)

    def _visit(self, lease: Lease) -> Swept | None:
        try:
            if self._is_lost(lease):
                return self._close(lease)
        except Fault as problem:
            return Swept(lease.recording, str(problem))
        return None

    def _is_lost(self, lease: Lease) -> bool:
        return lease.expires_at <= self.clock.now() or not self.executions.is_running(lease.execution)

    def _close(self, lease: Lease) -> Swept:
        recording = self.recordings.find(lease.recording)
        if recording is None:
            return Swept(lease.recording, "the history has no such recording")
        self.close(recording, "lost")
        return Swept(lease.recording)
