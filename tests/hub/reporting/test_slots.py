"""Short recordings are told in slots finer than a minute, to the byte."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.reporting.findings import Minute, findings
from hub.reporting.plots import plot
from hub.reporting.slots import spread, step_for


@pytest.mark.parametrize(
    ("seconds", "step"),
    [(0, 1), (60, 1), (61, 2), (300, 5), (301, 10), (1800, 30), (1801, 60), (10**6, 60)],
)
def test_a_span_has_sixty_slots_at_most_and_none_finer_than_a_second(seconds: int, step: int) -> None:
    assert step_for(timedelta(seconds=seconds)) == step


@given(
    amount=st.integers(0, 10**13),
    began=st.integers(0, 10**5),
    lasted=st.integers(0, 700),
    step=st.sampled_from([1, 2, 5, 10, 30]),
)
def test_spreading_loses_no_byte_and_stays_within_the_time(
    amount: int, began: int, lasted: int, step: int
) -> None:
    told = spread(amount, began, began + lasted, step)
    assert sum(told.values()) == amount
    assert all(at % step == 0 for at in told)
    assert began - step < min(told)
    assert max(told) < began + max(lasted, 1)
    assert all(later - sooner == step for sooner, later in pairwise(sorted(told)))


def test_bytes_are_spread_evenly_over_their_own_time() -> None:
    assert spread(600, 25, 85, 10) == {20: 50, **dict.fromkeys(range(30, 80, 10), 100), 80: 50}


def row(direction: str, began: int, ended: int, amount: int) -> dict[str, object]:
    return {
        "is_talker": 0, "direction": direction, "slot": began, "began": began, "ended": ended,
        "bytes": amount, "records": 1,
    }  # fmt: skip


ROWS = (row("download", 100, 104, 400), row("upload", 102, 103, 5), row("outer", 100, 130, 999))


def test_a_short_recording_is_told_by_the_second_of_each_direction() -> None:
    seen = findings(ROWS, 1)
    assert seen.step == 1
    assert seen.slots == (Minute(100, 0, 100), Minute(101, 0, 100), Minute(102, 5, 100), Minute(103, 0, 100))
    assert seen.minutes == (Minute(60, 5, 400),)


def test_what_was_asked_by_the_minute_is_told_by_the_minute_only() -> None:
    assert findings(ROWS).slots == ()


def test_what_lasts_for_long_is_told_by_the_minute_only() -> None:
    assert findings([*ROWS, row("download", 4000, 4001, 1)], 1).slots == ()


def test_bars_of_seconds_stand_at_their_rate_per_minute() -> None:
    placed = plot([(100, 0, 50), (101, 0, 100)], threshold=3000, step=1)
    assert placed is not None
    assert placed.values[-1].value == 6000
    first, second = placed.bars
    assert second.download_height == 2 * first.download_height
    assert placed.threshold is not None
    assert placed.threshold.at == pytest.approx(first.download_y)
    assert [each.value for each in placed.times] == [100, 101]
