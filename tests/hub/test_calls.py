import json
from datetime import timedelta
from typing import Any

import pytest

from hub.calls import (
    Closing,
    Opening,
    Reporting,
    closed_answer,
    opened_answer,
    reported_answer,
)
from hub.domain.recordings import recording_id
from hub.reporting.question import question
from hub.telling_calls import Telling
from orgconfig.names import Names
from orgconfig.reading import ReadingError
from tests import factories

NAMES = Names("natrec", "/natrec/")
STARTED = "2026-11-23T06:10:17.123Z"
CALL: dict[str, Any] = {
    "event": factories.contributor_event(),
    "execution": factories.execution_arn(),
    "started": STARTED,
}


def test_opening_takes_the_event_and_the_execution() -> None:
    call = Opening.read(CALL)
    assert call.event["account"] == factories.ACCOUNT
    assert recording_id(call.execution, call.started).startswith("rec-20261123T061017-")


def test_closing_after_the_token_came_back_is_a_recovery() -> None:
    call = Closing.read({**CALL, "ended": {"ended": "recovered"}})
    assert call.ending() == ("recovered", None)
    assert call.ended.recovered_at is None
    told = {"ended": "recovered", "recovered_at": factories.NOW.isoformat()}
    assert Closing.read({**CALL, "ended": told}).ended.recovered_at == factories.NOW


def test_closing_after_the_wait_timed_out_is_the_time_limit_only_for_an_open_recording() -> None:
    timeout = {"Error": "States.Timeout", "Cause": ""}
    opened = {**CALL["event"], "opened": {"recording": {}}}
    assert Closing.read({**CALL, "event": opened, "ended": timeout}).ending() == (
        "time_limit",
        None,
    )
    assert Closing.read({**CALL, "ended": timeout}).ending() == ("failed", "States.Timeout")


def test_a_notice_names_its_recording_or_its_execution() -> None:
    assert Telling.read({"kind": "started", "recording": "rec-1"}).identity() == "rec-1"
    by_execution = Telling.read({**CALL, "kind": "stuck", "fault": {"Error": "E", "Cause": "C"}})
    assert by_execution.identity() == factories.recording(opened_at=factories.NOW - timedelta(seconds=1)).id
    assert by_execution.fault.in_words() == "E: C"


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        ('{"errorMessage": "denied", "errorType": "FlowLogsRefused", "stackTrace": ["..."]}', "E: denied"),
        ("The conditional request failed", "E: The conditional request failed"),
        ('{"errorType": "Sandbox.Timedout"}', 'E: {"errorType": "Sandbox.Timedout"}'),
        ('["errorMessage"]', 'E: ["errorMessage"]'),
        ('{"errorMessage": 7}', 'E: {"errorMessage": 7}'),
        ("", "E"),
    ],
)
def test_a_functions_error_is_told_without_its_stack_trace(cause: str, words: str) -> None:
    call = Telling.read({"kind": "failed", "recording": "rec-1", "fault": {"Error": "E", "Cause": cause}})
    assert call.fault.in_words() == words


def test_a_notice_about_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="a recording or an execution"):
        Telling.read({"kind": "stuck"}).identity()


def test_a_notice_of_an_unknown_kind_is_an_error() -> None:
    with pytest.raises(ReadingError):
        Telling.read({"kind": "gossip", "recording": "rec-1"})


def test_a_report_names_its_recording_and_the_query() -> None:
    call = Reporting.read({"recording": "rec-1", "query": "q-1", "more": 1})
    assert (call.recording, call.query) == ("rec-1", "q-1")


def test_the_state_machine_is_told_what_to_ask_once_something_was_recorded() -> None:
    closed = factories.closed_recording()
    assert closed_answer(closed, NAMES)["query"] == question(closed, NAMES)
    assert closed_answer(factories.recording(state="failed"), NAMES)["query"] is None


def test_what_passes_through_the_state_machine_is_small() -> None:
    """A payload is limited to 256 KiB (Step Functions Developer Guide, "Quotas")."""
    many = tuple(f"fl-{number:017x}" for number in range(300))
    days = factories.closed_recording(flow_logs=many, closed_at=factories.NOW + timedelta(days=7))
    assert len(json.dumps(closed_answer(days, NAMES))) < 64 * 1024


def test_a_look_for_more_records_is_asked_for_in_whole_seconds() -> None:
    answer = reported_answer(factories.closed_recording(), timedelta(seconds=0.2))
    assert answer["more_in_seconds"] == 1
    assert reported_answer(factories.closed_recording(), timedelta())["more_in_seconds"] == 0


def test_the_state_machine_is_told_how_long_to_wait() -> None:
    recording = factories.recording(duration=timedelta(minutes=15))
    assert opened_answer(recording, factories.NOW)["wait_seconds"] == 900
    assert closed_answer(factories.closed_recording(), NAMES)["delivery_wait_seconds"] == 720
