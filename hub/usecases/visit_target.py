"""One target, looked at once: what is there against what the table says, step by step."""

from dataclasses import dataclass

from hub.domain.reconciling import Watched, is_over
from hub.domain.sweeping import Tally
from hub.domain.targets import Target
from hub.ports import Clock, Spokes, Watch
from hub.usecases.offer_onsets import OfferOnsets
from hub.usecases.tend_alarms import TendAlarms
from hub.usecases.tend_flow_logs import TendFlowLogs
from hub.usecases.tend_leases import TendLeases
from hub.usecases.visit import Run, Visit


@dataclass(frozen=True)
class VisitTarget:
    """Every step collects its own faults, so a visit does all that can be done."""

    spokes: Spokes
    watch: Watch
    leases: TendLeases
    flow_logs: TendFlowLogs
    alarms: TendAlarms
    offers: OfferOnsets
    clock: Clock

    def __call__(self, target: Target, watched: tuple[Watched, ...], run: Run) -> Tally:
        """Visit.

        Raises:
            SpokeUnreachable: Its worker role cannot be assumed; nothing was done.

        """
        now = self.clock.now()
        visit = Visit(target, self.spokes.at(target.account, target.region), watched, run, now)
        tended = self.leases(visit)
        self.flow_logs(visit, tended)
        self.offers(visit, self.alarms(visit, tended))
        for each in watched:
            if is_over(each.item, now):
                with visit.part(each.gateway):
                    self.watch.drop(each)
        return visit.tally()
