"""Somebody stops an execution in the middle: the sweep closes what it left, though its own calls fail."""

from collections.abc import Callable
from typing import get_args

import pytest

from tests.faults.stage import Stage
from tests.faults.surviving import settled
from tests.faults.wire import Call, Fault, Kind, kinds
from tests.profiles import LONG


def stopped(stage: Stage, fault: Fault | None) -> None:
    """A recording whose execution was stopped while it waited, and the first sweep after it."""
    stage.begin(fault).stopped = True
    stage.perform()
    stage.sweep()


def calls_of_the_sweep(stage: Stage) -> list[Call]:
    stopped(stage, None)
    assert settled(stage.left())
    assert stage.play.notices == ["TellStarted", "Sweep"]
    stage.accounts.clear()
    return [call for call in stage.wire.calls if call.actor == "Sweep"]


@pytest.mark.parametrize("kind", get_args(Kind))
def test_a_sweep_that_fails_is_mended_by_the_next(
    stage: Stage, kind: Kind, survived: Callable[..., None]
) -> None:
    able = [call for call in calls_of_the_sweep(stage) if kind in kinds(call)]
    turn = 0 if LONG else get_args(Kind).index(kind) % 4
    chosen = able if LONG else able[turn::4] or able[:1]
    survived("faults, in the sweep", len(chosen))
    for call in chosen:
        stopped(stage, Fault(call, kind))
        assert stage.wire.hits == 1, call
        stage.sweep("full")
        stage.clock.turn(minutes=30)
        stage.accounts.expire(stage.clock.now())
        left = stage.left()
        assert settled(left), (call, left, stage.play.problems)
        assert stage.play.offered == []
        stage.accounts.clear()
