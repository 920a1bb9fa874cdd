"""What may happen to the hub, in any order."""

from collections.abc import Callable
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from hub.domain.alarms import AlarmState, Transition
from hub.domain.gateways import GatewayRef
from hub.domain.sweeping import Kind
from tests import factories
from tests.property.checks import ALARMS, Checked
from tests.property.life import PLACES, TRIES
from tests.property.steps import OF_THE_SWEEP, OPERATIONS, Execution, KilledError, When

places, alarms, index = st.sampled_from(PLACES), st.sampled_from(ALARMS), st.integers(0, 2**16)
whens, few = st.sampled_from(("before", "after")), st.sampled_from((0, 0, 1, 2, 3))


class LifeCycle(Checked):
    """Alarms come and go, news arrives in any order, steps are taken, repeated, killed and overtaken."""

    # ---- Alarms, and the news of them ----

    @initialize(first=st.lists(st.tuples(places, alarms), max_size=3, unique=True), steps=st.integers(0, 3))
    def it_begins(self, first: list[tuple[GatewayRef, str]], steps: int) -> None:
        for place, alarm in first:
            self.an_alarm_changes(place, alarm, at_once=True)
        self.everybody_goes_on(steps)

    @rule(place=places, alarm=alarms, at_once=st.booleans(), silent=st.booleans())
    def an_alarm_changes(self, place: GatewayRef, alarm: str, *, at_once: bool, silent: bool = False) -> None:
        """A silent one has no data any more; news not told at once may come in any order, or never."""
        firing = self.firing(place, alarm)
        now = self.life.clock.turn(seconds=1)  # no two transitions of one alarm have the same time
        if firing.pop(place.gateway, None):
            self._news(place, alarm, "INSUFFICIENT_DATA" if silent else "OK", at_once=at_once)
        else:
            firing[place.gateway] = now
            self._news(place, alarm, "ALARM", at_once=at_once)

    @rule(place=places, alarm=alarms, steps=st.integers(1, 4))
    def an_alarm_changes_and_everybody_goes_on(self, place: GatewayRef, alarm: str, steps: int) -> None:
        self.an_alarm_changes(place, alarm, at_once=True)
        self.everybody_goes_on(steps)

    @precondition(lambda self: self.pending)
    @rule(which=index)
    def news_arrives_in_any_order(self, which: int) -> None:
        event = self.pending.pop(which % len(self.pending))
        self.arrived.append(event)
        self._tell(event)

    @precondition(lambda self: self.pending)
    @rule(which=index, operation=index, when=whens)
    def news_arrives_and_is_killed(self, which: int, operation: int, when: When) -> None:
        self._set(("note_recovery", "wake"), operation, when, None)
        self.news_arrives_in_any_order(which)
        self.life.trap.operation = None

    @precondition(lambda self: self.arrived)
    @rule(which=index)
    def news_arrives_again(self, which: int) -> None:
        self._tell(self.arrived[which % len(self.arrived)])

    @precondition(lambda self: self.pending)
    @rule(which=index)
    def news_is_lost(self, which: int) -> None:
        self.pending.pop(which % len(self.pending))

    # ---- Executions ----

    @rule(steps=st.integers(1, 4))
    def everybody_goes_on(self, steps: int) -> None:
        for execution in self.running():
            for _ in range(steps):
                self.life.advance(execution)

    @precondition(lambda self: self.running())
    @rule(which=index, steps=st.integers(1, 4))
    def an_execution_goes_on(self, which: int, steps: int) -> None:
        execution = self._chosen(which)
        for _ in range(steps):
            self.life.advance(execution)

    @precondition(lambda self: self.acting())
    @rule(which=index, operation=index, when=whens, times=st.sampled_from((1, TRIES)))
    def a_step_is_killed(self, which: int, operation: int, when: When, times: int) -> None:
        """Once, or until the state machine gives it up."""
        execution = self.acting()[which % len(self.acting())]
        for _ in range(times):
            self._set(OPERATIONS.get(execution.step, ()), operation, when, None)
            self.life.advance(execution)
        self.life.trap.operation = None

    @precondition(lambda self: self.acting())
    @rule(which=index, other=index, operation=index, when=whens)
    def a_step_is_overtaken(self, which: int, other: int, operation: int, when: When) -> None:
        """By the sweep, by another execution, by news, or by being stopped and swept while it runs on."""
        execution = self.acting()[which % len(self.acting())]

        def meanwhile() -> None:
            faster = self.acting()[other // 4 % len(self.acting())]
            execution.stopped |= other % 4 == 0
            if other % 4 <= 1:
                self.life.sweep("full")
            elif other % 4 == 2 and faster is not execution:
                self.life.advance(faster)
            elif self.pending:
                self._tell(self.pending.pop(other % len(self.pending)))

        self._set(OPERATIONS.get(execution.step, ()), operation, when, meanwhile)
        self.life.advance(execution)
        self.life.trap.operation = None

    @rule(alarm=alarms, which=index)
    def all_open_at_once(self, alarm: str, which: int) -> None:
        """All but one go on, and all news is told, right before the admission of that one."""
        for place in PLACES:
            if place.gateway not in self.firing(place, alarm):
                self.an_alarm_changes(place, alarm, at_once=True)
        opening = [each for each in self.running() if each.step == "open"]
        if not opening:
            return
        late = opening.pop(which % len(opening))

        def meanwhile() -> None:
            for execution in opening:
                self.life.advance(execution)
            while self.pending:
                self.news_arrives_in_any_order(which)

        self._set(("admit",), 0, "before", meanwhile)
        self.life.advance(late)
        self.life.trap.operation = None

    @precondition(lambda self: self.running())
    @rule(which=index)
    def somebody_stops_an_execution(self, which: int) -> None:
        self._chosen(which).stopped = True

    @precondition(lambda self: self.life.executions.all)
    @rule(which=index)
    def a_close_is_repeated(self, which: int) -> None:
        """Of whatever execution, also long after: once it was closed, nothing changes."""
        everybody = self.life.executions.all
        execution = everybody[which % len(everybody)]
        recording = execution.recording and self.life.table.recordings.find(execution.recording.id)
        if recording is None or recording.state == "open":
            return
        model = self.life.model
        before = dict(model.open), dict(model.kept)
        again = self.life.hub.close.of_execution(
            execution.onset, execution.arn, execution.started, "failed", "x"
        )
        assert again == recording
        assert (model.open, model.kept) == before

    @precondition(lambda self: self.life.model.delivered)
    @rule(which=index)
    def a_report_is_written_again(self, which: int) -> None:
        """More may have arrived since; what was charged is not charged again."""
        delivered = sorted(self.life.model.delivered)
        self.life.report(delivered[which % len(delivered)])

    # ---- People ----

    @rule(
        place=places,
        over_quota=st.sampled_from((None, "incident 42")),
        minutes=st.sampled_from((None, 2, 999)),
    )
    def somebody_records_by_hand(
        self, place: GatewayRef, *, over_quota: str | None, minutes: int | None
    ) -> None:
        self.quiet_since[place] = now = self.life.clock.turn(seconds=1)
        duration = None if minutes is None else timedelta(minutes=minutes)
        self.life.executions.begin(factories.by_hand(place, at=now, duration=duration, over_quota=over_quota))

    @precondition(lambda self: self.life.model.known)
    @rule(which=index, operation=index, when=whens, killed=st.booleans())
    def somebody_stops_a_recording(self, which: int, operation: int, when: When, *, killed: bool) -> None:
        """Also one that has ended long ago; whoever sees it fail asks again."""
        known = sorted(self.life.model.known)
        identity = known[which % len(known)]
        if killed:
            self._set(("save_stopped", "stop", "wake"), operation, when, None)
        try:
            self.life.hub.stop(identity, factories.CALLER)
        except KilledError:
            self.life.hub.stop(identity, factories.CALLER)
        self.life.trap.operation = None
        self.nobody_waits_for(identity)

    # ---- Everything else ----

    @rule(minutes=st.sampled_from((1, 2, 3, 5, 6, 13, 16, 26, 1100)))
    def time_passes(self, minutes: int) -> None:
        self.life.turn(minutes)

    @rule(
        day=few,
        active=few,
        account=few,
        total=few,
        enabled=st.sampled_from((True, True, True, False)),
        beyond=st.booleans(),
    )
    def the_policy_changes(
        self, day: int, active: int, account: int, total: int, *, enabled: bool, beyond: bool
    ) -> None:
        """To limits that leave a little room beyond what was opened, or that may have been passed already."""
        used = self.life.opened_today() if beyond else 0
        self.life.limit(
            enabled=enabled,
            gateway=factories.allowance(day=day and day + used, month=day and day * 2 + used),
            account=factories.allowance(active=account, day=total and total + used),
            organization=factories.allowance(
                active=active, day=total and total + used, delivered_day=900 * day * (1 + used)
            ),
        )

    @rule(which=index, size=st.sampled_from((0, 700)))
    def records_arrive(self, which: int, size: int) -> None:
        on = sorted(self.life.on())
        if on:
            self.life.archive.deliver(on[which % len(on)], size, self.life.clock.now())

    @rule(place=places)
    def flow_logs_are_refused(self, place: GatewayRef) -> None:
        """Until it is told again."""
        self.life.refuse(place)

    @rule(place=places)
    def a_delivery_fails(self, place: GatewayRef) -> None:
        spoke = self.life.spoke(place)
        spoke.errors |= dict.fromkeys(spoke.on(), "Access error")

    @rule(operation=index, when=whens)
    def a_sweep_is_killed(self, operation: int, when: When) -> None:
        self._set(OF_THE_SWEEP, operation, when, None)
        self.life.sweep("full")
        self.life.trap.operation = None

    @precondition(lambda self: self.acting())
    @rule(operation=index)
    def a_sweep_is_overtaken(self, operation: int) -> None:
        """By everybody."""
        self._set(OF_THE_SWEEP, operation, "before", lambda: self.everybody_goes_on(1))
        self.life.sweep("full")
        self.life.trap.operation = None

    @rule(kind=st.sampled_from(("quick", "full")))
    def the_sweep_runs(self, kind: Kind) -> None:
        assert self.life.sweep(kind) == ()
        if kind == "full":
            self.nobody_is_forgotten()

    # ---- Helpers ----

    def nobody_waits_for(self, identity: str) -> None:
        """What was stopped is woken, or will see that it was when it would wait.

        What a sweep has closed is stopped no more: its execution wakes by its own time limit.
        """
        for execution in self.running():
            recording = execution.recording
            if (
                execution.step == "wait"
                and recording
                and recording.id == identity
                and identity in self.held()
            ):
                assert execution.woken, execution

    def _news(self, place: GatewayRef, alarm: str, state: AlarmState, *, at_once: bool) -> None:
        self.quiet_since[place] = now = self.life.clock.now()
        event = factories.transition(place, alarm=alarm, state=state, at=now)
        if at_once:
            self.arrived.append(event)
            self._tell(event)
        else:
            self.pending.append(event)

    def _tell(self, event: Transition) -> None:
        self.quiet_since[event.gateway] = self.life.clock.now()
        self.life.told(event)

    def _chosen(self, which: int) -> Execution:
        running = self.running() or self.life.executions.all
        return running[which % len(running)]

    def _set(
        self, operations: tuple[str, ...], which: int, when: When, meanwhile: Callable[[], object] | None
    ) -> None:
        trap = self.life.trap
        trap.operation = operations[which % len(operations)] if operations else None
        trap.when, trap.meanwhile = when, meanwhile
