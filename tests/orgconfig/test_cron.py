from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgconfig.cron import Cron

MONTH = timedelta(days=31)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("cron", "now", "latest"),
    [
        ("0 2 * * 6", "2026-11-28T02:00", "2026-11-28T02:00"),  # a Saturday
        ("0 2 * * 6", "2026-11-28T01:59", "2026-11-21T02:00"),
        ("*/15 * * * *", "2026-11-28T02:44:59", "2026-11-28T02:30"),
        ("5/20 * * * *", "2026-11-28T02:04", "2026-11-28T01:45"),
        ("10-30/10 8,20 * * *", "2026-11-28T08:25", "2026-11-28T08:20"),
        ("10-30/10 8,20 * * *", "2026-11-28T08:09", "2026-11-27T20:30"),
        ("0 0 31 * *", "2026-12-01T00:00", None),  # November has no 31st, and October's is too long ago
        ("0 0 31 * *", "2026-11-30T23:59", "2026-10-31T00:00"),
        ("0 0 29 2 *", "2028-03-01T00:00", "2028-02-29T00:00"),
        ("0 0 29 2 *", "2026-03-01T00:00", None),
        ("0 0 * 1 *", "2026-01-01T00:00", "2026-01-01T00:00"),
        ("0 0 * * 0", "2026-11-23T05:00", "2026-11-22T00:00"),  # a Monday, and the Sunday before
        ("0 0 * * 7", "2026-11-23T05:00", "2026-11-22T00:00"),
        ("0 0 * * 5-7", "2026-11-23T05:00", "2026-11-22T00:00"),
        ("0 0 13 * 5", "2026-11-19T12:00", "2026-11-13T00:00"),  # either of them: a Friday or the 13th
        ("0 0 19 * 5", "2026-11-19T12:00", "2026-11-19T00:00"),
        ("0 0 */2 * 1", "2026-11-28T12:00", "2026-11-23T00:00"),  # both: `*/2` limits nothing by itself
        ("30 2 * * *", "2026-03-29T03:00", "2026-03-29T02:30"),  # summer time begins elsewhere, not in UTC
    ],
)  # fmt: skip
def test_the_last_time_is_found_as_cron_reads_its_fields(cron: str, now: str, latest: str | None) -> None:
    found = Cron.parse(cron).latest(at(now), MONTH)
    assert found == (at(latest) if latest else None)


def test_a_time_is_not_found_when_it_is_as_long_ago_as_asked() -> None:
    daily = Cron.parse("0 2 * * *")
    assert daily.latest(at("2026-11-28T05:59:59"), timedelta(hours=4)) == at("2026-11-28T02:00")
    assert daily.latest(at("2026-11-28T06:00:00"), timedelta(hours=4)) is None


@pytest.mark.parametrize(
    "text", ["", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8",
             "5-1 * * * *", "*/0 * * * *", "a * * * *", "1,,2 * * * *", "-1 * * * *", "1.5 * * * *"]
)  # fmt: skip
def test_what_is_no_cron_is_told_with_what_is_allowed(text: str) -> None:
    with pytest.raises(ValueError, match="five fields: minute hour day-of-month month day-of-week"):
        Cron.parse(text)


@given(
    st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.integers(0, 59), st.integers(0, 23), st.integers(1, 31), st.integers(0, 6),
)  # fmt: skip
def test_a_time_that_is_found_matches_and_is_not_in_the_future(
    now: datetime, minute: int, hour: int, day: int, weekday: int
) -> None:
    found = Cron.parse(f"{minute} {hour} {day} * {weekday}").latest(now, MONTH)
    assert found is not None  # every weekday comes within a month
    assert found <= now < found + MONTH
    assert (found.minute, found.hour) == (minute, hour)
    assert found.day == day or found.isoweekday() % 7 == weekday
