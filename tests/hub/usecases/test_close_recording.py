from datetime import timedelta

import pytest

from hub.domain.errors import FlowLogsRefused, FlowLogsRemain, SpokeUnreachable, Transient
from hub.domain.recordings import Recording, recording_id
from tests import factories
from tests.hub.usecases.hub import FakeHub

STARTED = factories.NOW
EXECUTION = factories.execution_arn()


def of_execution(hub: FakeHub) -> Recording:
    return hub.close.of_execution(
        factories.transition(), EXECUTION, STARTED, "failed", "Transient: no answer"
    )


def test_a_closed_recording_leaves_no_flow_log_no_failsafe_and_no_lease(hub: FakeHub) -> None:
    spoke = hub.with_gateway()
    recording = hub.opened()
    hub.clock.turn(minutes=7)
    closed = hub.close(recording, "recovered")
    assert (closed.state, closed.closed_at) == ("closed", hub.clock.now())
    assert (spoke.on(), spoke.failsafes) == (set(), {})
    assert list(hub.ledger.leases()) == []
    assert hub.kept(recording) == closed


def test_what_was_recorded_stays_charged_and_is_no_longer_active(hub: FakeHub) -> None:
    hub.with_gateway()
    hub.close(hub.opened(), "recovered")
    assert ("account", "active") not in hub.used()
    assert hub.used()["gateway", "opened_day"] == 1


def test_the_gateway_cools_down_after_what_was_recorded(hub: FakeHub) -> None:
    hub.with_gateway()
    recording = hub.opened()
    hub.close(recording, "recovered")
    until = hub.table.gateway(recording.gateway).cooling_until
    assert until == hub.clock.now() + timedelta(minutes=30)


def test_closing_again_changes_nothing(hub: FakeHub) -> None:
    hub.with_gateway()
    recording = hub.opened()
    closed = hub.close(recording, "recovered")
    used = hub.used()
    hub.clock.turn(minutes=1)
    assert hub.close(closed, "lost") == closed
    assert hub.close(recording, "lost") == closed
    assert hub.used() == used


def test_a_flow_log_whose_creation_answered_nobody_is_found_by_its_tag(hub: FakeHub) -> None:
    spoke = hub.with_gateway()
    spoke.lose_answer("create_flow_logs", Transient("no answer"))
    with pytest.raises(Transient):
        hub.opening()
    created = spoke.on()
    assert created
    closed = of_execution(hub)
    assert (spoke.on(), set(closed.flow_logs), closed.state) == (set(), created, "closed")


def test_flow_logs_that_are_gone_already_are_no_failure(hub: FakeHub) -> None:
    spoke = hub.with_gateway()
    recording = hub.opened()
    spoke.delete_flow_logs(recording.flow_logs)
    closed = hub.close(recording, "lost")
    assert (closed.state, closed.flow_logs) == ("closed", recording.flow_logs)


def test_flow_logs_that_remain_are_a_fault_and_keep_the_lease(hub: FakeHub) -> None:
    spoke = hub.with_gateway()
    recording = hub.opened()
    spoke.undying.update(recording.flow_logs)
    with pytest.raises(FlowLogsRemain, match=recording.flow_logs[0]):
        hub.close(recording, "recovered")
    assert [lease.recording for lease in hub.ledger.leases()] == [recording.id]
    assert recording.id in spoke.failsafes


def test_a_close_is_taken_up_where_it_broke_off(hub: FakeHub) -> None:
    spoke = hub.with_gateway()
    recording = hub.opened()
    spoke.fail("disarm_failsafe", Transient("throttled"))
    with pytest.raises(Transient):
        hub.close(recording, "recovered")
    closed = hub.close(recording, "recovered")
    assert (closed.state, closed.flow_logs, spoke.failsafes) == ("closed", recording.flow_logs, {})


def test_a_release_whose_answer_was_lost_is_not_done_twice(hub: FakeHub) -> None:
    hub.with_gateway()
    recording = hub.opened()
    hub.ledger.faults.append(Transient("throttled"))
    with pytest.raises(Transient):
        hub.close(recording, "recovered")
    hub.close(recording, "recovered")
    used = hub.used()
    hub.close(recording, "recovered")
    assert hub.used() == used


def test_a_spoke_that_cannot_be_reached_keeps_the_recording_open(hub: FakeHub) -> None:
    hub.with_gateway()
    recording = hub.opened()
    hub.spokes.unreachable.add((factories.ACCOUNT, factories.REGION))
    with pytest.raises(SpokeUnreachable):
        hub.close(recording, "recovered")
    assert hub.kept(recording).state == "open"


def test_a_recording_without_a_spoke_is_closed_once_somebody_else_has_seen_to_its_flow_logs(
    hub: FakeHub,
) -> None:
    hub.with_gateway()
    recording = hub.opened()
    hub.spokes.unreachable.add((factories.ACCOUNT, factories.REGION))
    closed = hub.close(recording, "no_target", gone=True)
    assert (closed.state, closed.flow_logs) == ("closed", recording.flow_logs)
    assert list(hub.ledger.leases()) == []


def test_the_alarm_that_joined_meanwhile_stays_named(hub: FakeHub) -> None:
    hub.with_gateway()
    recording = hub.opened()
    hub.opening("e2", factories.OTHER_ALARM)
    hub.close(recording, "recovered")
    assert hub.kept(recording).alarms == (factories.ALARM, factories.OTHER_ALARM)


def test_a_failed_delivery_is_kept_as_aws_tells_it(hub: FakeHub) -> None:
    spoke = hub.with_gateway()
    recording = hub.opened()
    spoke.errors[recording.flow_logs[0]] = "Access error"
    assert hub.close(recording, "recovered").delivery_error == "Access error"


def test_usage_is_given_back_when_nothing_was_recorded(hub: FakeHub) -> None:
    spoke = hub.with_gateway()
    spoke.fail("create_flow_logs", FlowLogsRefused("denied"))
    with pytest.raises(FlowLogsRefused):
        hub.opening()
    closed = of_execution(hub)
    assert (closed.state, hub.used()) == ("failed", {})
    assert hub.table.gateway(closed.gateway).cooling_until is None


def test_an_opening_that_failed_before_admission_is_not_silent(hub: FakeHub) -> None:
    failed = of_execution(hub)
    assert (failed.state, failed.id) == ("failed", recording_id(EXECUTION, STARTED))
    assert "before it was admitted: Transient: no answer" in str(failed.reason)
    assert hub.kept(failed) == failed
    assert of_execution(hub) == failed
