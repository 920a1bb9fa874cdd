"""Every path through the state machine of one recording."""

import json
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

import pytest

from hub.calls import (
    Closing,
    Opening,
    Reporting,
    Starting,
    closed_answer,
    opened_answer,
    reported_answer,
)
from hub.domain.gateways import GatewayRef
from hub.domain.recordings import Recording, recording_id
from hub.domain.refusals import Refusal
from hub.domain.refused import RefusedOnset
from hub.events import transition
from hub.telling_calls import Telling
from orgconfig.names import Names
from stacksets.rendering import render_state_machine
from tests import factories
from tests.machine.stage import ATTEMPTS, Ended, Script, Stage, answers, fails

STUCK = fails("FlowLogsRemain", "fl-1 still there after their deletion")
UNTOLD = fails("RecordingFault", "sending the notice")
DENIED = fails("FlowLogsRefused", "creating flow logs: UnauthorizedOperation")

OPEN = ["OpenRecording", "Opened?", "TellStarted", "AwaitRecovery", "CloseRecording"]
NAMES = Names("natrec", "/natrec/")
REPORT = ["Closed?", "AwaitDelivery", "FindTalkers", "WriteReport"]
AGAIN = ["TellUnreported", "RepeatQuery", "RepeatReport"]
WHOLE = [*OPEN, *REPORT, "Whole?", "TellClosed"]


@dataclass(frozen=True)
class Play:
    """What the functions answer, when the alarm recovers, and what must come of it.

    Attributes:
        recovers: `early` before the token is stored, `late` after it, or `never`.
        path: The states entered.
        error: The execution's error; None when it succeeds.
        script: Answers that differ from those of a recording that goes well.
        calls: How often each function is called, where it is not once per state.

    """

    recovers: Literal["early", "late", "never"]
    path: list[str]
    error: str | None = None
    script: Script = field(default_factory=dict)
    calls: dict[str, int] = field(default_factory=dict)


REFUSED = RefusedOnset(
    factories.transition(), Refusal("cooling_down", "it cools down"), factories.NOW
).as_document()
NOTHING = closed_answer(factories.closed_recording(state="failed", flow_logs=(), reason="denied"), NAMES)


def at_once(closed: Recording) -> dict[str, object]:
    """What closing answers, with nothing to wait for and a question that needs no table."""
    return closed_answer(closed, NAMES) | {"delivery_wait_seconds": 0, "query": "SELECT 1 AS one"}


LOST = at_once(factories.closed_recording())
LATE = {**reported_answer(factories.closed_recording(), timedelta(seconds=1))}

