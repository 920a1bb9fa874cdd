"""The story of one recording, from what each source answers."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from hub.adapters.told import TableTold
from hub.domain.recordings import Ending, as_document
from orgconfig.names import Names
from scripts.cli.tracing import Sources, Trace, as_text
from tests import factories

NOW = factories.NOW
GROUP = "/aws/lambda/natrec-close-recording"


class Answers:
    """A service whose paginators answer from a table, by their first argument."""

    def __init__(self, key: str, pages: dict[str, Any], missing: str) -> None:
        self._key, self._pages, self._missing = key, pages, missing

    def get_paginator(self, operation: str) -> "Answers":
        self._operation = operation
        return self

    def paginate(self, **asked: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - any request
        found = self._pages.get(asked[self._key])
        if found is None:
            raise ClientError({"Error": {"Code": self._missing, "Message": "no"}}, self._operation)
        yield {"events": found, "Items": found}


def event(kind: str, seconds: int, **details: object) -> dict[str, object]:
    return {"type": kind, "timestamp": NOW + timedelta(seconds=seconds), **details}


def line(text: str, seconds: int) -> dict[str, object]:
    return {"message": text, "timestamp": int((NOW + timedelta(seconds=seconds)).timestamp() * 1000)}


def trace(
    executions: dict[str, Any],
    logs: dict[str, Any] | None = None,
    *,
    ending: Ending = "recovered",
    denied: str = "ResourceNotFoundException",
) -> Trace:
    told = TableTold(Answers("TableName", {"natrec": []}, ""), "natrec")  # type: ignore[arg-type] # what it asks
    sources = Sources(
        Answers("executionArn", executions, "ExecutionDoesNotExist"),
        Answers("logGroupName", logs or {}, denied),
        told,
        Names("natrec", "/natrec/"),
    )
    recording = factories.recording(
        state="closed", reason="x", ending=ending, closed_at=NOW + timedelta(minutes=5), flow_logs=("fl-1",)
    )
    return sources.trace(as_document(recording), NOW)


def test_states_failures_and_ends_of_an_execution_are_told_with_their_causes() -> None:
    failed = {"error": "Transient", "cause": '{"errorMessage": "throttled,\\n again"}'}
    events = [
        event("ExecutionStarted", 0),
        event("TaskStateEntered", 1, stateEnteredEventDetails={"name": "OpenRecording"}),
        event("TaskScheduled", 2),
        event("TaskFailed", 3, taskFailedEventDetails=failed),
        event("ExecutionFailed", 4, executionFailedEventDetails=failed),
    ]
    found = trace({factories.execution_arn(): events})
    assert [each.what for each in found.moments if each.source == "execution"] == [
        "execution started",
        "OpenRecording begins",
        "TaskFailed: Transient: throttled, again",
        "execution failed: Transient: throttled, again",
    ]


def test_what_was_lost_has_its_successors_story_too() -> None:
    identity = factories.recording().id
    arn = f"{factories.execution_arn().rpartition(':')[0]}:report-{identity}"
    executions = {factories.execution_arn(): [], arn: [event("ExecutionSucceeded", 9)]}
    assert "report, execution succeeded" in as_text(trace(executions, ending="lost"))
    assert "report," not in as_text(trace(executions))


def test_a_line_of_a_function_has_its_own_time_and_what_tells_most() -> None:
    told = (
        '{"level": "WARNING", "message": "could not look around", "problems": ["clients: no answer"], '
        '"timestamp": "2026-11-23 08:10:19,250+0200", "answer": {"state": "closed", "reason": null}}'
    )
    found = trace({}, {GROUP: [line(told, 30), line("END RequestId: 1", 31)]})
    assert [(each.at, each.what) for each in found.moments if each.source == "log"] == [
        (
            datetime(2026, 11, 23, 6, 10, 19, 250000, tzinfo=UTC),
            "close_recording: WARNING could not look around, problems clients: no answer, closed",
        ),
        (NOW + timedelta(seconds=31), "close_recording: END RequestId: 1"),
    ]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("ResourceNotFoundException", "not there, or no longer"),
        ("AccessDeniedException", "An error occurred"),
    ],
)
def test_what_is_gone_or_denied_is_told_and_keeps_nothing_else_back(code: str, words: str) -> None:
    found = trace({}, denied=code)
    assert {each.source for each in found.moments} == {"table"}
    assert f"execution {factories.execution_arn()}: not there, or no longer" in found.unread
    [log] = [each for each in found.unread if each.startswith(f"log {GROUP}:")]
    assert words in log
    assert f"not read: {log}" in as_text(found)
