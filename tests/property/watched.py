"""The ledger, its every answer held against the model."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from hub.domain.alarms import Transition
from hub.domain.gateways import GatewayRef
from hub.domain.quotas import CounterKey, Limit
from hub.domain.recordings import Recording
from hub.domain.refusals import Refusal
from hub.ports import Lease, Ledger, Picture, Rules, Wake
from tests.fakes import FixedRules, ManualClock
from tests.property.model import Model


@dataclass(frozen=True)
class WatchedLedger:
    """What it answers changes the model, where the model agrees.

    Attributes:
        running: Which executions run.

    """

    ledger: Ledger
    policy: FixedRules
    model: Model
    clock: ManualClock
    running: Callable[[], frozenset[str]]

    def rules(self, now: datetime, *, latest: bool = False) -> Rules:  # noqa: ARG002 - the port's shape
        return self.policy

    def picture(self, gateway: GatewayRef, now: datetime) -> Picture:
        seen = self.ledger.picture(gateway, now)
        return Picture(self.policy, seen.gateway, seen.usage)

    def usage(self, keys: Iterable[CounterKey]) -> Mapping[CounterKey, int]:
        return self.ledger.usage(keys)

    def admit(self, recording: Recording, onset: Transition, wanted: tuple[Limit, ...]) -> Refusal | None:
        place = recording.gateway
        held = self.model.open.get(place)
        again = held is not None and held.execution == recording.execution
        reasons = set[str]() if again else self._reasons(onset)
        refused = self.ledger.admit(recording, onset, wanted)
        if refused is None and reasons:
            self.model.wrong.append(f"{recording.id} was admitted, against {reasons}")
        if refused and refused.reason not in reasons:
            self.model.wrong.append(f"{recording.id} was refused as {refused.reason}, and not for {reasons}")
        if refused is None and not again:
            waiting = self.model.waiting.get((place, onset.alarm), onset.at)
            self.model.open[place] = recording
            self.model.lasting[place] = {onset.alarm: max(onset.at, waiting)}
            self.model.kept[recording.id] = self.model.known[recording.id] = recording
        return refused

    def _reasons(self, onset: Transition) -> set[str]:
        terms = self.policy.terms(onset.gateway, {})
        reasons = self.model.reasons(onset, terms, self.clock.now())
        return reasons | {"recovered"} if self.model.is_recovered(onset) else reasons

    def join(self, recording: str, onset: Transition) -> None:
        self.ledger.join(recording, onset)
        held = self.model.open.get(onset.gateway)
        if held and held.id == recording and not self.model.is_recovered(onset):
            if held.id in self.model.stopped:
                return
            lasting = self.model.lasting[onset.gateway]
            lasting[onset.alarm] = max(onset.at, lasting.get(onset.alarm, onset.at))

    def note_recovery(self, recovery: Transition) -> Wake:
        key = (recovery.gateway, recovery.alarm)
        self.model.recovered[key] = max(recovery.at, self.model.recovered.get(key, recovery.at))
        lasting = self.model.lasting.get(recovery.gateway, {})
        if lasting.get(recovery.alarm, recovery.at) <= recovery.at:
            lasting.pop(recovery.alarm, None)
        return self.ledger.note_recovery(recovery)

    def stop(self, recording: Recording) -> str | None:
        held = self.model.open.get(recording.gateway)
        if held and held.id == recording.id:
            self.model.lasting.pop(recording.gateway, None)
            self.model.stopped.add(recording.id)
        return self.ledger.stop(recording)

    def release(self, recording: Recording) -> bool:
        held = self.model.open.get(recording.gateway)
        mine = held is not None and held.id == recording.id
        released = self.ledger.release(recording)
        if released != mine:
            self.model.wrong.append(f"the release of {recording.id} answered {released}, not {mine}")
        if released:
            self._released(recording)
        return released

    def _released(self, recording: Recording) -> None:
        lost = "its execution ended" in (recording.reason or "")
        if lost and recording.execution in self.running() and self.clock.now() < recording.expires_at:
            self.model.wrong.append(f"{recording.id} was ended as lost, and its execution runs")
        self.model.open.pop(recording.gateway, None)
        self.model.lasting.pop(recording.gateway, None)
        if recording.has_recorded:
            closed_at = recording.closed_at or recording.opened_at
            self.model.cooling[recording.gateway] = closed_at + recording.cooldown
        else:
            self.model.kept.pop(recording.id, None)

    def leases(self) -> Iterable[Lease]:
        return self.ledger.leases()
