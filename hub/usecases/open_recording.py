"""An onset arrives: record the gateway, or say why not."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from hub.domain.admission import newest
from hub.domain.alarms import Transition
from hub.domain.errors import EventRejected, SpokeUnreachable, UnknownGateway, UnsupportedGateway
from hub.domain.flow_logs import FlowLogRequest
from hub.domain.gateways import Gateway, GatewayRef
from hub.domain.offers import successor
from hub.domain.recordings import Recording, opened, recording_id
from hub.domain.refusals import Refusal
from hub.domain.refused import RefusedOnset
from hub.ports import (
    Clock,
    Executions,
    Ledger,
    Organization,
    Picture,
    Recordings,
    Rules,
    Spoke,
    Spokes,
    Watch,
)
from hub.usecases.close_recording import CloseRecording
from hub.usecases.judging import placed, refuse_unvisited, refuse_visited

TellOfQuota = Callable[[Refusal, GatewayRef, Rules], object]


@dataclass(frozen=True)
class OpenRecording:
    """Admit an onset and switch the gateway's flow logs on, in at most five calls of AWS until they are."""

    ledger: Ledger
    recordings: Recordings
    watch: Watch
    spokes: Spokes
    organization: Organization
    executions: Executions
    close: CloseRecording
    clock: Clock
    namespace: str
    tell_quota: TellOfQuota

    def __call__(self, onset: Transition, execution: str, started: datetime) -> Recording | RefusedOnset:
        """Open the recording of this execution; called again, it goes on where it stopped.

        Args:
            onset: The transition into ALARM.
            execution: ARN of the execution that will hold the lease.
            started: When that execution started.

        Raises:
            EventRejected: The onset lies in the future.
            Transient: Try again.
            FlowLogsRefused: Admitted, but AWS refused every flow log; close it.

        """
        now = self.clock.now()
        if onset.lies_ahead(now):
            raise EventRejected(f"the onset of {onset.alarm} lies in the future: {onset.at.isoformat()}")
        if not onset.gateway.is_named:
            nameless = f"the alarm {onset.alarm} names no NAT gateway in any of its metrics"
            return self._kept(RefusedOnset(onset, Refusal("unknown_gateway", nameless), now))
        identity = recording_id(execution, started)
        picture = self._settled(onset, self.ledger.picture(onset.gateway, now), now)
        if picture.gateway.execution == execution:
            return self._resume(identity)
        outcome = self._decide(newest(onset, picture.gateway), picture, identity, execution)
        if isinstance(outcome, Recording):
            return outcome
        if outcome.quota:
            self.tell_quota(outcome, onset.gateway, picture.rules)
        if not onset.by_hand:  # whoever asked by hand is told, and may ask again
            self._join(outcome, onset, picture.gateway.recording)
            self._remember(outcome, newest(onset, picture.gateway))
        return self._kept(RefusedOnset(onset, outcome, now))

    def _kept(self, refused: RefusedOnset) -> RefusedOnset:
        self.recordings.note_refusal(refused)
        return refused

    def _decide(
        self, onset: Transition, picture: Picture, identity: str, execution: str
    ) -> Recording | Refusal:
        place, now = onset.gateway, self.clock.now()
        rules = placed(picture.rules, self.organization, place.account)
        early = refuse_unvisited(rules, onset, picture.gateway, picture.usage, now)
        if early:
            return early
        found = self._visit(onset)
        if isinstance(found, Refusal):
            return found
        spoke, gateway = found
        judged = refuse_visited(rules, onset, gateway, picture.usage, now=now, namespace=self.namespace)
        if isinstance(judged, Refusal):
            return judged
        terms, wanted = judged
        recording = opened(
            recording=identity,
            execution=execution,
            gateway=gateway,
            onset=onset,
            terms=terms,
            now=now,
        )
        return self.ledger.admit(recording, onset, wanted) or self._start(spoke, gateway, recording)

    def _settled(self, onset: Transition, picture: Picture, now: datetime) -> Picture:
        """An expired lease is taken over by closing what it held: its flow logs may still be on."""
        held = picture.gateway
        if held.recording is None or held.expires_at is None or now < held.expires_at:
            return picture
        lost = self.recordings.find(held.recording)
        if lost is None:
            return picture
        succeeding = successor(lost.id)
        self.executions.start(succeeding.name, succeeding.event)
        self.close(lost, "lost", "its lease expired")
        return self.ledger.picture(onset.gateway, now)

    def _visit(self, onset: Transition) -> tuple[Spoke, Gateway] | Refusal:
        place = onset.gateway
        try:
            spoke = self.spokes.at(place.account, place.region)
            return spoke, spoke.describe_gateway(place.gateway)
        except SpokeUnreachable as problem:
            return Refusal("spoke_unreachable", str(problem))
        except UnknownGateway as problem:
            return Refusal("unknown_gateway", str(problem))
        except UnsupportedGateway as problem:
            return Refusal("unsupported_gateway", str(problem))

    def _resume(self, identity: str) -> Recording:
        recording = self.recordings.find(identity)
        if recording is None:
            raise LookupError(f"the lease names {identity}, and the history does not")
        place = recording.gateway
        spoke = self.spokes.at(place.account, place.region)
        return self._start(spoke, spoke.describe_gateway(place.gateway), recording)

    def _start(self, spoke: Spoke, gateway: Gateway, recording: Recording) -> Recording:
        created = spoke.create_flow_logs(FlowLogRequest(recording.id, gateway, recording.expires_at))
        started = replace(
            recording,
            flow_logs=created.flow_logs,
            flow_logs_at=recording.flow_logs_at or self.clock.now(),
            not_recorded=created.refused,
        )
        spoke.arm_failsafe(recording.id, created.flow_logs, recording.expires_at)
        self.recordings.save_started(started)
        return started

    def _join(self, refused: Refusal, onset: Transition, holder: str | None) -> None:
        """A second alarm joins the recording that is open: it ends when all its alarms have recovered.

        Two alarms often fire at once: then only the transaction tells, and the table must say who was first.
        """
        if refused.reason != "already_recording":
            return
        holder = holder or self.ledger.picture(onset.gateway, self.clock.now()).gateway.recording
        if holder:
            self.ledger.join(holder, onset)

    def _remember(self, refused: Refusal, onset: Transition) -> None:
        """What may pass is offered again by the sweep; what the policy refuses for good is not."""
        now = self.clock.now()
        if refused.may_pass:
            self.watch.wait(onset, now)
        elif refused.reason not in {"already_recording", "recovered", "not_a_member"}:
            self.watch.decline(onset, now)
