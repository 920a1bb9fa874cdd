"""The hub over one table, its executions taken step by step as the state machine orders them."""

import itertools
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from hub.domain.alarms import Transition
from hub.domain.errors import Fault, Transient
from hub.domain.gateways import GatewayRef
from hub.domain.recordings import Recording
from hub.domain.sweeping import Kind
from hub.domain.targets import Target
from hub.usecases.write_report import WriteReport
from tests import factories
from tests.composed import ComposedHub
from tests.contract.tables import HubTable
from tests.fakes import (
    FakeAnswers,
    FakeArchive,
    FakePaid,
    FakeReports,
    FakeSpoke,
    FakeSpokes,
    FixedRules,
    ManualClock,
)
from tests.property.judging import Judge
from tests.property.model import Model
from tests.property.steps import Execution, Executions, KilledError, Step, Trap, TrappedSpokes, trapped
from tests.property.watched import WatchedLedger

if TYPE_CHECKING:
    from collections.abc import Callable

TRIES = 3
FAR = "555555555555"
QUERY = "of whoever talked"
TERMS = factories.terms(cooldown=timedelta(minutes=5))
PLACES: tuple[GatewayRef, ...] = (
    factories.gateway_ref(gateway="nat-0000000000000000a"),
    factories.gateway_ref(gateway="nat-0000000000000000b"),
    factories.gateway_ref(FAR, gateway="nat-0000000000000000c"),
)