PLAYS = {
    "a recovery ends the recording": Play("late", WHOLE),
    "a recovery before the wait ends it too": Play("early", WHOLE),
    "the time limit ends it": Play("never", WHOLE),
    "a refusal is an answer": Play(
        "never", ["OpenRecording", "Opened?", "Refused"], script={"open": [answers(REFUSED)]}
    ),
    "an event that is not understood touches nothing": Play(
        "never",
        ["OpenRecording", "KeepEvent", "EventRejected"],
        "EventRejected",
        {"open": [fails("EventRejected")]},
        {"open": 1},
    ),
    "an opening in passing trouble is tried again": Play(
        "early", WHOLE, script={"open": [fails("Transient"), fails("Transient")]}, calls={"open": 3}
    ),
    "an opening that failed is closed and told": Play(
        "never",
        ["OpenRecording", "CloseRecording", "Closed?", "TellFailed", "NothingRecorded"],
        "NothingRecorded",
        {"open": [DENIED], "close": [answers(NOTHING)]},
    ),
    "what was lost is carried on from its end": Play(
        "never",
        ["OpenRecording", "Opened?", "CarryOn", *REPORT[1:], "Whole?", "TellClosed"],
        script={"open": [answers(LOST)]},
        calls={"open": 1, "start": 0, "close": 0, "report": 1, "tell": 1},
    ),
    "a failure that cannot be told fails where a redrive tells it": Play(
        "never",
        ["OpenRecording", "CloseRecording", "Closed?", "TellFailed"],
        "RecordingFault",
        {"open": [DENIED], "close": [answers(NOTHING)], "tell": [UNTOLD]},
        {"tell": ATTEMPTS},
    ),
    "a start that cannot be told holds up nothing": Play(
        "early", WHOLE, script={"start": [UNTOLD]}, calls={"start": 1, "tell": 1}
    ),
    "a close is tried again whatever went wrong": Play(
        "early", WHOLE, script={"close": [STUCK, fails("KeyError")]}, calls={"close": 3}
    ),
    "a close that fails for good is told at once": Play(
        "early",
        [*OPEN, "TellStuck", "RepeatClose"],
        "FlowLogsRemain",
        {"close": [STUCK] * (ATTEMPTS + 1)},
        {"close": ATTEMPTS + 1},
    ),
    "a stuck close that cannot be told stays a failure": Play(
        "early",
        [*OPEN, "TellStuck", "RepeatClose"],
        "FlowLogsRemain",
        {"close": [STUCK] * (ATTEMPTS + 1), "tell": [UNTOLD]},
        {"close": ATTEMPTS + 1, "tell": ATTEMPTS},
    ),
    "a close that goes well after all is reported": Play(
        "early",
        [*OPEN, "TellStuck", "RepeatClose", *REPORT, "Whole?", "TellClosed"],
        script={"close": [STUCK] * ATTEMPTS},
        calls={"close": ATTEMPTS + 1, "tell": 2},
    ),
    "a report in passing trouble is tried again": Play(
        "early", WHOLE, script={"report": [fails("Transient")]}, calls={"report": 2}
    ),
    "records that are late are looked for again": Play(
        "early",
        [*OPEN, *REPORT, "Whole?", "AwaitMore", "FindTalkers", "WriteReport", "Whole?", "TellClosed"],
        script={"report": [answers(LATE)]},
        calls={"report": 2, "tell": 1},
    ),
    "a query that fails is told": Play(
        "early",
        [*OPEN, *REPORT[:-1], "TellUnreported", "RepeatQuery"],
        "States.TaskFailed",
        {
            "close": [
                answers(at_once(factories.closed_recording()) | {"query": "SELECT 1 AS one FROM no.table"})
            ]
        },
        {"report": 0, "tell": 1},
    ),
    "a report that fails is told": Play(
        "early",
        [*OPEN, *REPORT, *AGAIN],
        "RecordingFault",
        {"report": [fails("RecordingFault", "listing the archive: AccessDenied")] * 2},
    ),
    "a report that goes well after all is told": Play(
        "early",
        [*OPEN, *REPORT, *AGAIN, "TellClosed"],
        script={"report": [fails("RecordingFault", "listing the archive: AccessDenied")]},
        calls={"report": 2, "tell": 2},
    ),
    "a missing report that cannot be told stays a failure": Play(
        "early",
        [*OPEN, *REPORT, *AGAIN, "RecordingFailed"],
        "LookupError",
        {"report": [fails("LookupError")] * 2, "tell": [UNTOLD]},
        {"tell": ATTEMPTS},
    ),
    "an end that cannot be told fails visibly": Play(
        "early",
        WHOLE,
        "RecordingFault",
        {"tell": [UNTOLD]},
        {"tell": ATTEMPTS},
    ),
}


def script_of(play: Play, recording: Recording) -> Script:
    """The play's answers, each followed by that of a recording that goes well."""
    wait = 1 if play.recovers == "never" else 60
    closed = factories.closed_recording(
        place=recording.gateway, execution=recording.execution, flow_logs=recording.flow_logs
    )
    well: dict[str, dict[str, object]] = {
        "open": {**opened_answer(recording, factories.NOW), "wait_seconds": wait},
        "close": at_once(closed),
        "report": reported_answer(closed, timedelta()),
        "start": {"kind": "started"},
        "tell": {"kind": "x"},
    }
    return {part: [*play.script.get(part, []), answers(answer)] for part, answer in well.items()}


def only(play: Play) -> Play:
    """The play whose last scripted answer of a notice is repeated for ever."""
    told = play.script.get("tell", [])
    return Play(
        play.recovers,
        play.path,
        play.error,
        {**play.script, "tell": [*told, *[told[-1]] * ATTEMPTS] if told[-1:] == [UNTOLD] else told},
        play.calls,
    )


