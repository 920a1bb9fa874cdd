"""Every use case over fakes that share one table, one clock and one journal."""

from dataclasses import dataclass, field
from typing import Any

from hub.domain.gateways import Gateway
from hub.domain.recordings import Recording
from hub.domain.refused import RefusedOnset
from tests import factories
from tests.composed import ComposedHub
from tests.fakes import (
    FakeExecutions,
    FakeNotices,
    FakeOrganization,
    FakeSpoke,
    FakeSpokes,
    FixedRules,
    InMemoryLedger,
    InMemoryRecordings,
    InMemoryWatch,
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
    notices: FakeNotices = field(default_factory=FakeNotices)

    def __post_init__(self) -> None:
        self.ledger = InMemoryLedger(self.table, self.rules, self.journal)
        self.recordings = InMemoryRecordings(self.table, self.journal)
        self.watch = InMemoryWatch(self.table)
        self.spokes = FakeSpokes(self.journal)
        hub = ComposedHub(
            self.ledger,
            self.recordings,
            self.watch,
            self.spokes,
            self.executions,
            self.clock,
            self.organization,
            self.notices,
        )
        self.open, self.close, self.note_recovery = hub.open, hub.close, hub.note_recovery
        self.stop = hub.stop
        self.plan, self.batch, self.sweep = hub.plan, hub.batch, hub.sweep

    def with_gateway(self, gateway: Gateway | None = None) -> FakeSpoke:
        return self.spokes.add(gateway or factories.gateway())

    def opening(self, name: str = "e1", alarm: str = factories.ALARM) -> Recording | RefusedOnset:
        """One execution's OpenRecording, now."""
        onset = factories.transition(alarm=alarm, at=self.clock.now())
        return self.open(onset, factories.execution_arn(name), factories.NOW)

    def asking(self, name: str = "hand", **asked: Any) -> Recording | RefusedOnset:  # noqa: ANN401 - of `by_hand`
        """The same, for what somebody starts by hand."""
        onset = factories.by_hand(at=self.clock.now(), **asked)
        outcome = self.open(onset, factories.execution_arn(name), factories.NOW)
        if isinstance(outcome, Recording):
            self.executions.alive.add(outcome.execution)
        return outcome

    def opened(self, name: str = "e1") -> Recording:
        """A recording that is open, its execution running."""
        outcome = self.opening(name)
        assert isinstance(outcome, Recording), outcome
        self.executions.alive.add(outcome.execution)
        return outcome

    def kept(self, recording: Recording) -> Recording:
        """The recording as the history has it."""
        found = self.recordings.find(recording.id)
        assert found is not None
        return found

    def used(self) -> dict[tuple[str, str], int]:
        """Every counter that is not zero."""
        return {(key.scope, key.measure): used for key, used in self.table.usage.items() if used}
