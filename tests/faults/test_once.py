"""Every call of a recording, failing once in every way there is."""

from collections.abc import Callable

import pytest

from tests.faults.cases import OF, ONCE, PASSING, ROWS
from tests.faults.stage import Stage
from tests.faults.surviving import settled, survive
from tests.faults.wire import Fault
from tests.profiles import sampled


def test_the_table_names_every_call_of_a_recording_in_order(stage: Stage) -> None:
    survival = survive(stage, None)
    assert survival.outcome == "done"
    assert settled(survival.left)
    assert [row.call for row in ROWS] == stage.wire.calls


@pytest.mark.parametrize("fault", sampled(ONCE, every=6), ids=str)
def test_a_recording_survives(stage: Stage, fault: Fault, survived: Callable[[str], None]) -> None:
    survived("faults, once")
    survival = survive(stage, fault)
    assert survival.hits == 1
    assert settled(survival.left), survival.left
    assert survival.outcome == OF[fault.call].outcome(fault)
    assert survival.told or survival.outcome == "refused"
    assert survival.restarts == 0
    assert (survival.reported, survival.finished) == (True, True)


def test_whatever_passes_leaves_the_recording_done() -> None:
    passing = [fault for fault in ONCE if fault.kind in PASSING]
    assert len(passing) > len(ROWS) * 5
    assert {OF[fault.call].outcome(fault) for fault in passing} == {"done"}