def played(stage: Stage, play: Play) -> tuple[Ended, GatewayRef, Recording]:
    place = stage.place()
    recording = stage.admitted(place)
    if play.recovers == "early":
        stage.note_recovery(factories.recovery(place))
    execution = stage.start(place, script_of(only(play), recording))
    if play.recovers == "late":
        stage.recover(place)
    return stage.end(execution), place, recording


@pytest.mark.parametrize("play", PLAYS.values(), ids=PLAYS)
def test_a_recording_goes_its_way(stage: Stage, play: Play) -> None:
    ended, _, _ = played(stage, play)
    assert ended.path == play.path
    assert (ended.status, ended.error) == ("FAILED" if play.error else "SUCCEEDED", play.error)
    calls = {part: len(stage.told(part)) for part in play.calls}
    assert calls == play.calls


def test_an_event_that_is_not_understood_is_kept_with_the_reason(stage: Stage) -> None:
    stage.kept_events()
    _, place, _ = played(stage, PLAYS["an event that is not understood touches nothing"])
    [kept] = stage.kept_events()
    assert kept["account"] == place.account
    assert kept["ended"]["Error"] == "EventRejected"


def test_a_start_is_told_how_often_it_was_tried(stage: Stage) -> None:
    place = stage.place()
    script = script_of(PLAYS["a recovery before the wait ends it too"], stage.admitted(place))
    stage.note_recovery(factories.recovery(place))
    stage.end(stage.start(place, {**script, "start": [fails("Transient")] * 2 + script["start"]}))
    assert [Starting.read(each).retried for each in stage.told("start")] == [0, 1, 2]


def test_a_close_is_tried_for_minutes_before_it_is_called_stuck() -> None:
    (retry,) = json.loads(render_state_machine())["States"]["CloseRecording"]["Retry"]
    waits = [
        min(retry["IntervalSeconds"] * retry["BackoffRate"] ** attempt, retry["MaxDelaySeconds"])
        for attempt in range(retry["MaxAttempts"])
    ]
    assert sum(waits) / 2 > 90  # full jitter: half of each wait on average


def test_every_state_is_on_some_path() -> None:
    states = set(json.loads(render_state_machine())["States"])
    assert {state for play in PLAYS.values() for state in play.path} == states


def test_a_whole_recording_takes_few_transitions_and_one_until_its_flow_logs_are_on(stage: Stage) -> None:
    ended, _, _ = played(stage, PLAYS["a recovery ends the recording"])
    assert len(ended.path) <= 12
    assert ended.path[0] == "OpenRecording"
    assert [each.part for each in stage.diary()] == ["open", "start", "close", "report", "tell"]


def test_each_function_is_given_what_it_understands(stage: Stage) -> None:
    ended, place, recording = played(stage, PLAYS["a recovery ends the recording"])
    opening = Opening.read(stage.told("open")[0])
    assert transition(opening.event).gateway == place
    assert opening.execution == ended.arn
    closing = Closing.read(stage.told("close")[0])
    assert transition(closing.event).gateway == place
    assert (closing.execution, closing.started) == (opening.execution, opening.started)
    assert closing.ending() == ("recovered", None)
    [starting] = [Starting.read(each) for each in stage.told("start")]
    assert (starting.recording, starting.retried) == (recording.id, 0)
    [notice] = [Telling.read(each) for each in stage.told("tell")]
    assert (notice.kind, notice.identity()) == ("closed", recording.id)
    reporting = Reporting.read(stage.told("report")[0])
    assert (reporting.recording, reporting.retried) == (recording.id, 0)
    asked = stage.catalog.ended(reporting.query)
    assert (asked["Query"], asked["Status"]["State"]) == ("SELECT 1 AS one", "SUCCEEDED")


@pytest.mark.parametrize(
    ("play", "ending"),
    [
        ("a recovery before the wait ends it too", ("recovered", None)),
        ("the time limit ends it", ("time_limit", None)),
        (
            "an opening that failed is closed and told",
            ("failed", "FlowLogsRefused: creating flow logs: UnauthorizedOperation"),
        ),
    ],
)
def test_a_close_is_told_what_ended_the_wait(stage: Stage, play: str, ending: tuple[str, str | None]) -> None:
    played(stage, PLAYS[play])
    assert Closing.read(stage.told("close")[0]).ending() == ending


