from datetime import timedelta, timezone

import pytest

from hub.domain.wording import clock, iso, length, share, size, usd
from tests import factories


def test_times_are_told_in_utc() -> None:
    elsewhere = factories.NOW.astimezone(timezone(timedelta(hours=-5)))
    assert clock(elsewhere) == "2026-11-23 06:10:18 UTC"
    assert iso(elsewhere) == "2026-11-23T06:10:18Z"
    assert iso(None) is None


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(), "0 s"),
        (timedelta(milliseconds=400), "0 s"),
        (timedelta(seconds=59.6), "1 min"),
        (timedelta(seconds=90), "1 min 30 s"),
        (timedelta(hours=1, minutes=5), "1 h 5 min"),
        (timedelta(days=2), "48 h"),
    ],
)
def test_a_span_is_told_in_the_units_that_matter(span: timedelta, words: str) -> None:
    assert length(span) == words


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1_000, "1.0 kB"),
        (1_500_000, "1.5 MB"),
        (6 * 10**9, "6.0 GB"),
        (5 * 10**15, "5000.0 TB"),
    ],
)
def test_sizes_are_decimal(amount: int, words: str) -> None:
    assert size(amount) == words


@pytest.mark.parametrize(
    ("part", "words"), [(0, "0%"), (1, "0%"), (926, "93%"), (994, "99%"), (999, "99%"), (1000, "all")]
)
def test_only_what_is_everything_is_called_all(part: int, words: str) -> None:
    assert share(part, 1000) == words


@pytest.mark.parametrize(
    ("amount", "words"), [(0, "$0.00"), (0.004, "less than a cent"), (0.01, "$0.01"), (2377.4, "$2,377.40")]
)
def test_money_is_told_to_the_cent(amount: float, words: str) -> None:
    assert usd(amount) == words
