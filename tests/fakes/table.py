"""The ledger and the history in memory, one lock around each operation as DynamoDB has around each write."""

import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from hub.domain.admission import GatewayItem, refuse_by_state
from hub.domain.alarms import Transition
from hub.domain.by_hand import MANUAL
from hub.domain.errors import RecordingFault, Transient
from hub.domain.gateways import GatewayRef
from hub.domain.quotas import CounterKey, Limit, counters, first_exhausted, refusal
from hub.domain.reconciling import FAILED_PAUSE, LINGER, Watched
from hub.domain.recordings import Recording
from hub.domain.refusals import Refusal
from hub.domain.refused import RefusedOnset
from hub.domain.spikes import Spike
from hub.domain.suspects import Suspicion
from hub.domain.targets import Target
from hub.ports import Lease, Picture, Rules, Wake
from tests.fakes.rules import FixedRules


@dataclass
class Table:
    """What the hub's table holds; one for the ledger and the history together."""

    gateways: dict[GatewayRef, GatewayItem] = field(default_factory=dict)
    recordings: dict[str, Recording] = field(default_factory=dict)
    refusals: dict[str, tuple[RefusedOnset, int]] = field(default_factory=dict)
    usage: Counter[CounterKey] = field(default_factory=Counter)
    outages: dict[Target, datetime] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def gateway(self, place: GatewayRef) -> GatewayItem:
        return self.gateways.get(place, GatewayItem())

    def store_token(self, place: GatewayRef, recording: str, token: str) -> bool:
        """What AwaitRecovery writes; False when its condition does not hold."""
        with self.lock:
            item = self.gateway(place)
            if item.recording != recording or not item.in_alarm or item.stopping:
                return False
            self.gateways[place] = replace(item, task_token=token)
            return True


