"""Every answer of a step, held against the model and against what the table and the spokes say."""

from dataclasses import dataclass

from hub.domain.alarms import Transition
from hub.domain.errors import Fault, FlowLogsRefused
from hub.domain.recordings import Recording, recording_id
from hub.domain.refused import RefusedOnset
from tests.contract.tables import HubTable
from tests.fakes import FakeSpoke, FixedRules, ManualClock
from tests.property.model import Model
from tests.property.steps import Execution


@dataclass(frozen=True)
class Judge:
    """Writes down what must not be."""

    table: HubTable
    model: Model
    rules: FixedRules
    clock: ManualClock

    def reasons(self, onset: Transition) -> set[str]:
        """Every reason for which an onset may be refused now, also before anybody has tried to admit it."""
        now = self.clock.now()
        reasons = self.model.reasons(onset, self.rules.terms(onset.gateway, {}), now)
        if onset.is_stale(now) or self.model.is_recovered(onset):
            reasons.add("recovered")
        return reasons

    def opened(self, recording: Recording, spoke: FakeSpoke) -> None:
        """It may have been closed meanwhile."""
        kept = self.table.recordings.find(recording.id)
        if kept and kept.state == "open" and recording.id not in spoke.failsafes:
            self._wrong(f"{recording.id} is on without a failsafe")

    def refused(
        self, execution: Execution, refused: RefusedOnset, before: set[str], held: Recording | None
    ) -> None:
        """With what the model allowed, and who had the lease, before OpenRecording began.

        Refusals that may pass wait, and whoever comes to an open recording has joined it.
        """
        onset, reason = execution.onset, refused.refusal.reason
        holder = self.model.open.get(onset.gateway)
        if holder and holder.execution == execution.arn:
            self._wrong(f"{holder.id} was refused to its own execution: {refused.refusal}")
        if reason not in before | self.reasons(onset):
            self._wrong(f"{execution.arn} was refused: {refused.refusal}, and only for {before}")
        if onset.by_hand:
            self._left_alone(onset, reason)
            return
        if refused.refusal.may_pass:
            self.model.wait(refused.onset)
        if reason == "already_recording" and holder and holder == held and not self.model.is_recovered(onset):
            item = self.table.ledger.picture(onset.gateway, self.clock.now()).gateway
            if onset.alarm not in item.in_alarm:
                self._wrong(f"{onset.alarm} did not join {holder.id}")

    def _left_alone(self, onset: Transition, reason: str) -> None:
        """Whoever asked by hand was told; nothing waits, and no recording of an alarm lasts longer for it."""
        item = self.table.ledger.picture(onset.gateway, self.clock.now()).gateway
        holder = self.model.open.get(onset.gateway)
        if onset.alarm in item.in_alarm and not (holder and holder.opened_by):
            self._wrong(f"what was asked by hand stayed, though it was refused: {reason}")

    def failed(self, execution: Execution, problem: Fault) -> None:
        """Though nobody disturbed it; AWS may refuse, and what was closed meanwhile cannot begin again."""
        ended = recording_id(execution.arn, execution.started) in self.model.known
        may = execution.step == "open" and (ended or isinstance(problem, FlowLogsRefused))
        if not may:
            self._wrong(f"{execution.step} failed by itself: {problem}")

    def stored(self, recording: Recording, *, calm: bool) -> None:
        """Its token was stored, and right before that the table knew of no alarm in ALARM, or did."""
        if calm:
            self._wrong(f"{recording.id} waits, and every alarm has recovered")

    def woken(self, execution: Execution) -> None:
        """Only while its recording is open: one that was closed has nothing to wait for."""
        recording = execution.opened()
        held = self.model.open.get(recording.gateway)
        lasting = self.model.lasting.get(recording.gateway)
        if held and held.id == recording.id and lasting:
            self._wrong(f"{recording.id} was woken, and these last: {lasting}")

    def closed(self, recording: Recording, spoke: FakeSpoke, *, alone: bool) -> None:
        """Whoever else closed it, there is one story; only an undisturbed close is sure of the failsafe."""
        if recording.state == "open" or spoke.flow_logs.get(recording.id):
            self._wrong(f"{recording.id} was closed, and is {recording.state} with flow logs on")
        if alone and recording.id in spoke.failsafes:
            self._wrong(f"{recording.id} was closed, and its failsafe is armed")
        kept = self.table.recordings.find(recording.id)
        if kept is None or (kept.reason, kept.closed_at) != (recording.reason, recording.closed_at):
            self._wrong(f"{recording.id} was closed as {recording.reason}, and is kept as {kept}")

    def _wrong(self, what: str) -> None:
        self.model.wrong.append(what)
