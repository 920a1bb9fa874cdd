from datetime import UTC, datetime, timedelta, timezone

import pytest

from orgconfig.muting import muted
from tests.orgconfig.documents import Document
from tests.orgconfig.policies import ACCOUNT, GATEWAY, PAYMENTS, policy, subject

WEEKLY: Document = {"cron": "0 2 * * 6", "duration": "4h", "reason": "weekly backup"}
ONCE: Document = {"from": "2026-11-27T00:00:00Z", "until": "2026-11-28T00:00:00Z", "reason": "load test"}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "covered"),
    [
        ("2026-11-28T01:59:59", False),
        ("2026-11-28T02:00:00", True),
        ("2026-11-28T05:59:59", True),
        ("2026-11-28T06:00:00", False),
        ("2026-11-27T02:00:00", False),
    ],
)
def test_a_repeated_window_begins_with_its_cron_and_lasts_its_duration(now: str, covered: bool) -> None:  # noqa: FBT001
    assert (muted(policy(mute=[WEEKLY]), subject(), at(now)) is not None) is covered


@pytest.mark.parametrize(
    ("now", "covered"),
    [
        ("2026-11-26T23:59:59", False),
        ("2026-11-27T00:00:00", True),
        ("2026-11-27T23:59:59", True),
        ("2026-11-28T00:00:00", False),
    ],
)
def test_a_single_window_covers_its_beginning_and_not_its_end(now: str, covered: bool) -> None:  # noqa: FBT001
    assert (muted(policy(mute=[ONCE]), subject(), at(now)) is not None) is covered


def test_the_sentence_names_the_window_its_reason_and_its_end() -> None:
    found = muted(policy(mute=[ONCE, WEEKLY]), subject(), at("2026-11-28T03:00"))
    assert found is not None
    assert found.text == "muted by mute[1]: weekly backup; until 2026-11-28 06:00 UTC"
    assert found.until == at("2026-11-28T06:00")


def test_a_window_lasts_past_midnight_and_past_the_end_of_a_month() -> None:
    org = policy(mute=[{"cron": "0 22 31 * *", "duration": "12h", "reason": "month end"}])
    found = muted(org, subject(), at("2027-01-01T09:59"))
    assert found is not None
    assert found.until == at("2027-01-01T10:00")
    assert muted(org, subject(), at("2026-12-01T03:00")) is None


def test_times_of_any_zone_are_understood() -> None:
    berlin = timezone(timedelta(hours=1))
    assert muted(policy(mute=[WEEKLY]), subject(), datetime(2026, 11, 28, 3, 0, tzinfo=berlin))
    window = {**ONCE, "from": "2026-11-27T02:00:00+02:00"}
    assert muted(policy(mute=[window]), subject(), at("2026-11-27T00:00"))


@pytest.mark.parametrize(
    ("match", "covered"),
    [
        ({"ou": PAYMENTS}, True), ({"ou": "ou-ab12-elsewhere"}, False),
        ({"account": ACCOUNT}, True), ({"account": "555555555555"}, False),
        ({"tag": {"team": "a"}}, True), ({"tag": {"team": "b"}}, False),
        ({"gateway": GATEWAY}, True), ({"gateway": "nat-00000000000000000"}, False),
    ],
)  # fmt: skip
def test_a_window_is_for_those_that_match(match: Document, covered: bool) -> None:  # noqa: FBT001
    org = policy(mute=[{**ONCE, "match": match}])
    found = muted(org, subject(tags={"team": "a"}), at("2026-11-27T12:00"))
    assert (found is not None) is covered
    if found:
        assert " for " in found.text


def test_windows_that_follow_each_other_are_muted_until_the_last_has_ended() -> None:
    second = {"from": "2026-11-27T20:00:00Z", "until": "2026-11-28T03:00:00Z", "reason": "second"}
    found = muted(policy(mute=[ONCE, second, WEEKLY]), subject(), at("2026-11-27T12:00"))
    assert found is not None
    assert found.text == "muted by mute[0]: load test; until 2026-11-28 06:00 UTC"


def test_windows_without_end_are_told_as_such() -> None:
    hourly = {"cron": "0 * * * *", "duration": "1h", "reason": "always"}
    found = muted(policy(mute=[hourly]), subject(), at("2026-11-27T12:30"))
    assert found is not None
    assert found == ("muted by mute[0]: always; without end", None)