class Life:
    """Everything over one table."""

    def __init__(self, table: HubTable) -> None:
        self.table, self.clock, self.model, self.trap = table, ManualClock(), Model(), Trap()
        covered = tuple(Target(account, factories.REGION) for account in (factories.ACCOUNT, FAR))
        self.rules = FixedRules(TERMS, covered=covered)
        self._judge = Judge(table, self.model, self.rules, self.clock)
        self.executions, self.archive = Executions(self.clock, self._judge.woken), FakeArchive()
        self.spokes = FakeSpokes()
        for number, place in enumerate(PLACES):
            self.spokes.add(factories.gateway(place, interfaces=(f"eni-{number:017x}",)))
        running = self.executions.running
        ledger = WatchedLedger(table.ledger, self.rules, self.model, self.clock, running)
        self.hub = ComposedHub(
            trapped(ledger, self.trap),
            trapped(table.recordings, self.trap),
            trapped(table.watch, self.trap),
            TrappedSpokes(self.spokes, self.trap),
            trapped(self.executions, self.trap),
            self.clock,
        )
        self._report_of = WriteReport(
            self.hub.recordings,
            self.archive,
            FakeAnswers({QUERY: []}),
            FakeReports(),
            FakePaid(),
            self.clock,
            "aws",
        )
        self._steps: dict[Step, Callable[[Execution], None]] = {
            "open": self._open,
            "store": self._store,
            "wait": self._wait,
            "close": self._close,
            "deliver": self._deliver,
            "report": self._report,
        }

    # ---- What runs ----

    def sweep(self, kind: Kind) -> tuple[str, ...]:
        """One sweep; the answer is what it could not do."""
        try:
            return self.hub.sweep(kind).problems
        except Fault as problem:
            return (str(problem),)

    def told(self, event: Transition) -> None:
        """An onset starts an execution; a recovery is noted, and once more if that was killed."""
        if event.is_onset:
            self.executions.begin(event)
            return
        try:
            self.hub.note_recovery(event)
        except KilledError:
            self.hub.note_recovery(event)

    def advance(self, execution: Execution) -> None:
        """The next step of an execution; one that fails is tried again, then closing takes its place."""
        if not execution.runs:
            return
        step, alone = execution.step, self.trap.operation is None
        try:
            self._steps[step](execution)
        except Fault as problem:
            if alone:
                self._judge.failed(execution, problem)
            execution.tries += 1
            passing = isinstance(problem, Transient) or step == "close"
            if not passing or execution.tries >= TRIES:
                execution.ending, execution.tries = "failed", 0
                execution.step = "close" if step in {"open", "store"} else "over"
        else:
            execution.tries = 0

    def _open(self, execution: Execution) -> None:
        before, held = self._judge.reasons(execution.onset), self.model.open.get(execution.onset.gateway)
        outcome = self.hub.open(execution.onset, execution.arn, execution.started)
        if isinstance(outcome, Recording):
            execution.recording, execution.step = outcome, "store"
            self._judge.opened(outcome, self.spoke(outcome.gateway))
        else:
            execution.step = "over"
            self._judge.refused(execution, outcome, before, held)

    def _store(self, execution: Execution) -> None:
        """Each attempt has a token of its own, which wakes it from the moment it begins."""
        token = execution.token = f"token {execution.tries} of {execution.arn}"
        execution.woken = False
        stored = self.trap.around("store_token", lambda: self._stored(execution.opened(), token))
        execution.step, execution.waits_since = "wait" if stored else "close", self.clock.now()

    def _stored(self, recording: Recording, token: str) -> bool:
        seen = self.table.ledger.picture(recording.gateway, self.clock.now()).gateway
        calm = not seen.in_alarm or recording.id in self.model.stopped
        stored = self.table.store_token(recording.gateway, recording.id, token)
        if stored:
            self._judge.stored(recording, calm=calm)
        return stored

    def _wait(self, execution: Execution) -> None:
        recording = execution.opened()
        if execution.woken:
            execution.step = "close"
        elif self.clock.now() >= recording.deadline:
            execution.step, execution.ending = "close", "time_limit"

    def _close(self, execution: Execution) -> None:
        alone = self.trap.operation is None
        closed = self.hub.close.of_execution(
            execution.onset, execution.arn, execution.started, execution.ending, None
        )
        self._judge.closed(closed, self.spoke(closed.gateway), alone=alone)
        execution.recording = closed
        execution.step = "deliver" if closed.state == "closed" else "over"

    def _deliver(self, execution: Execution) -> None:
        recording = execution.opened()
        if recording.closed_at and self.clock.now() >= recording.closed_at + recording.delivery_wait:
            execution.step = "report"

    def _report(self, execution: Execution) -> None:
        self.report(execution.opened().id)
        execution.step = "over"

    def report(self, identity: str) -> None:
        """Measure what was delivered; again, when it is done again.

        The model learns of a delivery from the history, for its answer may have been lost.
        """
        try:
            self._report_of(identity, QUERY)
        finally:
            self._charge(identity)

    def _charge(self, identity: str) -> None:
        kept = self.table.recordings.find(identity)
        if kept is None or kept.delivered_bytes is None or identity not in self.model.known:
            return
        self.model.delivered[identity] = kept.delivered_bytes
        if kept.captured_nothing:
            self.model.kept.pop(identity, None)

    def turn(self, minutes: int) -> None:
        """Time passes; the failsafes that are due delete what they know."""
        now = self.clock.turn(minutes=minutes)
        for place in PLACES:
            spoke = self.spoke(place)
            for name, failsafe in list(spoke.failsafes.items()):
                if failsafe.at <= now:
                    spoke.delete_flow_logs(failsafe.flow_logs)
                    del spoke.failsafes[name]

    def refuse(self, place: GatewayRef) -> None:
        """AWS refuses flow logs of a gateway from now on, or no longer."""
        spoke = self.spoke(place)
        for resource in spoke.gateways[place.gateway].flow_log_resources:
            if not spoke.refused.pop(resource, None):
                spoke.refused[resource] = "LogDestinationNotFound"

    def limit(self, **limits: Any) -> None:  # noqa: ANN401 - arguments of the terms
        """The policy changes."""
        self.rules.everywhere = replace(TERMS, **limits)

    def opened_today(self) -> int:
        """How many recordings the model counts as opened since midnight UTC."""
        today = self.clock.now().date()
        return sum(recording.opened_at.date() == today for recording in self.model.kept.values())

    def spoke(self, place: GatewayRef) -> FakeSpoke:
        """The spoke of a gateway."""
        return self.spokes.at(place.account, place.region)

    def on(self) -> set[str]:
        """Every flow log that is on."""
        return set(itertools.chain.from_iterable(self.spoke(place).on() for place in PLACES))