@dataclass
class InMemoryLedger:
    """Leases, usage and alarm states."""

    table: Table = field(default_factory=Table)
    policy: Rules = field(default_factory=FixedRules)
    journal: list[str] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)
    unreadable: bool = False

    def rules(self, now: datetime, *, latest: bool = False) -> Rules:  # noqa: ARG002 - the port's shape
        if self.unreadable and latest:
            raise Transient("reading the hub's table: throttled")
        return self.policy

    def picture(self, gateway: GatewayRef, now: datetime) -> Picture:
        with self.table.lock:
            self._note("picture")
            usage = {key: self.table.usage[key] for key in counters(gateway, now)}
            return Picture(self.policy, self.table.gateway(gateway), usage)

    def usage(self, keys: Iterable[CounterKey]) -> dict[CounterKey, int]:
        with self.table.lock:
            return {key: self.table.usage[key] for key in keys}

    def admit(self, recording: Recording, onset: Transition, wanted: tuple[Limit, ...]) -> Refusal | None:
        with self.table.lock:
            self._note("admit")
            item = self.table.gateway(onset.gateway)
            if item.execution == recording.execution:
                return None
            by_state = refuse_by_state(onset, item, recording.opened_at)
            if by_state:
                return by_state
            if recording.id in self.table.recordings:
                raise RecordingFault(f"the history has {recording.id} already")
            exhausted = first_exhausted(wanted, self.table.usage)
            if exhausted:
                return refusal(exhausted)
            self._grant(recording, onset, item)
            self.table.recordings[recording.id] = recording
            self.table.usage.update(limit.counter for limit in wanted if limit.charged_at_open)
            return None

    def _grant(self, recording: Recording, onset: Transition, item: GatewayItem) -> None:
        self.table.gateways[onset.gateway] = replace(
            _alarmed(item, onset),
            recording=recording.id,
            execution=recording.execution,
            expires_at=recording.expires_at,
            watched_until=recording.expires_at,
            task_token=None,
            stopping=None,
        )

    def join(self, recording: str, onset: Transition) -> None:
        with self.table.lock:
            self._note("join")
            item = self.table.gateway(onset.gateway)
            if item.recording != recording or not _is_news(item, onset):
                return
            self.table.gateways[onset.gateway] = _alarmed(item, onset)
            joined = self.table.recordings[recording]
            alarms = tuple(dict.fromkeys((*joined.alarms, onset.alarm)))
            self.table.recordings[recording] = replace(joined, alarms=alarms)

    def note_recovery(self, recovery: Transition) -> Wake:
        with self.table.lock:
            self._note("note_recovery")
            item = self.table.gateway(recovery.gateway)
            if _is_news(item, recovery):
                transitions = {**item.transitions, recovery.alarm: recovery.at}
                item = replace(item, in_alarm=item.in_alarm - {recovery.alarm}, transitions=transitions)
                self.table.gateways[recovery.gateway] = item
            return Wake(item.recording, item.in_alarm, item.task_token)

    def stop(self, recording: Recording) -> str | None:
        with self.table.lock:
            self._note("stop")
            item = self.table.gateway(recording.gateway)
            if item.recording != recording.id:
                return None
            self.table.gateways[recording.gateway] = replace(item, stopping=recording.id)
            return item.task_token

    def release(self, recording: Recording) -> bool:
        with self.table.lock:
            self._note("release")
            item = self.table.gateway(recording.gateway)
            kept = self.table.recordings.get(recording.id)
            if item.recording != recording.id or kept is None or kept.state != "open":
                return False
            closed_at = recording.closed_at or recording.opened_at
            freed = replace(
                item,
                recording=None,
                execution=None,
                expires_at=None,
                task_token=None,
                stopping=None,
                in_alarm=item.in_alarm - {MANUAL},
                watched_until=closed_at + LINGER,
            )
            self.table.gateways[recording.gateway] = (
                replace(freed, cooling_until=closed_at + recording.cooldown, recorded_until=closed_at)
                if recording.has_recorded
                else replace(freed, rests_until=closed_at + FAILED_PAUSE)
            )
            self.table.recordings[recording.id] = _ended(kept, recording)
            self._settle(recording)
            return True

    def _settle(self, recording: Recording) -> None:
        for key in counters(recording.gateway, recording.opened_at):
            opened = key.measure.startswith("opened") and not recording.has_recorded
            if key.measure == "active" or opened:
                self.table.usage[key] -= 1

    def leases(self) -> Iterator[Lease]:
        with self.table.lock:
            self._note("leases")
            held = [(place, item) for place, item in self.table.gateways.items() if item.recording]
        for place, item in held:
            if item.recording and item.execution and item.expires_at:
                yield Lease(place, item.recording, item.execution, item.expires_at, item.task_token)

    def _note(self, operation: str) -> None:
        self.journal.append(operation)
        if self.faults:
            raise self.faults.pop(0)


@dataclass
class InMemoryWatch:
    """What the sweep must visit."""

    table: Table = field(default_factory=Table)

    def gateways(self) -> list[Watched]:
        with self.table.lock:
            items = sorted(self.table.gateways.items(), key=lambda each: str(each[0]))
            return [Watched(place, item) for place, item in items if item.watched_until]

    def wait(self, onset: Transition, now: datetime) -> None:
        with self.table.lock:
            item = self.table.gateway(onset.gateway)
            known = item.transitions.get(onset.alarm)
            again = known == onset.at and onset.alarm in item.in_alarm
            if item.recording is None and (known is None or known < onset.at or again):
                self.table.gateways[onset.gateway] = replace(
                    _alarmed(item, onset), watched_until=now + LINGER
                )

    def decline(self, onset: Transition, now: datetime) -> None:
        with self.table.lock:
            item = self.table.gateway(onset.gateway)
            if item.recording is None:
                self.table.gateways[onset.gateway] = replace(
                    item,
                    in_alarm=item.in_alarm - {onset.alarm},
                    declined={**item.declined, onset.alarm: now},
                )

    def drop(self, watched: Watched) -> None:
        with self.table.lock:
            item = self.table.gateway(watched.gateway)
            if item.recording is None and item.watched_until == watched.item.watched_until:
                self.table.gateways[watched.gateway] = replace(item, watched_until=None)

    def outages(self) -> dict[Target, datetime]:
        return dict(self.table.outages)

    def begin_outage(self, target: Target, now: datetime) -> bool:
        with self.table.lock:
            news = target not in self.table.outages
            self.table.outages.setdefault(target, now)
            return news

    def end_outage(self, target: Target) -> None:
        self.table.outages.pop(target, None)


