"""What looks around in spokes; apart, for opening a recording shall not load it at its cold start."""

from dataclasses import dataclass
from functools import cache, cached_property, partial

from hub.adapters.buckets import ReportBucket
from hub.adapters.clock import SystemClock
from hub.adapters.meter import CloudWatchMeter
from hub.adapters.witness import CloudWatchWitness
from hub.settings import Settings
from hub.usecases.end_recording import EndRecording
from hub.usecases.measure import Measure
from hub.usecases.note_clients import NoteClients
from hub.usecases.suspect import Suspect
from hub.usecases.tell_started import TellStarted
from hub.wiring import Hub


@dataclass(frozen=True)
class LookingHub(Hub):
    """The hub, ready to look around."""

    @cached_property
    def _note_clients(self) -> NoteClients:
        settings = self.settings
        reports = ReportBucket(self._sessions, settings.names, settings.reports_bucket)
        return NoteClients(self._ledger, self._spokes, reports, self.clock)

    @cached_property
    def tell_started(self) -> TellStarted:
        """The flow logs of a recording are on."""
        return TellStarted(
            self.recordings,
            self.notices,
            partial(self._note_clients, moment="opened"),
            Suspect(CloudWatchWitness(self._sessions), self.clock),
            self.clock,
        )

    @cached_property
    def end_recording(self) -> EndRecording:
        """A recording ends."""
        return EndRecording(
            self.recordings,
            partial(self._note_clients, moment="closed"),
            Measure(CloudWatchMeter(self._sessions), self.clock),
            self.clock,
        )


@cache
def hub() -> LookingHub:
    """The hub of this container."""
    return LookingHub(Settings.from_environment(), SystemClock())
