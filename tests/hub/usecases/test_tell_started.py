import threading

import pytest

from hub.domain.errors import RecordingFault, SpokeUnreachable, Transient
from hub.domain.recordings import Recording
from hub.domain.rises import MINUTE, Series
from hub.domain.suspecting import Client
from hub.domain.suspects import Suspicion
from hub.usecases.suspect import Suspect
from hub.usecases.tell_started import TellStarted
from tests import factories
from tests.fakes import FakeWitness, InMemoryRecordings
from tests.hub.usecases.hub import FakeHub


def told(hub: FakeHub) -> list[str]:
    return [each.kind for each in hub.notices.sent]


def nothing(_: Recording) -> None:
    """Nobody's address is noted."""


def nobody(_: Recording) -> Suspicion:
    """Nobody is suspected."""
    return Suspicion(none="nobody")


def test_a_start_is_told_once_after_the_look_around(hub: FakeHub) -> None:
    hub.with_gateway()
    recording = hub.opened()
    seen: list[tuple[Recording, list[str]]] = []
    tell = TellStarted(
        hub.recordings, hub.notices, lambda found: seen.append((found, told(hub))), nobody, hub.clock
    )
    assert tell(recording.id)[1] == ()
    assert seen == [(recording, [])]
    assert told(hub) == ["started"]


@pytest.mark.parametrize("fault", [SpokeUnreachable("assuming the worker: AccessDenied"), KeyError("Tags")])
def test_a_look_that_fails_never_keeps_the_notice_from_going_out(hub: FakeHub, fault: Exception) -> None:
    def look(_: Recording) -> None:
        raise fault

    hub.with_gateway()
    _, [problem] = TellStarted(hub.recordings, hub.notices, look, nobody, hub.clock)(hub.opened().id)
    assert problem == f"clients: {type(fault).__name__}: {fault}"
    assert told(hub) == ["started"]


def test_a_look_without_an_answer_is_not_waited_for(hub: FakeHub) -> None:
    hub.with_gateway()
    answer = threading.Event()
    tell = TellStarted(hub.recordings, hub.notices, lambda _: answer.wait(60), nobody, hub.clock, seconds=0)
    try:
        assert "clients: no answer within 0 seconds" in tell(hub.opened().id)[1]
        assert told(hub) == ["started"]
    finally:
        answer.set()


def test_a_look_that_ended_the_function_twice_is_left_out(hub: FakeHub) -> None:
    hub.with_gateway()
    identity, looks = hub.opened().id, list[Recording]()
    tell = TellStarted(hub.recordings, hub.notices, looks.append, nobody, hub.clock)
    for retried in range(3):
        tell(identity, retried)
    assert len(looks) == 2
    assert told(hub) == ["started"] * 3


def test_a_process_that_ends_during_a_look_ends(hub: FakeHub) -> None:
    def look(_: Recording) -> None:
        raise SystemExit

    hub.with_gateway()
    with pytest.raises(SystemExit):
        TellStarted(hub.recordings, hub.notices, look, nobody, hub.clock)(hub.opened().id)
    assert told(hub) == []


def test_a_start_of_an_unknown_recording_is_an_error(hub: FakeHub) -> None:
    with pytest.raises(LookupError):
        TellStarted(hub.recordings, hub.notices, nothing, nobody, hub.clock)("rec-1")


def suspected(hub: FakeHub, *, failing: Exception | None = None) -> str:
    """What the notice says of suspects, as one line."""
    faults = [failing] if failing else []
    behind = {factories.NAT: {"i-1": Client("i-1", "etl-runner-3", ("10.0.1.20",))}}
    hub.with_gateway()
    at = hub.clock.now().replace(second=0) - MINUTE
    told = {
        "download": {who: Series(((at, amount),)) for who, amount in ((factories.NAT, 9e8), ("i-1", 8e8))}
    }
    suspect = Suspect(FakeWitness(told, behind, faults), hub.clock)  # type: ignore[arg-type] # of literals
    TellStarted(hub.recordings, hub.notices, nothing, suspect, hub.clock)(hub.opened().id)
    return hub.notices.read()


def test_a_start_names_who_is_suspected_and_keeps_it_for_the_report(hub: FakeHub) -> None:
    assert "i-1 etl-runner-3: download rose from 0 bytes to 800.0 MB a minute, 89%" in suspected(hub)
    [recording] = hub.table.recordings.values()
    assert recording.suspicion is not None
    assert [each.client for each in recording.suspicion.suspects] == ["i-1"]
    assert recording.suspicion.at == hub.clock.now()


def test_suspects_are_asked_for_only_when_the_flow_logs_are_on(hub: FakeHub) -> None:
    suspected(hub)
    journal = hub.journal
    assert journal.index("create_flow_logs") < journal.index("save_started") < journal.index("save_suspicion")


def test_a_spoke_that_denies_its_metrics_is_told_instead_of_suspects(hub: FakeHub) -> None:
    text = suspected(hub, failing=RecordingFault(f"asking for metrics: AccessDenied: {'no ' * 400}"))
    assert "Suspects could not be looked for: RecordingFault: asking for metrics: AccessDenied: no" in text
    assert len(text) < 1200
    [recording] = hub.table.recordings.values()
    assert recording.suspicion is not None
    assert not recording.suspicion.suspects
    assert "AccessDenied" in str(recording.suspicion.failed)


def test_suspects_that_come_too_late_are_not_waited_for(hub: FakeHub) -> None:
    hub.with_gateway()
    answer = threading.Event()

    def suspect(_: Recording) -> Suspicion:
        answer.wait(60)
        return Suspicion()

    try:
        tell = TellStarted(hub.recordings, hub.notices, nothing, suspect, hub.clock, seconds=0)
        assert "suspects: no answer within 0 seconds" in tell(hub.opened().id)[1]
        assert "Suspects could not be looked for: no answer within" in hub.notices.read()
    finally:
        answer.set()


def test_suspects_that_cannot_be_kept_are_told_all_the_same(hub: FakeHub) -> None:
    class Forgetful(InMemoryRecordings):
        def save_suspicion(self, recording: str, suspicion: Suspicion) -> None:
            raise Transient(f"{recording} with {suspicion} cannot be kept")

    hub.with_gateway()
    identity = hub.opened().id
    recordings = Forgetful(hub.table, hub.journal)
    _, [problem] = TellStarted(recordings, hub.notices, nothing, lambda _: factories.suspicion(), hub.clock)(
        identity
    )
    assert problem.startswith("keeping suspects: Transient")
    assert "etl-runner-3" in hub.notices.read()


def test_what_was_found_before_the_function_ended_is_told_after_it(hub: FakeHub) -> None:
    hub.with_gateway()
    identity = hub.opened().id
    hub.recordings.save_suspicion(identity, factories.suspicion())
    TellStarted(hub.recordings, hub.notices, nothing, lambda _: Suspicion(none="-"), hub.clock)(
        identity, retried=2
    )
    assert "etl-runner-3" in hub.notices.read()
