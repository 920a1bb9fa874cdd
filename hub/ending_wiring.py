"""What ends recordings; apart, for nothing else measures whole spikes."""

from dataclasses import dataclass
from functools import cache, cached_property, partial

from hub.adapters.clock import SystemClock
from hub.adapters.meter import CloudWatchMeter
from hub.looking_wiring import LookingHub
from hub.settings import Settings
from hub.usecases.end_recording import EndRecording
from hub.usecases.measure import Measure


@dataclass(frozen=True)
class EndingHub(LookingHub):
    """The hub, ready to end recordings."""

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
def hub() -> EndingHub:
    """The hub of this container."""
    return EndingHub(Settings.from_environment(), SystemClock())
