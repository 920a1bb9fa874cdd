"""The sweep's part of the composition root; apart, for no other function shall load it at its cold start."""

from dataclasses import dataclass
from functools import cache, cached_property

from hub.adapters.clock import SystemClock
from hub.adapters.organization import AwsOrganization
from hub.planning_wiring import PlanningHub
from hub.settings import Settings
from hub.usecases.offer_onsets import OfferOnsets
from hub.usecases.sweep_batch import SweepBatch
from hub.usecases.tell_spoke import TellSpoke
from hub.usecases.tend_alarms import TendAlarms
from hub.usecases.tend_flow_logs import TendFlowLogs
from hub.usecases.tend_leases import TendLeases
from hub.usecases.visit_target import VisitTarget
from hub.waking_wiring import WakingHub


@dataclass(frozen=True)
class SweepingHub(PlanningHub, WakingHub):
    """The hub, ready to sweep."""

    @cached_property
    def sweep_batch(self) -> SweepBatch:
        """Some targets are visited: the net under the state machine."""
        namespace = self.settings.namespace
        visit = VisitTarget(
            self._spokes,
            self._watch,
            TendLeases(
                AwsOrganization(self._sessions),
                self.recordings,
                self._executions,
                self.close_recording,
                self.notices,
            ),
            TendFlowLogs(self.recordings, self.notices),
            TendAlarms(self._ledger, self._executions, self.note_recovery, self.close_recording, namespace),
            OfferOnsets(self._ledger, self._executions, namespace),
            self.clock,
        )
        tell = TellSpoke(self._ledger, self._watch, self.notices, self.clock)
        return SweepBatch(self.plan_sweep, self._watch, visit, self._executions, tell)


@cache
def hub() -> SweepingHub:
    """The hub of this container."""
    return SweepingHub(Settings.from_environment(), SystemClock())
