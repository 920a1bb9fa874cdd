import json
from datetime import timedelta, timezone

import pytest

from hub.domain.recordings import (
    Ending,
    as_document,
    ended,
    ending_of,
    never_admitted,
    opened,
    recording_id,
)
from hub.domain.refusals import Refusal
from hub.domain.refused import RefusedOnset
from tests import factories

NOW = factories.NOW
STARTED = NOW - timedelta(seconds=1)


def test_each_step_of_one_execution_finds_the_same_recording() -> None:
    one = recording_id(factories.execution_arn(), STARTED)
    elsewhere = STARTED.astimezone(timezone(timedelta(hours=9)))
    assert one == recording_id(factories.execution_arn(), elsewhere)
    assert one.startswith("rec-20261123T061017-")


def test_two_executions_that_start_in_the_same_second_have_two_recordings() -> None:
    one, two = (recording_id(factories.execution_arn(name), STARTED) for name in ("e1", "e2"))
    assert one != two


def test_an_id_may_name_a_schedule_and_be_a_client_token() -> None:
    identity = recording_id(factories.execution_arn(), STARTED)
    assert len(identity) <= 64  # EventBridge Scheduler, CreateSchedule; EC2's ClientToken takes as many
    assert identity.replace("-", "").isalnum()


@pytest.mark.parametrize(
    ("max_duration", "minutes"),
    [
        (timedelta(minutes=15), 15),
        (timedelta(hours=9), 360),
        (None, 360),
    ],
)
def test_a_recording_always_has_a_deadline(max_duration: timedelta | None, minutes: int) -> None:
    recording = opened(
        recording="rec-1",
        execution=factories.execution_arn(),
        gateway=factories.gateway(),
        onset=factories.transition(at=NOW),
        terms=factories.terms(max_duration=max_duration, hard_limit=timedelta(hours=6)),
        now=NOW,
    )
    assert recording.deadline - recording.opened_at == timedelta(minutes=minutes)
    assert recording.expires_at > recording.deadline


def test_a_wait_is_at_least_one_second_long() -> None:
    recording = factories.recording(duration=timedelta(minutes=1))
    assert recording.wait_seconds(NOW) == 60
    assert recording.wait_seconds(NOW + timedelta(hours=1)) == 1


@pytest.mark.parametrize(
    ("error", "cause", "was_open", "ending", "detail"),
    [
        (None, None, True, "recovered", None),
        ("DynamoDb.ConditionalCheckFailedException", "The conditional...", True, "recovered", None),
        ("States.Timeout", None, True, "time_limit", None),
        ("States.Timeout", None, False, "failed", "States.Timeout"),
        ("FlowLogsRefused", "AccessDenied", False, "failed", "FlowLogsRefused: AccessDenied"),
        ("DynamoDb.DynamoDbException", "denied", True, "failed", "DynamoDb.DynamoDbException: denied"),
    ],
)
def test_how_the_wait_ended_says_what_ended_the_recording(
    error: str | None,
    cause: str | None,
    was_open: bool,  # noqa: FBT001 - a column of the table
    ending: Ending,
    detail: str | None,
) -> None:
    assert ending_of(error, cause, was_open=was_open) == (ending, detail)


def test_a_recording_with_flow_logs_is_closed() -> None:
    recording = ended(factories.recording(flow_logs=("fl-1",)), "time_limit", None, NOW)
    assert (recording.state, recording.reason) == ("closed", "the time limit was reached")
    assert (recording.closed_at, recording.recovered_at) == (NOW, None)


def test_a_recording_that_captured_nothing_has_failed() -> None:
    recording = ended(factories.recording(), "failed", "FlowLogsRefused: no", NOW)
    assert (recording.state, recording.reason) == ("failed", "the recording failed: FlowLogsRefused: no")


def test_a_recovery_is_dated() -> None:
    assert ended(factories.recording(flow_logs=("fl-1",)), "recovered", None, NOW).recovered_at == NOW


def test_what_failed_before_it_was_admitted_is_kept_as_failed() -> None:
    recording = never_admitted("rec-1", factories.execution_arn(), factories.transition(), "Transient", NOW)
    assert (recording.state, recording.has_recorded, recording.closed_at) == ("failed", False, NOW)
    assert recording.reason == "the recording failed before it was admitted: Transient"


def test_a_document_has_every_field_others_rely_on() -> None:
    document = as_document(factories.closed_recording(delivered_bytes=5, report="s3://reports/x"))
    assert (
        document
        | {
            "id": factories.recording().id,
            "account": factories.ACCOUNT,
            "region": factories.REGION,
            "gateway": factories.NAT,
            "tier": "standard",
            "alarms": [factories.ALARM],
            "state": "closed",
            "opened_at": "2026-11-23T06:10:18Z",
            "closed_at": "2026-11-23T06:17:48Z",
            "flow_logs": ["fl-0123456789abcdef0"],
            "delivered_bytes": 5,
            "report": "s3://reports/x",
        }
        == document
    )
    json.dumps(document)


def test_a_refusal_has_the_shape_of_a_recording() -> None:
    refusal = Refusal("cooling_down", "the gateway cools down", NOW)
    document = RefusedOnset(factories.transition(), refusal, NOW).as_document()
    shared = {"id", "account", "region", "gateway", "tier", "alarms", "state", "reason", "opened_at"}
    assert shared | {"closed_at", "flow_logs", "delivered_bytes", "report"} <= document.keys()
    assert document["state"] == "refused"
    assert (document["reason"], document["until"]) == ("cooling_down", "2026-11-23T06:10:18Z")
    json.dumps(document)


def test_a_recovery_that_is_known_is_when_it_recovered_and_never_after_its_end() -> None:
    recording = factories.recording(flow_logs=("fl-1",))
    early, late = NOW - timedelta(seconds=20), NOW + timedelta(seconds=20)
    assert ended(recording, "recovered", None, NOW, early).recovered_at == early
    assert ended(recording, "recovered", None, NOW, late).recovered_at == NOW
    assert ended(recording, "time_limit", None, NOW, early).recovered_at is None
