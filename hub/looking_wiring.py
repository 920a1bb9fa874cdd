"""What looks around in spokes; apart, for opening a recording shall not load it at its cold start."""

from dataclasses import dataclass
from functools import cache, cached_property

from hub.adapters.clock import SystemClock
from hub.settings import Settings
from hub.usecases.tell_started import TellStarted
from hub.wiring import Hub


@dataclass(frozen=True)
class LookingHub(Hub):
    """The hub, ready to look around."""

    @cached_property
    def tell_started(self) -> TellStarted:
        """The flow logs of a recording are on."""
        return TellStarted(self.recordings, self._topic)


@cache
def hub() -> LookingHub:
    """The hub of this container."""
    return LookingHub(Settings.from_environment(), SystemClock())
