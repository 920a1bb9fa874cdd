"""A recording that has closed is measured by its gateway's metrics, which never hold up its close."""

import threading
from datetime import timedelta

import pytest

from hub.domain.errors import Fault, RecordingFault, SpokeUnreachable, Transient
from hub.domain.recordings import Recording
from hub.domain.rises import MINUTE, Series
from hub.domain.spikes import Counted, Spike
from hub.usecases.end_recording import EndRecording
from hub.usecases.measure import Measure
from tests import factories
from tests.fakes import FakeMeter, InMemoryRecordings
from tests.hub.usecases.hub import FakeHub


def nobody(_: Recording) -> None:
    """Nobody's address is noted."""


def ended(hub: FakeHub, meter: FakeMeter) -> tuple[Recording, tuple[str, ...]]:
    """A recording of seven minutes, as the history has it then, and what could not be learned."""
    hub.with_gateway()
    recording = hub.opened()
    hub.clock.turn(minutes=7)
    end = EndRecording(hub.recordings, nobody, Measure(meter, hub.clock), hub.clock)
    closed, problems = end(lambda: hub.close(recording, "recovered"))
    assert closed.state == "closed"
    return hub.kept(closed), problems


def test_a_spike_is_measured_from_before_its_recording(hub: FakeHub) -> None:
    began = factories.NOW.replace(second=0) - 3 * MINUTE
    told = Series(tuple((began + n * MINUTE, 100e6) for n in range(10)))
    kept, problems = ended(hub, FakeMeter({"download": {factories.NAT: told}}))
    assert kept.spike == Spike(Counted(began, factories.NOW + 7 * MINUTE, 0, round(100e6 * 10.3)))
    assert not problems


@pytest.mark.parametrize(
    "fault", [RecordingFault("AccessDenied"), SpokeUnreachable("no role"), Transient("Throttling")]
)
def test_what_kept_it_from_being_measured_is_kept_and_fails_nothing(hub: FakeHub, fault: Fault) -> None:
    kept, problems = ended(hub, FakeMeter(faults=[fault]))
    assert kept.spike == Spike(problem=f"{type(fault).__name__}: {fault}")
    assert problems == (f"spike: {type(fault).__name__}: {fault}",)


def test_metrics_that_come_too_late_are_not_waited_for(hub: FakeHub) -> None:
    hub.with_gateway()
    recording, answer = hub.opened(), threading.Event()

    def measure(_: Recording) -> Spike:
        answer.wait(60)
        return Spike()

    try:
        end = EndRecording(hub.recordings, nobody, measure, hub.clock, seconds=0)
        closed, problems = end(lambda: hub.close(recording, "recovered"))
        assert closed.state == "closed"
        assert "spike: no answer within 0 seconds" in problems
    finally:
        answer.set()


def test_a_measure_that_cannot_be_kept_fails_nothing(hub: FakeHub) -> None:
    class Forgetful(InMemoryRecordings):
        def save_spike(self, recording: str, spike: Spike) -> None:
            raise Transient(f"{recording} with {spike} cannot be kept")

    hub.with_gateway()
    recording = hub.opened()
    end = EndRecording(Forgetful(hub.table, hub.journal), nobody, lambda _: Spike(), hub.clock)
    closed, [problem] = end(lambda: hub.close(recording, "recovered"))
    assert closed.state == "closed"
    assert problem.startswith("keeping the spike: Transient")


def test_a_recording_by_the_clock_is_measured_to_its_end(hub: FakeHub) -> None:
    seen = factories.closed_recording(recovered_at=None, closed_at=factories.NOW + timedelta(minutes=2))
    hub.clock.turn(minutes=2)
    at = factories.NOW.replace(second=0)
    meter = FakeMeter({"upload": {factories.NAT: Series(((at, 60e6), (at + MINUTE, 60e6)))}})
    counted = Measure(meter, hub.clock)(seen).counted
    assert counted is not None
    assert counted.ended == factories.NOW + timedelta(minutes=2)
