import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgconfig import units
from orgconfig.units import Datapoints, UnitError

whole = st.integers(min_value=0, max_value=10**12)


@given(whole)
def test_every_duration_is_read_back_as_it_was_written(seconds: int) -> None:
    assert units.parse_duration(units.format_duration(seconds)) == seconds


@given(st.integers(min_value=0, max_value=10**15))
def test_every_size_is_read_back_as_it_was_written(size: int) -> None:
    assert units.parse_size(units.format_size(size)) == size


@given(st.integers(1, 500), st.integers(0, 500))
def test_datapoints_are_read_back_as_they_were_written(to_alarm: int, spare: int) -> None:
    points = Datapoints(to_alarm, to_alarm + spare)
    assert units.parse_datapoints(str(points)) == points


@given(st.text() | st.floats() | st.booleans() | st.none() | st.lists(st.integers()))
def test_whatever_is_written_is_either_read_or_refused_with_what_is_allowed(value: object) -> None:
    for parse in (units.parse_duration, units.parse_size, units.parse_datapoints):
        try:
            parse(value)
        except UnitError as refused:
            assert "such as" in str(refused)  # noqa: PT017 - values that are read are fine too


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0s", 0), ("30s", 30), ("15m", 900), ("15 m", 900), ("6h", 21600), ("90d", 7776000),
        ("1h30m", 5400), ("1h 30m", 5400), (" 1d12h ", 129600), ("90s", 90),
    ],
)  # fmt: skip
def test_durations_are_days_hours_minutes_and_seconds(text: str, seconds: int) -> None:
    assert units.parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "15",
        15,
        "m",
        "15 min",
        "-5m",
        "1.5h",
        "30m1h",
        "1h1h",
        "1w",
        None,
        True,
        1.5,
        "٣m",
        "9" * 99 + "s",
    ],
)
def test_other_durations_are_refused(text: object) -> None:
    with pytest.raises(UnitError, match="30s, 15m, 6h, 90d"):
        units.parse_duration(text)


def test_a_number_without_a_unit_is_told_how_to_be_written() -> None:
    with pytest.raises(UnitError, match="write 30s for seconds"):
        units.parse_duration(30)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        (0, 0), (1234, 1234), ("1234", 1234), ("7 B", 7), ("500MB", 500 * 10**6), ("6 GB", 6 * 10**9),
        ("1.5 TB", 1500 * 10**9), ("4 GiB", 4 * 2**30), ("2kb", 2000), ("2 kB", 2000), ("1 KiB", 1024),
    ],
)  # fmt: skip
def test_sizes_are_decimal_or_binary_or_whole_bytes(text: object, size: int) -> None:
    assert units.parse_size(text) == size


@pytest.mark.parametrize(
    "text", ["", "GB", "-1 GB", -1, 1.5, True, None, "1 XB", "1e3", "1,5 GB", "0.5 B", "9" * 99]
)
def test_other_sizes_are_refused(text: object) -> None:
    with pytest.raises(UnitError, match="500 MB, 6 GB"):
        units.parse_size(text)


def test_bits_are_not_taken_for_bytes() -> None:
    with pytest.raises(UnitError, match="`Gb` reads as bits: write `GB`"):
        units.parse_size("1 Gb")


@pytest.mark.parametrize("text", ["3", 3, "0 of 5", "6 of 5", "three of five", "3/5", "", None])
def test_other_datapoints_are_refused(text: object) -> None:
    with pytest.raises(UnitError, match="3 of 5"):
        units.parse_datapoints(text)


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0 B"), (10**9, "1 GB"), (2**30, "1 GiB"), (1500 * 10**6, "1500 MB")]
)
def test_a_size_is_written_in_the_largest_unit_that_rounds_nothing(size: int, text: str) -> None:
    assert units.format_size(size) == text
