"""Every use case over whatever ports a test has: fakes, a real table, or ports that watch and fail."""

from dataclasses import dataclass, field
from functools import cached_property

from hub.domain.sweeping import Kind, Tally
from hub.ports import Clock, Executions, Ledger, Notices, Organization, Recordings, Spokes, Watch
from hub.usecases.close_recording import CloseRecording
from hub.usecases.note_recovery import NoteRecovery
from hub.usecases.offer_onsets import OfferOnsets
from hub.usecases.open_recording import OpenRecording
from hub.usecases.plan_sweep import PlanSweep
from hub.usecases.stop_recording import StopRecording
from hub.usecases.sweep_batch import SweepBatch
from hub.usecases.tell_quota import TellQuota
from hub.usecases.tell_spoke import TellSpoke
from hub.usecases.tend_alarms import TendAlarms
from hub.usecases.tend_flow_logs import TendFlowLogs
from hub.usecases.tend_leases import TendLeases
from hub.usecases.visit_target import VisitTarget
from tests.fakes import FakeNotices, FakeOrganization

NAMESPACE = "natrec"


@dataclass(frozen=True)
class ComposedHub:
    """The hub as `hub/wiring.py` composes it, over these ports."""

    ledger: Ledger
    recordings: Recordings
    watch: Watch
    spokes: Spokes
    executions: Executions
    clock: Clock
    organization: Organization = field(default_factory=FakeOrganization)
    notices: Notices = field(default_factory=FakeNotices)

    @cached_property
    def open(self) -> OpenRecording:
        return OpenRecording(
            self.ledger,
            self.recordings,
            self.watch,
            self.spokes,
            self.organization,
            self.executions,
            self.close,
            self.clock,
            NAMESPACE,
            TellQuota(self.notices, self.clock),
        )

    @cached_property
    def close(self) -> CloseRecording:
        return CloseRecording(self.ledger, self.recordings, self.spokes, self.clock)

    @cached_property
    def note_recovery(self) -> NoteRecovery:
        return NoteRecovery(self.ledger, self.executions, self.clock)

    @cached_property
    def stop(self) -> StopRecording:
        return StopRecording(self.ledger, self.recordings, self.executions)

    @cached_property
    def plan(self) -> PlanSweep:
        return PlanSweep(self.ledger, self.watch, self.clock)

    @cached_property
    def batch(self) -> SweepBatch:
        visit = VisitTarget(
            self.spokes,
            self.watch,
            TendLeases(self.organization, self.recordings, self.executions, self.close, self.notices),
            TendFlowLogs(self.recordings, self.notices),
            TendAlarms(self.ledger, self.executions, self.note_recovery, self.close, NAMESPACE),
            OfferOnsets(self.ledger, self.executions, NAMESPACE),
            self.clock,
        )
        tell = TellSpoke(self.ledger, self.watch, self.notices, self.clock)
        return SweepBatch(self.plan, self.watch, visit, self.executions, tell, threads=1)

    def sweep(self, kind: Kind = "quick") -> Tally:
        """A whole sweep, in one batch."""
        return self.batch(kind, 0, 1)
