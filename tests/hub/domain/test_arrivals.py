"""When records arrive, and how long they are waited for."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from hub.domain.arrivals import hours, more_in
from tests import factories

CLOSED = factories.NOW + timedelta(minutes=7, seconds=30)
RECORDING = factories.closed_recording(closed_at=CLOSED)  # it waits 12 minutes for its records


def after(**span: float) -> datetime:
    return CLOSED + timedelta(**span)


def test_records_may_lie_under_every_hour_of_the_recording_and_some_after_it() -> None:
    found = [f"{hour:%dT%H:%M}" for hour in hours(RECORDING)]
    assert found == ["23T06:00", "23T07:00", "23T08:00", "23T09:00"]
    night = replace(RECORDING, closed_at=factories.NOW + timedelta(hours=17))
    assert [hour.day for hour in hours(night)][-3:] == [24, 24, 24]


def test_by_now_records_may_lie_under_the_hours_that_have_come() -> None:
    assert [hour.hour for hour in hours(RECORDING, after(minutes=50))] == [6, 7]
    assert len(list(hours(RECORDING, after(days=3)))) == 4


def test_a_recording_whose_records_reach_its_end_is_whole() -> None:
    assert more_in(RECORDING, after(minutes=-4), after(minutes=12)) == timedelta()


@pytest.mark.parametrize("last", [None, after(minutes=-6)])
def test_records_that_are_missing_are_looked_for_twice_more(last: datetime | None) -> None:
    now, looks = after(minutes=12), 1
    while wait := more_in(RECORDING, last, now):
        now, looks = now + wait + timedelta(seconds=9), looks + 1
    assert looks == 3


def test_what_could_not_be_delivered_is_not_waited_for() -> None:
    failed = replace(RECORDING, delivery_error="Access error")
    assert more_in(failed, None, after(minutes=12)) == timedelta()


def test_a_recording_that_is_carried_on_late_waits_no_more() -> None:
    assert more_in(RECORDING, None, after(hours=5)) == timedelta()


def test_where_nothing_is_to_be_waited_for_nothing_is() -> None:
    assert more_in(replace(RECORDING, delivery_wait=timedelta()), None, CLOSED) == timedelta()