@pytest.mark.parametrize(
    ("play", "kind", "fault"),
    [
        (
            "an opening that failed is closed and told",
            "failed",
            "FlowLogsRefused: creating flow logs: UnauthorizedOperation",
        ),
        (
            "a close that fails for good is told at once",
            "stuck",
            "FlowLogsRemain: fl-1 still there after their deletion",
        ),
        (
            "a report that fails is told",
            "unreported",
            "RecordingFault: listing the archive: AccessDenied",
        ),
    ],
)
def test_the_team_is_told_why_in_plain_words(stage: Stage, play: str, kind: str, fault: str) -> None:
    ended, _, recording = played(stage, PLAYS[play])
    notice = Telling.read(stage.told("tell")[-1])
    assert (notice.kind, notice.fault.in_words()) == (kind, fault)
    started = Opening.read(stage.told("open")[0]).started
    own = recording_id(ended.arn, started)
    assert notice.identity() in {own, recording.id, NOTHING["id"]}
    if kind == "stuck":
        assert notice.identity() == own


@pytest.mark.parametrize(
    ("play", "path"),
    [
        ("a close that fails for good is told at once", ["RepeatClose", *REPORT, "Whole?", "TellClosed"]),
        ("a report that fails is told", ["RepeatReport", "TellClosed"]),
        ("an end that cannot be told fails visibly", ["TellClosed"]),
    ],
)
def test_a_redrive_goes_on_where_it_failed_once_the_cause_is_mended(
    stage: Stage, play: str, path: list[str]
) -> None:
    ended, _, _ = played(stage, PLAYS[play])
    assert ended.status == "FAILED"
    redriven = stage.redrive(ended.arn)
    assert (redriven.status, redriven.path) == ("SUCCEEDED", [*ended.path, *path])


def test_a_redrive_tells_of_a_failure_that_could_not_be_told(stage: Stage) -> None:
    ended, _, _ = played(stage, PLAYS["a failure that cannot be told fails where a redrive tells it"])
    redriven = stage.redrive(ended.arn)
    assert redriven.path[len(ended.path) :] == ["TellFailed", "NothingRecorded"]
    assert redriven.error == "NothingRecorded"


def test_a_redrive_asks_again_once_there_is_room_for_the_answer(stage: Stage) -> None:
    place, bucket = stage.place(), f"answers-{uuid.uuid4().hex}"
    script = script_of(PLAYS["a recovery ends the recording"], stage.admitted(place))
    stage.note_recovery(factories.recovery(place))
    machine = stage.create(work_group=stage.catalog.workgroup(f"s3://{bucket}/"))
    ended = stage.end(stage.start(place, script, machine))
    assert ended.path[-3:] == ["FindTalkers", "TellUnreported", "RepeatQuery"]
    told = Telling.read(stage.told("tell")[-1])
    assert "Unable to verify/create output bucket" in str(told.fault.in_words())
    stage.catalog.s3.create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": factories.REGION}
    )
    redriven = stage.redrive(ended.arn)
    assert redriven.status == "SUCCEEDED"
    assert redriven.path[len(ended.path) :] == ["RepeatQuery", "RepeatReport", "TellClosed"]


def test_an_opening_that_does_not_answer_is_closed_as_a_failure_not_as_a_time_limit(stage: Stage) -> None:
    place = stage.place()
    script = script_of(PLAYS["an opening that failed is closed and told"], stage.admitted(place))
    script["open"] = [{"seconds": 2, "answer": {}}]
    ended = stage.end(stage.start(place, script, stage.create(OpenRecording=1)))
    assert ended.path[:2] == ["OpenRecording", "CloseRecording"]
    assert Closing.read(stage.told("close")[0]).ending()[0] == "failed"


def test_a_wait_that_cannot_begin_ends_the_recording(stage: Stage) -> None:
    place = stage.place()
    script = script_of(PLAYS["a recovery ends the recording"], stage.admitted(place))
    ended = stage.end(stage.start(place, script, stage.create(table="no-such-table")))
    assert ended.path == WHOLE
    ending, detail = Closing.read(stage.told("close")[0]).ending()
    assert ending == "failed"
    assert "ResourceNotFoundException" in str(detail)
