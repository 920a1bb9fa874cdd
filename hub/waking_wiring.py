"""What wakes executions that wait; apart, for opening a recording needs none of it."""

from dataclasses import dataclass
from functools import cache, cached_property

from hub.adapters.clock import SystemClock
from hub.settings import Settings
from hub.usecases.note_recovery import NoteRecovery
from hub.usecases.stop_recording import StopRecording
from hub.wiring import Hub


@dataclass(frozen=True)
class WakingHub(Hub):
    """The hub, ready to end waits."""

    @cached_property
    def note_recovery(self) -> NoteRecovery:
        """An alarm has recovered."""
        return NoteRecovery(self._ledger, self._executions, self.clock)

    @cached_property
    def stop_recording(self) -> StopRecording:
        """Somebody ends a recording."""
        return StopRecording(self._ledger, self.recordings, self._executions)


@cache
def hub() -> WakingHub:
    """The hub of this container."""
    return WakingHub(Settings.from_environment(), SystemClock())
