"""What tells of recordings and of the day; apart, for no other function shall load it at its cold start."""

from dataclasses import dataclass
from functools import cache, cached_property

from hub.adapters.browsing import Browser
from hub.adapters.clock import SystemClock
from hub.settings import Settings
from hub.usecases.tell import Tell
from hub.usecases.tell_digest import TellDigest
from hub.wiring import Hub


@dataclass(frozen=True)
class TellingHub(Hub):
    """The hub, ready to tell."""

    @cached_property
    def tell(self) -> Tell:
        """Somebody is told."""
        return Tell(self.recordings, self.notices, self.clock)

    @cached_property
    def tell_digest(self) -> TellDigest:
        """A day is over."""
        history = Browser(self._sessions.hub("dynamodb"), self.settings.table)
        return TellDigest(self._ledger, history, self._watch, self.notices, self.clock)


@cache
def hub() -> TellingHub:
    """The hub of this container."""
    return TellingHub(Settings.from_environment(), SystemClock())
