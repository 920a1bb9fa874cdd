"""A report says what it does not tell, and an empty one why it may be empty."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hub.domain.recordings import as_document
from hub.reporting.completeness import gaps
from hub.reporting.findings import Findings
from tests import factories
from tests.hub.reporting.found import found, talker

WHOLE, EMPTY = found(talker()), found()
RECORDING = as_document(factories.closed_recording())


def told(seen: Findings, **facts: Any) -> str:  # noqa: ANN401 - facts of the recording
    return " ".join(gaps(seen, dict(RECORDING) | facts))


def test_a_whole_report_lacks_nothing() -> None:
    assert told(WHOLE) == ""
    assert list(gaps(WHOLE)) == []


def test_a_few_windows_without_data_are_no_gap() -> None:
    assert told(replace(WHOLE, marked={"NODATA": 3})) == ""


@pytest.mark.parametrize(
    ("seen", "facts", "words"),
    [
        (replace(WHOLE, marked={"SKIPDATA": 2}), {}, "AWS skipped records 2 times"),
        (WHOLE, {"delivery_error": "Access error"}, "'Access error' while delivering"),
        (WHOLE, {"not_recorded": ["eni-1: LimitExceeded", "eni-2: Denied"]}, "eni-1: LimitExceeded; eni-2:"),
    ],
)
def test_what_is_missing_makes_it_incomplete(seen: Findings, facts: dict[str, Any], words: str) -> None:
    assert told(seen, **facts).startswith("The recording is incomplete: ")
    assert words in told(seen, **facts)


def test_the_gravest_comes_first() -> None:
    seen = replace(WHOLE, marked={"SKIPDATA": 1, "REJECT": 5}, rejected=700)
    skipped, delivery, rejected = gaps(seen, {"delivery_error": "Rate limited"})
    assert "SKIPDATA" in skipped
    assert "Rate limited" in delivery
    assert rejected.startswith("Rejected traffic is not counted: 5 records, 700 bytes")


def test_a_short_recording_without_records_was_too_short() -> None:
    closed = factories.closed_recording(closed_at=factories.NOW + timedelta(seconds=90))
    (only,) = gaps(EMPTY, as_document(closed))
    assert only.startswith("No records have arrived. The recording lasted 1 min 30 s, and flow logs begin")


def test_a_long_one_without_records_had_no_traffic_or_waits() -> None:
    closed = factories.closed_recording(closed_at=factories.NOW + timedelta(minutes=15))
    (only,) = gaps(EMPTY, as_document(closed))
    assert "AWS is still delivering, or there was no traffic" in only
    assert "too short" not in only


def test_a_failed_delivery_is_the_reason_and_nothing_is_guessed_beside_it() -> None:
    first, second = gaps(EMPTY, dict(RECORDING) | {"delivery_error": "Access error"})
    assert "Access error" in first
    assert second == "No records have arrived. AWS could not deliver them."


def test_a_recording_without_a_flow_log_can_have_no_records() -> None:
    assert told(EMPTY, flow_logs=[]) == "No records have arrived. No flow log was created."


def test_a_recording_that_is_not_closed_still_has_a_reason() -> None:
    assert told(EMPTY, closed_at=None).startswith("No records have arrived. AWS is still delivering")


def test_windows_without_data_alone_say_that_there_was_no_traffic() -> None:
    silent = replace(EMPTY, records=4, marked={"NODATA": 4})
    assert told(silent).startswith("No traffic went through the gateway")


def test_records_that_show_no_client_ask_for_the_gateways_addresses() -> None:
    assert "name the gateway's addresses" in told(replace(EMPTY, records=4))


def test_skipped_records_alone_are_told_once() -> None:
    assert told(replace(EMPTY, records=4, marked={"SKIPDATA": 4})).count(". ") == 1


def test_an_empty_source_is_not_called_a_recording() -> None:
    (only,) = gaps(EMPTY)
    assert only.startswith("There are no records in this source")