@dataclass
class InMemoryRecordings:
    """The history."""

    table: Table = field(default_factory=Table)
    journal: list[str] = field(default_factory=list)

    def find(self, recording: str) -> Recording | None:
        return self.table.recordings.get(recording)

    def note_refusal(self, refused: RefusedOnset) -> None:
        with self.table.lock:
            _, times = self.table.refusals.get(refused.id, (refused, 0))
            self.table.refusals[refused.id] = (refused, times + 1)

    def save_started(self, recording: Recording) -> None:
        with self.table.lock:
            self.journal.append("save_started")
            kept = self.table.recordings.get(recording.id)
            if kept and kept.state == "open":
                started = replace(
                    kept,
                    flow_logs=recording.flow_logs,
                    flow_logs_at=recording.flow_logs_at or kept.flow_logs_at,
                    not_recorded=recording.not_recorded,
                )
                self.table.recordings[recording.id] = started

    def save_suspicion(self, recording: str, suspicion: Suspicion) -> None:
        with self.table.lock:
            self.journal.append("save_suspicion")
            self.table.recordings[recording] = replace(self.table.recordings[recording], suspicion=suspicion)

    def save_spike(self, recording: str, spike: Spike) -> None:
        with self.table.lock:
            self.table.recordings[recording] = replace(self.table.recordings[recording], spike=spike)

    def save_undelivered(self, recording: str, error: str) -> bool:
        with self.table.lock:
            kept = self.table.recordings.get(recording)
            if kept is None or kept.state != "open" or kept.delivery_error is not None:
                return False
            self.table.recordings[recording] = replace(kept, delivery_error=error)
            return True

    def save_stopped(self, recording: str, by: str) -> Recording | None:
        with self.table.lock:
            kept = self.table.recordings.get(recording)
            if kept is None or kept.state != "open":
                return None
            self.table.recordings[recording] = replace(kept, stopped_by=kept.stopped_by or by)
            return self.table.recordings[recording]

    def save_unadmitted(self, recording: Recording) -> None:
        self.table.recordings.setdefault(recording.id, recording)

    def save_delivery(self, recording: Recording) -> None:
        with self.table.lock:
            kept = self.table.recordings.get(recording.id)
            if kept is None:
                raise Transient(f"{recording.id} is not there")
            owed = (recording.delivered_bytes or 0) - (kept.delivered_bytes or 0)
            for key in counters(recording.gateway, recording.opened_at):
                if key.measure.startswith("delivered"):
                    self.table.usage[key] += owed
            if recording.captured_nothing and kept.delivered_bytes is None:
                for key in counters(recording.gateway, recording.opened_at):
                    if key.measure.startswith("opened"):
                        self.table.usage[key] -= 1
            self.table.recordings[recording.id] = replace(
                kept,
                delivered_bytes=recording.delivered_bytes,
                delivered_objects=recording.delivered_objects,
                report=recording.report,
                summary=recording.summary,
            )


def _is_news(item: GatewayItem, told: Transition) -> bool:
    known = item.transitions.get(told.alarm)
    return known is None or known < told.at or (known == told.at and told.is_recovery)


def _alarmed(item: GatewayItem, onset: Transition) -> GatewayItem:
    return replace(
        item,
        in_alarm=item.in_alarm | {onset.alarm},
        transitions={**item.transitions, onset.alarm: onset.at},
    )


def _ended(kept: Recording, ended: Recording) -> Recording:
    return replace(
        kept,
        state=ended.state,
        reason=ended.reason,
        ending=ended.ending,
        closed_at=ended.closed_at,
        recovered_at=ended.recovered_at,
        flow_logs=ended.flow_logs,
        delivery_error=ended.delivery_error,
    )
