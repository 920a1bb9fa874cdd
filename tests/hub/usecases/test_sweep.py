from hub.domain.errors import Transient
from hub.domain.gateways import GatewayRef
from hub.domain.recordings import Recording
from hub.usecases.sweep import Swept
from tests import factories
from tests.hub.usecases.hub import FakeHub

OTHER = factories.gateway_ref(gateway="nat-0fedcba9876543210")


def lost(hub: FakeHub, place: GatewayRef, name: str) -> Recording:
    hub.with_gateway(factories.gateway(place, interfaces=(f"eni-{name}",)))
    opened = hub.open(factories.transition(place), factories.execution_arn(name), factories.NOW)
    assert isinstance(opened, Recording)
    return opened


def test_a_recording_whose_execution_runs_is_left_alone(hub: FakeHub) -> None:
    spoke = hub.with_gateway()
    recording = hub.opened()
    assert hub.sweep() == ()
    assert spoke.on() == set(recording.flow_logs)


def test_a_recording_whose_execution_has_ended_is_closed(hub: FakeHub) -> None:
    recording = lost(hub, factories.gateway_ref(), "e1")
    assert hub.sweep() == (Swept(recording.id),)
    assert hub.kept(recording).reason == "its execution ended without closing it"
    assert hub.sweep() == ()


def test_a_recording_long_over_its_time_is_closed_though_its_execution_runs(hub: FakeHub) -> None:
    hub.with_gateway()
    recording = hub.opened()
    hub.clock.turn(minutes=24)
    assert hub.sweep() == ()
    hub.clock.turn(minutes=2)
    assert hub.sweep() == (Swept(recording.id),)


def test_one_that_cannot_be_closed_keeps_no_other_from_being_closed(hub: FakeHub) -> None:
    stuck = lost(hub, factories.gateway_ref("555555555555"), "e1")
    other = lost(hub, OTHER, "e2")
    hub.spokes.unreachable.add(("555555555555", factories.REGION))
    swept = {each.recording: each.problem for each in hub.sweep()}
    assert swept[other.id] is None
    assert "AccessDenied" in str(swept[stuck.id])
    assert hub.kept(other).state == "closed"


def test_one_whose_execution_cannot_be_asked_for_keeps_no_other_from_being_closed(hub: FakeHub) -> None:
    unknown = lost(hub, factories.gateway_ref(), "e1")
    other = lost(hub, OTHER, "e2")
    hub.executions.faults.append(Transient("throttled"))
    assert hub.sweep() == (Swept(unknown.id, "throttled"), Swept(other.id))


def test_a_lease_without_a_recording_is_told(hub: FakeHub) -> None:
    recording = lost(hub, factories.gateway_ref(), "e1")
    hub.table.recordings.clear()
    assert hub.sweep() == (Swept(recording.id, "the history has no such recording"),)
