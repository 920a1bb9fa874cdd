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
from hub.usecases.close_recording import CloseRecording
from hub.usecases.note_recovery import NoteRecovery
from hub.usecases.offer_onsets import OfferOnsets
from hub.usecases.open_recording import OpenRecording
from hub.usecases.plan_sweep import PlanSweep
from hub.usecases.sweep_batch import SweepBatch
from hub.usecases.tend_alarms import TendAlarms
from hub.usecases.tend_flow_logs import TendFlowLogs
from hub.usecases.tend_leases import TendLeases
from hub.usecases.visit_target import VisitTarget
from hub.usecases.write_report import WriteReport
from tests import factories
from tests.contract.tables import HubTable
from tests.fakes import (
    FakeArchive,
    FakeNotices,
    FakeOrganization,
    FakeReports,
    FakeSpoke,
    FakeSpokes,
    FixedRules,
    ManualClock,
)
from tests.property.model import Model, WatchedLedger
from tests.property.steps import Execution, Executions, Step, Trap, TrappedSpokes, trapped

if TYPE_CHECKING:
    from collections.abc import Callable

TRIES = 3
FAR = "555555555555"
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
        ledger = trapped(WatchedLedger(table.ledger, self.rules, self.model, self.clock), self.trap)
        recordings = trapped(table.recordings, self.trap)
        self.executions, self.archive = Executions(self.clock), FakeArchive()
        self.spokes, self._notices = FakeSpokes(), FakeNotices()
        for number, place in enumerate(PLACES):
            self.spokes.add(factories.gateway(place, interfaces=(f"eni-{number:017x}",)))
        spokes, watch = TrappedSpokes(self.spokes, self.trap), trapped(table.watch, self.trap)
        waker = trapped(self.executions, self.trap)
        self.close = CloseRecording(ledger, recordings, spokes, self.clock)
        self.open = OpenRecording(
            ledger, recordings, watch, spokes, FakeOrganization(), self.close, self.clock, "natrec"
        )
        self.note_recovery = NoteRecovery(ledger, waker, self.clock)
        self.report = WriteReport(recordings, self.archive, FakeReports(), self.clock)
        visit = VisitTarget(
            spokes,
            watch,
            TendLeases(recordings, waker, self.close, self._notices),
            TendFlowLogs(recordings, self._notices),
            TendAlarms(ledger, waker, self.note_recovery, self.close, "natrec"),
            OfferOnsets(ledger, waker, "natrec"),
            self.clock,
        )
        plan = PlanSweep(ledger, watch, self.clock)
        self._sweep = SweepBatch(plan, watch, visit, waker, self._notices, self.clock, threads=1)
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
            return self._sweep(kind, 0, 1).problems
        except Fault as problem:
            return (str(problem),)

    def told(self, event: Transition) -> None:
        """An event arrives: an onset starts an execution, a recovery is noted, with Lambda's two retries."""
        if event.is_onset:
            self.executions.begin(event)
            return
        for _ in range(TRIES):
            try:
                self.note_recovery(event)
            except Fault:
                continue
            return

    def advance(self, execution: Execution) -> None:
        """The next step of an execution; one that fails is tried again, then closing takes its place."""
        if not execution.runs:
            return
        step = execution.step
        try:
            self._steps[step](execution)
        except Fault as problem:
            execution.tries += 1
            passing = isinstance(problem, Transient) or step == "close"
            if not passing or execution.tries >= TRIES:
                execution.ending, execution.tries = "failed", 0
                execution.step = "close" if step == "open" else "over"
        else:
            execution.tries = 0

    def _open(self, execution: Execution) -> None:
        outcome = self.open(execution.onset, execution.arn, execution.started)
        if isinstance(outcome, Recording):
            execution.recording, execution.step = outcome, "store"
            return
        held = self.model.open.get(execution.onset.gateway)
        if held and held.execution == execution.arn:
            self.model.wrong.append(f"{held.id} was refused to its own execution: {outcome.refusal}")
        execution.step = "over"

    def _store(self, execution: Execution) -> None:
        recording, token = execution.opened(), f"token of {execution.arn}"
        place = recording.gateway
        stored = self.trap.around("store_token", lambda: self._stored(place, recording.id, token))
        execution.step = "wait" if stored else "close"
        execution.token, execution.waits_since = token, self.clock.now()

    def _stored(self, place: GatewayRef, recording: str, token: str) -> bool:
        calm = not self.table.ledger.picture(place, self.clock.now()).gateway.in_alarm
        stored = self.table.store_token(place, recording, token)
        if stored and calm:
            self.model.wrong.append(f"{recording} waits, and every alarm has recovered")
        return stored

    def _wait(self, execution: Execution) -> None:
        recording = execution.opened()
        if execution.woken:
            execution.step = "close"
        elif self.clock.now() >= recording.deadline:
            execution.step, execution.ending = "close", "time_limit"

    def _close(self, execution: Execution) -> None:
        closed = self.close.of_execution(
            execution.onset, execution.arn, execution.started, execution.ending, None
        )
        if closed.state == "open" or self.spoke(closed.gateway).flow_logs.get(closed.id):
            self.model.wrong.append(f"{closed.id} was closed, and is {closed.state} with flow logs on")
        execution.recording = closed
        execution.step = "deliver" if closed.state == "closed" else "over"

    def _deliver(self, execution: Execution) -> None:
        recording = execution.opened()
        if recording.closed_at and self.clock.now() >= recording.closed_at + recording.delivery_wait:
            execution.step = "report"

    def _report(self, execution: Execution) -> None:
        recording = execution.opened()
        try:
            self.report(recording.id)
        finally:
            self._charge(recording.id)
        execution.step = "over"

    def _charge(self, identity: str) -> None:
        """The model learns of a delivery from the history, for its answer may have been lost."""
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

    def limit(self, **limits: Any) -> None:  # noqa: ANN401 - arguments of the terms
        """The policy changes."""
        self.rules.everywhere = replace(TERMS, **limits)

    def spoke(self, place: GatewayRef) -> FakeSpoke:
        """The spoke of a gateway."""
        return self.spokes.at(place.account, place.region)

    def on(self) -> set[str]:
        """Every flow log that is on."""
        return set(itertools.chain.from_iterable(self.spoke(place).on() for place in PLACES))
