"""An onset arrives: record the gateway, or say why not."""

from dataclasses import dataclass, replace
from datetime import datetime

from hub.domain.admission import refuse_by_rule, refuse_early
from hub.domain.alarms import Transition
from hub.domain.errors import SpokeUnreachable, UnknownGateway, UnsupportedGateway
from hub.domain.flow_logs import FlowLogRequest
from hub.domain.gateways import Gateway
from hub.domain.quotas import limits
from hub.domain.recordings import Recording, opened, recording_id
from hub.domain.refusals import Refusal
from hub.domain.terms import Terms
from hub.ports import Clock, Ledger, Recordings, Spoke, Spokes


@dataclass(frozen=True)
class OpenRecording:
    """Admit an onset and switch the gateway's flow logs on, in at most five calls of AWS until they are."""

    ledger: Ledger
    recordings: Recordings
    spokes: Spokes
    clock: Clock
    namespace: str

    def __call__(self, onset: Transition, execution: str, started: datetime) -> Recording | Refusal:
        """Open the recording of this execution; called again, it goes on where it stopped.

        Args:
            onset: The transition into ALARM.
            execution: ARN of the execution that will hold the lease.
            started: When that execution started.

        Raises:
            Transient: Try again.
            FlowLogsRefused: Admitted, but AWS refused every flow log; close it.

        """
        now = self.clock.now()
        identity = recording_id(execution, started)
        picture = self.ledger.picture(onset.gateway, now)
        if picture.gateway.execution == execution:
            return self._resume(identity)
        outside = picture.rules.refusal(onset.gateway)
        if outside:
            return outside
        terms = picture.rules.terms(onset.gateway, {})
        refused = refuse_by_rule(onset, terms, self.namespace) or refuse_early(
            onset, terms, picture.gateway, picture.usage, now
        )
        if refused:
            return self._refuse(refused, onset, picture.gateway.recording)
        found = self._visit(onset)
        if isinstance(found, Refusal):
            return found
        spoke, gateway = found
        terms = picture.rules.terms(onset.gateway, gateway.tags)
        return self._admit(spoke, gateway, onset, terms, (identity, execution))

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

    def _admit(
        self, spoke: Spoke, gateway: Gateway, onset: Transition, terms: Terms, holder: tuple[str, str]
    ) -> Recording | Refusal:
        by_tag = refuse_by_rule(onset, terms, self.namespace)
        if by_tag:
            return by_tag
        now = self.clock.now()
        recording = opened(
            recording=holder[0],
            execution=holder[1],
            gateway=gateway,
            alarm=onset.alarm,
            onset_at=onset.at,
            terms=terms,
            now=now,
        )
        refused = self.ledger.admit(recording, onset, limits(onset.gateway, terms, now))
        if refused:
            return self._refuse(refused, onset, None)
        return self._start(spoke, gateway, recording)

    def _resume(self, identity: str) -> Recording:
        recording = self.recordings.find(identity)
        if recording is None:
            raise LookupError(f"the lease names {identity}, and the history does not")
        place = recording.gateway
        spoke = self.spokes.at(place.account, place.region)
        return self._start(spoke, spoke.describe_gateway(place.gateway), recording)

    def _start(self, spoke: Spoke, gateway: Gateway, recording: Recording) -> Recording:
        created = spoke.create_flow_logs(FlowLogRequest(recording.id, gateway, recording.expires_at))
        started = replace(recording, flow_logs=created.flow_logs, not_recorded=created.refused)
        spoke.arm_failsafe(recording.id, created.flow_logs, recording.expires_at)
        self.recordings.save_started(started)
        return started

    def _refuse(self, refused: Refusal, onset: Transition, holder: str | None) -> Refusal:
        """A second alarm joins the recording that is open: it ends when all its alarms have recovered.

        Two alarms often fire at once: then only the transaction tells, and the table must say who was first.
        """
        if refused.reason == "already_recording":
            holder = holder or self.ledger.picture(onset.gateway, self.clock.now()).gateway.recording
            if holder:
                self.ledger.join(holder, onset)
        return refused
