"""How a sweep is shared out: targets are not named, for 17,000 of them would not fit a state's input."""

import math
from dataclasses import dataclass

from hub.domain.sweeping import Kind
from hub.domain.targets import Target
from hub.ports import Clock, Ledger, Watch

# A quick batch is over in seconds; a full one in a minute or two, far below what a function may run.
TARGETS_PER_BATCH: dict[Kind, int] = {"quick": 50, "full": 500}


@dataclass(frozen=True)
class PlanSweep:
    """Which targets a sweep visits, and in how many batches."""

    ledger: Ledger
    watch: Watch
    clock: Clock

    def __call__(self, kind: Kind) -> int:
        """The number of batches; none when there is nothing to visit."""
        return math.ceil(len(self.targets(kind)) / TARGETS_PER_BATCH[kind])

    def targets(self, kind: Kind) -> frozenset[Target]:
        """Quick: where something is watched. Full: all that the policy covers, and those too."""
        watched = frozenset(Target.of(each.gateway) for each in self.watch.gateways())
        if kind == "quick":
            return watched
        return watched | set(self.watch.outages()) | set(self.ledger.rules(self.clock.now()).targets())
