"""What a sweep begins with; apart, for a plan visits nobody."""

from dataclasses import dataclass
from functools import cache, cached_property

from hub.adapters.clock import SystemClock
from hub.settings import Settings
from hub.usecases.plan_sweep import PlanSweep
from hub.usecases.take_stock import TakeStock
from hub.wiring import Hub


@dataclass(frozen=True)
class PlanningHub(Hub):
    """The hub, ready to plan a sweep."""

    @cached_property
    def plan_sweep(self) -> PlanSweep:
        """A sweep begins."""
        return PlanSweep(self._ledger, self._watch, self.clock)

    @cached_property
    def take_stock(self) -> TakeStock:
        """What is open as a sweep begins."""
        return TakeStock(self._ledger, self._watch, self.clock)


@cache
def hub() -> PlanningHub:
    """The hub of this container."""
    return PlanningHub(Settings.from_environment(), SystemClock())
