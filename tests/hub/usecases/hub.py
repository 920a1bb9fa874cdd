"""Every use case over fakes that share one table, one clock and one journal."""

from dataclasses import dataclass, field

from hub.domain.gateways import Gateway
from hub.domain.recordings import Recording
from hub.domain.refused import RefusedOnset
from hub.usecases.close_recording import CloseRecording
from hub.usecases.note_recovery import NoteRecovery
from hub.usecases.open_recording import OpenRecording
from hub.usecases.sweep import Sweep
from tests import factories
from tests.fakes import (
    FakeExecutions,
    FakeOrganization,
    FakeSpoke,
    FakeSpokes,
    FixedRules,
    InMemoryLedger,
    InMemoryRecordings,
    ManualClock,
    Table,
)


@dataclass
class FakeHub:
    """The hub without AWS."""

    clock: ManualClock = field(default_factory=ManualClock)
    rules: FixedRules = field(default_factory=FixedRules)
    journal: list[str] = field(default_factory=list)
    table: Table = field(default_factory=Table)
    executions: FakeExecutions = field(default_factory=FakeExecutions)
    organization: FakeOrganization = field(default_factory=FakeOrganization)

    def __post_init__(self) -> None:
        self.ledger = InMemoryLedger(self.table, self.rules, self.journal)
        self.recordings = InMemoryRecordings(self.table, self.journal)
        self.spokes = FakeSpokes(self.journal)
        self.close = CloseRecording(self.ledger, self.recordings, self.spokes, self.clock)
        self.open = OpenRecording(
            self.ledger, self.recordings, self.spokes, self.organization, self.close, self.clock, "natrec"
        )
        self.note_recovery = NoteRecovery(self.ledger, self.executions, self.clock)
        self.sweep = Sweep(self.ledger, self.recordings, self.executions, self.close, self.clock)

    def with_gateway(self, gateway: Gateway | None = None) -> FakeSpoke:
        return self.spokes.add(gateway or factories.gateway())

    def opening(self, name: str = "e1", alarm: str = factories.ALARM) -> Recording | RefusedOnset:
        """One execution's OpenRecording, now."""
        onset = factories.transition(alarm=alarm, at=self.clock.now())
        return self.open(onset, factories.execution_arn(name), factories.NOW)

    def opened(self, name: str = "e1") -> Recording:
        """A recording that is open, its execution running."""
        outcome = self.opening(name)
        assert isinstance(outcome, Recording), outcome
        self.executions.running.add(outcome.execution)
        return outcome

    def kept(self, recording: Recording) -> Recording:
        """The recording as the history has it."""
        found = self.recordings.find(recording.id)
        assert found is not None
        return found

    def used(self) -> dict[tuple[str, str], int]:
        """Every counter that is not zero."""
        return {(key.scope, key.measure): used for key, used in self.table.usage.items() if used}
