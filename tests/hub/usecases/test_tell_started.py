import threading

import pytest

from hub.domain.errors import SpokeUnreachable
from hub.domain.recordings import Recording
from hub.usecases.tell_started import TellStarted
from tests.hub.usecases.hub import FakeHub


def told(hub: FakeHub) -> list[str]:
    return [each.kind for each in hub.notices.sent]


def test_a_start_is_told_once_after_the_look_around(hub: FakeHub) -> None:
    hub.with_gateway()
    recording = hub.opened()
    seen: list[tuple[Recording, list[str]]] = []
    tell = TellStarted(hub.recordings, hub.notices, lambda found: seen.append((found, told(hub))))
    assert tell(recording.id) == ()
    assert seen == [(recording, [])]
    assert told(hub) == ["started"]


@pytest.mark.parametrize("fault", [SpokeUnreachable("assuming the worker: AccessDenied"), KeyError("Tags")])
def test_a_look_that_fails_never_keeps_the_notice_from_going_out(hub: FakeHub, fault: Exception) -> None:
    def look(_: Recording) -> None:
        raise fault

    hub.with_gateway()
    [problem] = TellStarted(hub.recordings, hub.notices, look)(hub.opened().id)
    assert problem == f"clients: {type(fault).__name__}: {fault}"
    assert told(hub) == ["started"]


def test_a_look_without_an_answer_is_not_waited_for(hub: FakeHub) -> None:
    hub.with_gateway()
    answer = threading.Event()
    tell = TellStarted(hub.recordings, hub.notices, lambda _: answer.wait(60), seconds=0)
    try:
        assert tell(hub.opened().id) == ("clients: no answer within 0 seconds",)
        assert told(hub) == ["started"]
    finally:
        answer.set()


def test_a_look_that_ended_the_function_twice_is_left_out(hub: FakeHub) -> None:
    hub.with_gateway()
    identity, looks = hub.opened().id, list[Recording]()
    tell = TellStarted(hub.recordings, hub.notices, looks.append)
    for retried in range(3):
        tell(identity, retried)
    assert len(looks) == 2
    assert told(hub) == ["started"] * 3


def test_a_process_that_ends_during_a_look_ends(hub: FakeHub) -> None:
    def look(_: Recording) -> None:
        raise SystemExit

    hub.with_gateway()
    with pytest.raises(SystemExit):
        TellStarted(hub.recordings, hub.notices, look)(hub.opened().id)
    assert told(hub) == []


def test_a_start_of_an_unknown_recording_is_an_error(hub: FakeHub) -> None:
    with pytest.raises(LookupError):
        TellStarted(hub.recordings, hub.notices, lambda _: None)("rec-1")
