from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest
from syrupy.assertion import SnapshotAssertion

from hub.domain.notices import Kind, Notice, notice, unreachable
from hub.domain.recordings import Recording, Summary
from hub.domain.suspects import Suspicion
from hub.domain.targets import Target
from tests import factories

KINDS: tuple[Kind, ...] = get_args(Kind)
FAULT = "FlowLogsRemain: deleting fl-0123456789abcdef0 in 444444444444 eu-west-1: UnauthorizedOperation: " * 2
REPORT = "s3://natrec-reports-222222222222-eu-west-1/recordings/rec-20261123T061018-0f43a8b1/report.json"
PAGE = (
    "https://eu-west-1.console.aws.amazon.com/s3/object/natrec-reports-222222222222-eu-west-1?region=eu-west-1"
    "&prefix=recordings/rec-20261123T061018-0f43a8b1/report.html"
)
SUMMARY = Summary(
    headline="i-0abc etl-runner-3 (team data) downloaded 41.0 GB from S3 in 14 min, 92% of the traffic.",
    talkers=(
        "92%, 41.0 GB: i-0abc etl-runner-3 from S3 52.218.41.112, port 443",
        "4%, 1.8 GB: 10.0.1.7 from 140.82.121.3, port 22",
    ),
    cost="$1.97 of NAT processing; its recording cost less than a cent",
    advice="41.0 GB came from S3. A gateway endpoint costs nothing. It would save $310.00 a month.",
    gaps=("The recording is incomplete: AWS skipped records 3 times (SKIPDATA).",),
    suspicion="The suspect named 20 s after the start was right: i-0abc made 92% of the download.",
)
REGIONAL = ("nat-0123456789abcdef0: LogDestinationPermissionIssueException Access Denied for LogDestination",)

RECORDINGS: dict[Kind, Recording] = {
    "started": factories.recording(flow_logs=("fl-0123456789abcdef0",), not_recorded=REGIONAL),
    "closed": factories.closed_recording(
        delivered_bytes=1_234_567,
        delivered_objects=3,
        report=REPORT,
        summary=SUMMARY,
        alarms=(factories.ALARM, factories.OTHER_ALARM),
    ),
    "failed": factories.recording(
        state="failed",
        reason="the recording failed: FlowLogsRefused: creating flow logs on nat-0123456789abcdef0: denied",
        closed_at=factories.NOW + timedelta(seconds=9),
        gateway_name=None,
    ),
    "unreported": factories.closed_recording(),
    "stuck": factories.recording(flow_logs=tuple(f"fl-{number:017x}" for number in range(6))),
    "undelivered": factories.recording(flow_logs=("fl-1",), delivery_error="Access error"),
    "lost": factories.closed_recording(reason="its execution ended without closing it"),
}


LESS_SURE = factories.suspect(
    client="i-0fedcba9876543210",
    name=None,
    share=1.4,
    sureness="possible",
    reason="its metrics are 5-minute averages; others rose as much",
)
LOOKS = {
    "one": factories.suspicion(),
    "several": factories.suspicion(factories.suspect(), LESS_SURE),
    "none": Suspicion(factories.NOW, none="no instance's traffic rose with it; containers have no metrics"),
    "failed": Suspicion(
        factories.NOW, failed="asking CloudWatch in 444444444444 eu-west-1: AccessDenied: no"
    ),
}


@pytest.mark.parametrize("look", LOOKS)
def test_a_start_names_the_suspects_or_says_why_there_are_none(
    look: str, snapshot: SnapshotAssertion
) -> None:
    recording = factories.recording(flow_logs=("fl-0123456789abcdef0",), suspicion=LOOKS[look])
    assert notice("started", recording).text == snapshot


def test_what_the_policy_passed_over_is_told_when_a_recording_starts() -> None:
    noted = replace(factories.recording(), notes=("the tag natrec:tier names tier `huge`",))
    assert "To be mended: the tag natrec:tier names tier `huge`." in notice("started", noted).text


def written(kind: Kind, recording: Recording | None = None) -> Notice:
    return notice(kind, recording or RECORDINGS[kind], FAULT)


@pytest.mark.parametrize("kind", KINDS)
def test_a_notice_reads_well(kind: Kind, snapshot: SnapshotAssertion) -> None:
    told = written(kind)
    assert f"Subject: {told.subject}\n\n{told.text}" == snapshot


@pytest.mark.parametrize("recordings", [(), ("rec-1", "rec-2")])
def test_a_spoke_out_of_reach_is_told_with_what_is_open_there(
    recordings: tuple[str, ...], snapshot: SnapshotAssertion
) -> None:
    told = unreachable(
        Target(factories.ACCOUNT, factories.REGION), recordings, "assuming the role: AccessDenied"
    )
    assert f"Subject: {told.subject}\n\n{told.text}" == snapshot


@pytest.mark.parametrize("kind", KINDS)
def test_a_subject_is_what_sns_takes(kind: Kind) -> None:
    name = factories.recording(gateway_name="Ausgang-für-Zürich" * 20, flow_logs=("fl-1",))
    for told in (written(kind), written(kind, name)):
        assert told.subject.isascii()
        assert told.subject.isprintable()
        assert 0 < len(told.subject) <= 100
        assert told.subject[0] != " "


@pytest.mark.parametrize("kind", KINDS)
def test_a_notice_says_where_and_which(kind: Kind) -> None:
    told = written(kind)
    for fact in (factories.ACCOUNT, factories.REGION, factories.NAT, factories.ALARM, RECORDINGS[kind].id):
        assert fact in told.text


@pytest.mark.parametrize("kind", KINDS)
def test_a_notice_fits_a_terminal_unless_one_word_does_not(kind: Kind) -> None:
    for line in written(kind).text.splitlines():
        assert len(line) <= 78 or len(line.split()) == 1, line


def test_a_place_to_copy_is_never_broken_over_lines() -> None:
    assert PAGE in written("closed").text.split()
    flow_logs = RECORDINGS["stuck"].flow_logs
    assert all(any(each in line for line in written("stuck").text.splitlines()) for each in flow_logs)


@pytest.mark.parametrize("kind", ["unreported", "stuck"])
def test_a_failure_says_why_and_what_to_do(kind: Kind) -> None:
    text = " ".join(written(kind).text.split())
    assert "Why: FlowLogsRemain" in text
    assert "What to do:" in text


def test_a_report_is_told_by_its_headline_its_talkers_and_the_first_advice() -> None:
    first, *rest = written("closed").text.split("\n\n")
    assert " ".join(first.split()) == SUMMARY.headline
    told = " ".join(" ".join(rest).split())
    for part in (*SUMMARY.talkers, SUMMARY.suspicion, SUMMARY.cost, SUMMARY.advice, *SUMMARY.gaps):
        assert str(part) in told


def test_a_recording_that_was_closed_before_its_report_is_told_all_the_same() -> None:
    assert "is complete: 7 min 30 s of traffic." in notice("closed", factories.closed_recording()).text


def test_records_that_are_incomplete_are_told() -> None:
    broken = factories.closed_recording(delivery_error="Access error")
    assert "'Access error'" in notice("closed", broken).text
    assert "No records have arrived" in notice("closed", factories.closed_recording()).text
