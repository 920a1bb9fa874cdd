"""Alarms against what the table believes: lost recoveries are noted, missed onsets are found."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hub.domain.alarms import Transition, is_custom, tier_of
from hub.domain.errors import UnknownGateway, UnsupportedGateway
from hub.domain.gateways import GatewayRef
from hub.domain.reconciling import Firing, InAlarm, Watched, is_missed, questioned, recovered, recovery
from hub.ports import Executions, Ledger
from hub.usecases.close_recording import CloseRecording
from hub.usecases.note_recovery import NoteRecovery
from hub.usecases.visit import Tended, Visit


@dataclass(frozen=True)
class TendAlarms:
    """Ask CloudWatch, once per alarm in question."""

    ledger: Ledger
    executions: Executions
    note_recovery: NoteRecovery
    close: CloseRecording
    namespace: str

    def __call__(self, visit: Visit, tended: Mapping[str, Tended]) -> list[Transition]:
        """Note every lost recovery; the answer is every onset that has had no answer, as far as is known."""
        listed = self._ask(visit)
        for watched in visit.watched:
            with visit.part(watched.gateway, watched.item.recording):
                self._recover(visit, watched, tended.get(watched.item.recording or ""), listed)
        return list(self._missed(visit, listed))

    def _ask(self, visit: Visit) -> dict[str, InAlarm]:
        """Who is in ALARM, by alarm; one that could not be asked is missing."""
        asked = {alarm for each in visit.watched for alarm in questioned(each.item, visit.now)}
        custom = {alarm for alarm in asked if not self._is_fleet(alarm)}
        listed: dict[str, InAlarm] = {}
        if visit.run.kind == "full" or custom:
            with visit.part():
                firing = visit.spoke.firing()
                listed = dict.fromkeys(custom, InAlarm()) | {
                    each.alarm: _named(each) for each in firing if is_custom(each.alarm, self.namespace)
                }
                if visit.run.kind == "full":
                    asked |= {each.alarm for each in firing}
        for alarm in sorted(filter(self._is_fleet, asked)):
            with visit.part():
                listed[alarm] = visit.spoke.contributors(alarm)
        return listed

    def _is_fleet(self, alarm: str) -> bool:
        return tier_of(alarm, self.namespace) is not None

    def _recover(
        self, visit: Visit, watched: Watched, tended: Tended | None, listed: Mapping[str, InAlarm]
    ) -> None:
        over = [
            alarm
            for alarm in sorted(questioned(watched.item, visit.now))
            if alarm in listed and recovered(watched.gateway.gateway, listed[alarm])
        ]
        if not over:
            return
        gone = tended is not None and self._is_gone(visit, watched.gateway)
        if tended and gone:
            self._end(visit, tended)
        for alarm in over:
            self.note_recovery(recovery(watched, alarm, visit.now))
            if not gone:
                visit.note("recovered", watched.gateway, watched.item.recording)

    @staticmethod
    def _is_gone(visit: Visit, gateway: GatewayRef) -> bool:
        try:
            visit.spoke.describe_gateway(gateway.gateway)
        except UnknownGateway:
            return True
        except UnsupportedGateway:
            return False
        return False

    def _end(self, visit: Visit, tended: Tended) -> None:
        """Its execution is woken by hand: with the lease, the token is gone from the table."""
        token = self.ledger.picture(tended.watched.gateway, visit.now).gateway.task_token
        self.close(tended.recording, "gateway_gone")
        visit.note("gone", tended.watched.gateway, tended.recording.id)
        if token:
            self.executions.wake(token)

    def _missed(self, visit: Visit, listed: Mapping[str, InAlarm]) -> Iterator[Transition]:
        """Quick: of watched gateways. Full: of all."""
        known = {each.gateway: each.item for each in visit.watched}
        for alarm, in_alarm in sorted(listed.items()):
            for gateway, since in sorted(in_alarm.since.items()):
                place = GatewayRef(visit.target.account, visit.target.region, gateway)
                onset = Transition(place, alarm, "ALARM", since, told_at=visit.now)
                item = known.get(place)
                if is_missed(onset, item, visit.now) if item else visit.run.kind == "full":
                    yield onset


def _named(firing: Firing) -> InAlarm:
    """An event of such an alarm stands for the first gateway that its metrics name."""
    return InAlarm(dict.fromkeys(firing.gateways[:1], firing.since))
