"""What tells that a recording has begun; apart, for nothing else looks for suspects."""

from dataclasses import dataclass
from functools import cache, cached_property, partial

from hub.adapters.clock import SystemClock
from hub.adapters.witness import CloudWatchWitness
from hub.looking_wiring import LookingHub
from hub.settings import Settings
from hub.usecases.suspect import Suspect
from hub.usecases.tell_started import TellStarted


@dataclass(frozen=True)
class StartingHub(LookingHub):
    """The hub, ready to tell who may have caused it."""

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


@cache
def hub() -> StartingHub:
    """The hub of this container."""
    return StartingHub(Settings.from_environment(), SystemClock())
