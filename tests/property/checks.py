"""What must hold of leases, usage and flow logs, whatever happens."""

import itertools
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from hypothesis.stateful import RuleBasedStateMachine, invariant

from hub.domain.gateways import GatewayRef
from hub.domain.quotas import counters
from tests import factories
from tests.contract.tables import HubTable
from tests.property.life import PLACES, Life
from tests.property.steps import Execution

if TYPE_CHECKING:
    from hub.domain.alarms import Transition

ALARMS = (factories.ALARM, factories.OTHER_ALARM)
# A sweep is sure of what is older than this.
SURE = timedelta(seconds=45)


class Checked(RuleBasedStateMachine):
    """Everything over one table, looked at after every step and once more when all is over.

    Attributes:
        pending: News on its way.
        arrived: News that was told.
        quiet_since: When anything of each gateway last changed, or was last told.

    """

    def __init__(self, table: Callable[[], HubTable]) -> None:
        super().__init__()
        self.life = Life(table())
        self.pending: list[Transition] = []
        self.arrived: list[Transition] = []
        self.quiet_since: dict[GatewayRef, datetime] = {}
        self._ended: set[str] = set()

    @invariant()
    def every_answer_was_right(self) -> None:
        assert self.life.model.wrong == []

    @invariant()
    def usage_is_what_was_kept_and_is_open(self) -> None:
        for place in PLACES:
            self.usage_is_right(place, self.life.clock.now())

    def usage_is_right(self, place: GatewayRef, at: datetime) -> None:
        """Every counter that a recording of this gateway touches, in the periods of that time."""
        usage = self.life.table.ledger.picture(place, at).usage
        for key in counters(place, at):
            assert usage.get(key, 0) == self.life.model.used(key.scope, key.measure, place, at), key

    @invariant()
    def a_gateway_has_one_lease_and_its_recording_is_open(self) -> None:
        held = {lease.gateway: lease.recording for lease in self.life.table.ledger.leases()}
        assert held == {place: recording.id for place, recording in self.life.model.open.items()}
        for identity in self.life.model.known.keys() - self._ended:
            kept = self.life.table.recordings.find(identity)
            assert kept is not None
            assert (kept.state == "open") == (identity in held.values())
            if kept.state != "open":
                self._ended.add(identity)  # looked at once more when all is over

    @invariant()
    def what_waits_is_recording(self) -> None:
        for execution in self.running():
            recording = execution.recording
            if execution.step not in {"store", "wait"} or recording is None:
                continue
            if recording.id in self.held() and self.life.clock.now() < recording.expires_at:
                assert set(recording.flow_logs) <= self.life.on(), recording

    def teardown(self) -> None:
        """Seven hours later the sweep has ended everything, though not one execution goes on by itself."""
        self._all_is_over()
        for _ in range(40):
            self.life.turn(1)
            for execution in self.running():
                self.life.advance(execution)
        self._all_is_over()
        self._ended.clear()
        self.a_gateway_has_one_lease_and_its_recording_is_open()
        self.every_answer_was_right()
        days = {each.opened_at.date(): each.opened_at for each in self.life.model.known.values()}
        for place, day in itertools.product(PLACES, days.values()):
            self.usage_is_right(place, day)

    def _all_is_over(self) -> None:
        self.life.turn(7 * 60)
        assert self.life.sweep("full") == ()
        assert list(self.life.table.ledger.leases()) == []
        assert self.life.on() == set()

    def nobody_is_forgotten(self) -> None:
        """After a full sweep every flow log has an open recording, and nobody waits for a calm alarm."""
        opened = self.held()
        running = self.life.executions.running()
        assert {recording.execution for recording in self.life.model.open.values()} <= running
        for place in PLACES:
            logs = self.life.spoke(place).flow_logs
            assert {recording for recording, on in logs.items() if on} <= opened
        sure = self.life.clock.now() - SURE
        for execution in self.running():
            recording = execution.recording
            if execution.step != "wait" or recording is None or recording.id not in opened:
                continue
            place = recording.gateway
            calm = not recording.opened_by and not any(
                place.gateway in self.firing(place, alarm) for alarm in ALARMS
            )
            settled = self.quiet_since[place] < sure and (execution.waits_since or sure) < sure
            assert execution.woken or not (calm and settled), execution

    # ---- Who ----

    def held(self) -> set[str]:
        return {recording.id for recording in self.life.model.open.values()}

    def firing(self, place: GatewayRef, alarm: str) -> dict[str, datetime]:
        return self.life.spoke(place).in_alarm.setdefault(alarm, {})

    def running(self) -> list[Execution]:
        return [each for each in self.life.executions.all if each.runs]

    def acting(self) -> list[Execution]:
        """Those whose next step calls something."""
        return [each for each in self.running() if each.step not in {"wait", "deliver"}]
