"""The hub over one table, its executions taken step by step as the state machine orders them."""

import itertools
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from hub.domain.alarms import Transition
from hub.domain.errors import Fault, Transient
from hub.domain.gateways import GatewayRef
from hub.domain.quotas import limits
from hub.domain.recordings import Recording
from hub.domain.sweeping import Kind
from hub.domain.targets import Target
from hub.usecases.write_report import WriteReport
from tests import factories
from tests.composed import ComposedHub
from tests.contract.tables import HubTable
from tests.fakes import FakeArchive, FakeReports, FakeSpoke, FakeSpokes, FixedRules, ManualClock
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
        self.executions, self.archive = Executions(self.clock, self._woken), FakeArchive()
        self.spokes = FakeSpokes()
        for number, place in enumerate(PLACES):
            self.spokes.add(factories.gateway(place, interfaces=(f"eni-{number:017x}",)))
        self.hub = ComposedHub(
            trapped(WatchedLedger(table.ledger, self.rules, self.model, self.clock), self.trap),
            trapped(table.recordings, self.trap),
            trapped(table.watch, self.trap),
            TrappedSpokes(self.spokes, self.trap),
            trapped(self.executions, self.trap),
            self.clock,
        )
        self._report_of = WriteReport(self.hub.recordings, self.archive, FakeReports(), self.clock)
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
        """An event arrives: an onset starts an execution, a recovery is noted, with Lambda's two retries."""
        if event.is_onset:
            self.executions.begin(event)
            return
        for _ in range(TRIES):
            try:
                self.hub.note_recovery(event)
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
        allowed = self._reasons(execution.onset)
        outcome = self.hub.open(execution.onset, execution.arn, execution.started)
        if isinstance(outcome, Recording):
            execution.recording, execution.step = outcome, "store"
            kept = self.table.recordings.find(outcome.id)
            if kept and kept.state == "open" and outcome.id not in self.spoke(outcome.gateway).failsafes:
                self.model.wrong.append(f"{outcome.id} is on without a failsafe")
            return
        held = self.model.open.get(execution.onset.gateway)
        if held and held.execution == execution.arn:
            self.model.wrong.append(f"{held.id} was refused to its own execution: {outcome.refusal}")
        if outcome.refusal.reason not in allowed | self._reasons(execution.onset):
            self.model.wrong.append(f"{execution.arn} was refused: {outcome.refusal}, and only for {allowed}")
        execution.step = "over"

    def _reasons(self, onset: Transition) -> set[str]:
        """Every reason for which an onset may be refused now, also before anybody has tried to admit it."""
        place, now = onset.gateway, self.clock.now()
        terms = self.rules.terms(place, {})
        reasons = self.model.refusals(place, limits(place, terms, now), now)
        if not terms.enabled:
            reasons.add("disabled")
        if onset.is_stale(now) or self.model.is_recovered(onset):
            reasons.add("recovered")
        return reasons

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

    def _woken(self, execution: Execution) -> None:
        """Only while its recording is open: one that was closed has nothing to wait for."""
        recording = execution.opened()
        held = self.model.open.get(recording.gateway)
        lasting = self.model.lasting.get(recording.gateway)
        if held and held.id == recording.id and lasting:
            self.model.wrong.append(f"{recording.id} was woken, and these last: {lasting}")

    def _wait(self, execution: Execution) -> None:
        recording = execution.opened()
        if execution.woken:
            execution.step = "close"
        elif self.clock.now() >= recording.deadline:
            execution.step, execution.ending = "close", "time_limit"

    def _close(self, execution: Execution) -> None:
        closed = self.hub.close.of_execution(
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
            self._report_of(recording.id)
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
