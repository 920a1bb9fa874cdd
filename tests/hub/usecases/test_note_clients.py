import threading
from dataclasses import replace

import pytest

from hub.domain.clients import Clients, read_clients
from hub.domain.errors import RecordingFault, SpokeUnreachable
from hub.domain.networks import Interface
from hub.domain.recordings import Recording
from hub.domain.spikes import Spike
from hub.usecases.end_recording import EndRecording
from hub.usecases.note_clients import NoteClients
from tests import factories
from tests.fakes import FakeReports, FakeSpoke
from tests.hub.usecases.hub import FakeHub


def with_runner(hub: FakeHub) -> FakeSpoke:
    """The gateway, and an instance behind it."""
    gateway = factories.gateway()
    spoke = hub.with_gateway(gateway)
    spoke.interfaces.append(
        Interface("eni-1", gateway.vpc, "eu-west-1b", "10.0.1.20", ("10.0.1.20",), instance="i-1")
    )
    spoke.instances["i-1"] = {"Name": "etl-runner-3", "cost-center": "data"}
    return spoke


def note(hub: FakeHub, reports: FakeReports) -> NoteClients:
    return NoteClients(hub.ledger, hub.spokes, reports, hub.clock)


def test_clients_are_noted_with_the_owner_that_the_policy_asks_for(hub: FakeHub) -> None:
    with_runner(hub)
    hub.rules.owners = ("Cost-Center",)
    reports, recording = FakeReports(), hub.opened()
    noted = note(hub, reports)(recording, "opened")
    assert read_clients(reports.read(recording.id, "clients-opened.json")) == noted
    who = noted.holder("10.0.1.20")
    assert who is not None
    assert (str(who), who.owner, who.zone) == ("i-1 etl-runner-3", "data", "eu-west-1b")
    assert noted.zone == "eu-west-1a"
    assert reports.read(recording.id, "clients-closed.json") is None


@pytest.mark.parametrize("where", ["spoke", "network"])
def test_what_kept_it_from_noting_them_is_noted_and_told(hub: FakeHub, where: str) -> None:
    spoke, reports, recording = with_runner(hub), FakeReports(), hub.opened()
    if where == "spoke":
        hub.spokes.unreachable.add((factories.ACCOUNT, factories.REGION))
    else:
        spoke.fail("network", RecordingFault("describing network interfaces: UnauthorizedOperation"))
    with pytest.raises(SpokeUnreachable if where == "spoke" else RecordingFault) as fault:
        note(hub, reports)(recording, "closed")
    kept = read_clients(reports.read(recording.id, "clients-closed.json"))
    assert kept == Clients(problem=str(fault.value))


def closing(hub: FakeHub, seen: list[Recording]) -> EndRecording:
    return EndRecording(hub.recordings, seen.append, lambda _: Spike(), hub.clock)


def test_a_recording_that_has_just_closed_is_looked_at_once(hub: FakeHub) -> None:
    hub.with_gateway()
    recording, seen = hub.opened(), list[Recording]()
    end = closing(hub, seen)
    closed, problems = end(lambda: hub.close(recording, "recovered"))
    assert (replace(closed, spike=Spike()), problems) == (hub.kept(recording), ())
    assert seen == [closed]
    hub.clock.turn(seconds=2)
    assert end(lambda: hub.close(hub.kept(recording), "recovered")) == (hub.kept(recording), ())
    assert seen == [closed]


def test_what_never_recorded_has_no_clients_to_look_at(hub: FakeHub) -> None:
    seen = list[Recording]()
    failed = factories.closed_recording(state="failed", closed_at=hub.clock.now())
    assert closing(hub, seen)(lambda: failed) == (failed, ())
    assert not seen


def test_a_look_that_fails_or_lasts_never_changes_what_closing_answers(hub: FakeHub) -> None:
    hub.with_gateway()
    recording, answer = hub.opened(), threading.Event()
    try:
        closed, problems = EndRecording(
            hub.recordings, lambda _: answer.wait(60), lambda _: Spike(), hub.clock, seconds=0
        )(lambda: hub.close(recording, "recovered"))
        assert closed.state == "closed"
        assert "clients: no answer within 0 seconds" in problems
    finally:
        answer.set()


def test_a_close_that_fails_fails_as_it_did(hub: FakeHub) -> None:
    spoke = hub.with_gateway()
    recording, seen = hub.opened(), list[Recording]()
    spoke.fail("delete_flow_logs", RecordingFault("denied"))
    with pytest.raises(RecordingFault, match="denied"):
        closing(hub, seen)(lambda: hub.close(recording, "recovered"))
    assert not seen
