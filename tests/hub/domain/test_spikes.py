"""How much went through a gateway from its rise to its recovery, by its own metrics."""

from datetime import timedelta

import pytest

from hub.domain.counting import spike
from hub.domain.rises import MINUTE, Series
from hub.domain.spikes import Counted, Spike, as_document
from hub.domain.suspects import Direction
from tests.hub.domain.evidence import ALARMED, series

QUIET, HIGH = 10e6, 1000e6
# An hour, of which the last five minutes before the alarm are the spike's first.
BEFORE = [QUIET] * 55 + [HIGH] * 5


def counted(*since: float, direction: Direction = "download", minutes: float | None = None) -> Counted:
    """The spike whose gateway had so much in each minute since its alarm."""
    told = {direction: series([*BEFORE, *since], until=ALARMED + len(since) * MINUTE)}
    found = spike(told, ALARMED, ALARMED + (len(since) if minutes is None else minutes) * MINUTE)
    assert found.counted is not None
    return found.counted


@pytest.mark.parametrize("direction", ["upload", "download"])
def test_it_counts_from_the_rise_before_the_alarm_to_the_recovery(direction: Direction) -> None:
    found = counted(HIGH, HIGH, direction=direction)
    assert (found.began, found.ended) == (ALARMED - 5 * MINUTE, ALARMED + 2 * MINUTE)
    assert getattr(found, direction) == 7 * HIGH
    assert found.upload + found.download == 7 * HIGH


def test_what_came_after_the_recovery_is_not_counted() -> None:
    assert counted(HIGH, QUIET, QUIET, minutes=1).download == 6 * HIGH


def test_the_other_direction_is_counted_over_the_same_minutes() -> None:
    told: dict[Direction, Series] = {"download": series(BEFORE), "upload": series([3.0] * 60)}
    found = spike(told, ALARMED, ALARMED).counted
    assert found is not None
    assert (found.upload, found.download) == (15, 5 * HIGH)


def test_minutes_that_are_not_told_yet_are_taken_for_the_last_one() -> None:
    assert counted(HIGH, 200e6, minutes=3.5).download == 6 * HIGH + 200e6 * 2.5


def test_metrics_that_end_long_before_the_recovery_are_not_drawn_on() -> None:
    assert counted(HIGH, minutes=30).download == 6 * HIGH + 3 * HIGH


def test_where_nothing_rose_before_the_alarm_it_begins_with_its_minute() -> None:
    alarmed = ALARMED + timedelta(seconds=40)
    told: dict[Direction, Series] = {"upload": series([*[QUIET] * 60, HIGH], until=ALARMED + MINUTE)}
    assert spike(told, alarmed, ALARMED + MINUTE).counted == Counted(ALARMED, ALARMED + MINUTE, int(HIGH), 0)


@pytest.mark.parametrize("told", [{}, {"upload": Series()}, {"download": series([0.0] * 60)}])
def test_metrics_without_traffic_measure_nothing_and_say_so(told: dict[Direction, Series]) -> None:
    found = spike(told, ALARMED, ALARMED + MINUTE)
    assert found == Spike(problem="the gateway's metrics show no traffic in that time")


def test_a_second_rise_in_the_same_recording_does_not_move_the_beginning() -> None:
    found = counted(*[QUIET] * 20, *[2 * HIGH] * 5)
    assert found.began == ALARMED - 5 * MINUTE


def test_a_recording_that_nobody_measured_says_nothing_of_it() -> None:
    assert as_document(None) == {"spike": None, "spike_problem": None}
