"""Every call of a recording, failing from then on wherever its operation is called."""

from collections.abc import Callable

import pytest

from tests.faults.cases import LASTING, OF
from tests.faults.stage import Stage
from tests.faults.surviving import settled, survive
from tests.faults.wire import Fault
from tests.profiles import sampled


@pytest.mark.parametrize("fault", sampled(LASTING, every=11), ids=str)
def test_nothing_stays(stage: Stage, fault: Fault, survived: Callable[[str], None]) -> None:
    survived("faults, lasting")
    survival = survive(stage, fault)
    assert survival.hits >= 1
    assert survival.unguarded == 0, "flow logs outlived the failsafe"
    assert settled(survival.left), survival.left
    assert survival.outcome == OF[fault.call].outcome(fault)
    assert survival.told or survival.outcome == "refused"
    assert survival.restarts == 0
    assert (survival.reported, survival.finished) == (True, True)
