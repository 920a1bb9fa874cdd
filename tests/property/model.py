"""What must be true of leases and quotas, kept beside the ledger in the simplest way there is."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from hub.domain.alarms import Transition
from hub.domain.gateways import GatewayRef
from hub.domain.quotas import CounterKey, Limit, counters, limits
from hub.domain.recordings import Recording
from hub.domain.refusals import Refusal
from hub.ports import Lease, Ledger, Picture, Rules, Wake
from tests.fakes import FixedRules, ManualClock


@dataclass
class Model:
    """Plain sets and sums.

    Attributes:
        open: The recording that holds each gateway's lease.
        known: Every recording that was ever admitted.
        kept: Those that count as opened.
        delivered: Bytes charged for each recording.
        cooling: Until when each gateway cools down.
        recovered: When each alarm of each gateway was last told to have recovered.
        lasting: The alarms that keep each open recording open, as far as the ledger was told.
        wrong: What was seen that must not be.

    """

    open: dict[GatewayRef, Recording] = field(default_factory=dict)
    known: dict[str, Recording] = field(default_factory=dict)
    kept: dict[str, Recording] = field(default_factory=dict)
    delivered: dict[str, int] = field(default_factory=dict)
    cooling: dict[GatewayRef, datetime] = field(default_factory=dict)
    recovered: dict[tuple[GatewayRef, str], datetime] = field(default_factory=dict)
    lasting: dict[GatewayRef, dict[str, datetime]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def usage(self) -> Counter[CounterKey]:
        """Every counter, counted anew."""
        used = Counter[CounterKey]()
        for recording in self.kept.values():
            used.update(key for key in _counters(recording) if key.measure.startswith("opened"))
        for recording in self.open.values():
            used.update(key for key in _counters(recording) if key.measure == "active")
        for identity, size in self.delivered.items():
            for key in _counters(self.known[identity]):
                if key.measure.startswith("delivered"):
                    used[key] += size
        return used

    def refusals(self, place: GatewayRef, wanted: Iterable[Limit], now: datetime) -> set[str]:
        """Every reason for which an onset must be refused now."""
        if place in self.open:
            return {"already_recording"}
        if place in self.cooling and now < self.cooling[place]:
            return {"cooling_down"}
        used = self.usage()
        return {limit.reason for limit in wanted if 0 < limit.limit <= used[limit.counter]}

    def is_recovered(self, onset: Transition) -> bool:
        """Whether a recovery that is not older has been told."""
        since = self.recovered.get((onset.gateway, onset.alarm))
        return since is not None and since >= onset.at


def _counters(recording: Recording) -> tuple[CounterKey, ...]:
    return counters(recording.gateway, recording.opened_at)


@dataclass(frozen=True)
class WatchedLedger:
    """A ledger whose every answer is held against the model."""

    ledger: Ledger
    policy: FixedRules
    model: Model
    clock: ManualClock

    def rules(self, now: datetime) -> Rules:  # noqa: ARG002 - the port's shape
        return self.policy

    def picture(self, gateway: GatewayRef, now: datetime) -> Picture:
        seen = self.ledger.picture(gateway, now)
        return Picture(self.policy, seen.gateway, seen.usage)

    def admit(self, recording: Recording, onset: Transition, wanted: tuple[Limit, ...]) -> Refusal | None:
        place, now = recording.gateway, self.clock.now()
        held = self.model.open.get(place)
        again = held is not None and held.execution == recording.execution
        reasons = set[str]() if again else self.model.refusals(place, wanted, now)
        refused = self.ledger.admit(recording, onset, wanted)
        if wanted != limits(place, self.policy.terms(place, {}), now):
            self.model.wrong.append(f"{recording.id} asked for limits that are not in force")
        if refused is None and reasons:
            self.model.wrong.append(f"{recording.id} was admitted, against {reasons}")
        if refused and not self._is_right(refused, reasons, onset):
            self.model.wrong.append(f"{recording.id} was refused as {refused.reason}, and not for {reasons}")
        if refused is None and not again:
            self.model.open[place] = recording
            self.model.lasting[place] = {onset.alarm: onset.at}
            self.model.kept[recording.id] = self.model.known[recording.id] = recording
        return refused

    def _is_right(self, refused: Refusal, reasons: set[str], onset: Transition) -> bool:
        return refused.reason in reasons or (refused.reason == "recovered" and self.model.is_recovered(onset))

    def join(self, recording: str, onset: Transition) -> None:
        self.ledger.join(recording, onset)
        held = self.model.open.get(onset.gateway)
        if held and held.id == recording and not self.model.is_recovered(onset):
            self.model.lasting[onset.gateway].setdefault(onset.alarm, onset.at)

    def note_recovery(self, recovery: Transition) -> Wake:
        key = (recovery.gateway, recovery.alarm)
        self.model.recovered[key] = max(recovery.at, self.model.recovered.get(key, recovery.at))
        lasting = self.model.lasting.get(recovery.gateway, {})
        if lasting.get(recovery.alarm, recovery.at) <= recovery.at:
            lasting.pop(recovery.alarm, None)
        return self.ledger.note_recovery(recovery)

    def release(self, recording: Recording) -> bool:
        held = self.model.open.get(recording.gateway)
        mine = held is not None and held.id == recording.id
        released = self.ledger.release(recording)
        if released != mine:
            self.model.wrong.append(f"the release of {recording.id} answered {released}, not {mine}")
        if released:
            self.model.open.pop(recording.gateway, None)
            self.model.lasting.pop(recording.gateway, None)
            if recording.has_recorded:
                closed_at = recording.closed_at or recording.opened_at
                self.model.cooling[recording.gateway] = closed_at + recording.cooldown
            else:
                self.model.kept.pop(recording.id, None)
        return released

    def leases(self) -> Iterable[Lease]:
        return self.ledger.leases()
