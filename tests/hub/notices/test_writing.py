from dataclasses import replace
from datetime import timedelta

import pytest

from hub.domain.notices import AboutRecording, Notice
from hub.domain.suspects import Suspicion
from hub.notices.writing import write
from tests import factories
from tests.hub.notices.told import ABOUT, NOW, PAGE, RECORDINGS, SUMMARY, written


def said(notice: Notice) -> str:
    return "\n".join([notice.headline, *notice.paragraphs])


@pytest.mark.parametrize("kind", ABOUT)
def test_a_notice_says_where_and_which_by_name_and_id(kind: AboutRecording) -> None:
    facts = {each.label: each.value for each in written(kind).facts}
    assert facts["Account"] == f"payments ({factories.ACCOUNT})"
    assert facts["Region"] == factories.REGION
    named = RECORDINGS[kind].gateway_name
    assert facts["Gateway"] == (f"{named} ({factories.NAT})" if named else factories.NAT)
    assert factories.ALARM in facts.get("Alarm", facts.get("Alarms", ""))
    assert facts["Onset"] == "2026-11-23 06:09:58 UTC"


def test_an_account_without_a_name_is_told_by_its_id() -> None:
    told = write("started", RECORDINGS["started"], now=NOW)
    assert {each.label: each.value for each in told.facts}["Account"] == factories.ACCOUNT
    assert told.title == f"recording egress in {factories.ACCOUNT}, eu-west-1"


@pytest.mark.parametrize("kind", ABOUT)
def test_all_of_a_recording_is_one_story_that_tells_each_kind_once(kind: AboutRecording) -> None:
    told = written(kind)
    assert told.about == told.story == RECORDINGS[kind].id
    assert (told.began is None) == (kind == "started")


@pytest.mark.parametrize("kind", ABOUT)
def test_a_notice_leads_to_the_gateway_and_to_the_execution(kind: AboutRecording) -> None:
    urls = {each.label: each.url for each in written(kind).links}
    assert urls[f"Gateway in {factories.ACCOUNT}"].endswith(f"natGatewayId={factories.NAT}")
    assert urls["Execution in 222222222222"].endswith(RECORDINGS[kind].execution)


def test_the_report_comes_before_every_other_page() -> None:
    first, *_ = written("closed").links
    assert (first.label, first.url) == ("Report", PAGE)


def test_where_no_console_is_known_only_the_report_is_linked_to() -> None:
    isolated = replace(
        RECORDINGS["closed"],
        gateway=factories.gateway_ref(region="us-iso-east-1"),
        execution="arn:aws-iso:states:us-iso-east-1:222222222222:execution:natrec-recording:e1",
    )
    told = written("closed", isolated)
    assert [each.url[:5] for each in told.links] == ["s3://"]
    assert all(each.link is None for each in told.facts)


@pytest.mark.parametrize("kind", ["failed", "unreported", "stuck", "undelivered", "lost"])
def test_a_failure_says_why_and_what_to_do(kind: AboutRecording) -> None:
    told = said(written(kind))
    assert "What to do" in told
    assert "Why: " in told or kind == "lost"


def test_a_fault_is_told_in_one_line_of_what_a_reader_reads() -> None:
    told = write("unreported", RECORDINGS["unreported"], "no\n\nWhat to do: pay\n" * 900, now=NOW)
    assert len(told.paragraphs[0]) < 650
    assert "\n" not in told.paragraphs[0]
    assert sum(each.startswith("What to do") for each in told.paragraphs) == 1


def test_a_report_is_told_by_its_headline_its_talkers_and_the_first_advice() -> None:
    told = written("closed")
    assert told.headline == SUMMARY.headline
    for part in (*SUMMARY.talkers, SUMMARY.suspicion, SUMMARY.cost, SUMMARY.advice, *SUMMARY.gaps):
        assert str(part) in said(told)


def test_three_talkers_are_told_and_how_many_more_there_are() -> None:
    many = replace(SUMMARY, talkers=tuple(f"1%: client-{number}" for number in range(500)))
    [told] = [
        each
        for each in written("closed", replace(RECORDINGS["closed"], summary=many)).paragraphs
        if each.startswith("Most")
    ]
    assert told.split("\n") == [
        "Most of it:",
        "  1%: client-0",
        "  1%: client-1",
        "  1%: client-2",
        "  and 497 more in the report",
    ]


def test_a_recording_without_a_report_is_told_all_the_same() -> None:
    told = write("closed", factories.closed_recording(), now=NOW)
    assert told.headline == "The recording of egress is complete: 7 min 30 s of traffic."
    assert "No records have arrived" in said(told)


def test_records_that_are_incomplete_are_told_with_what_to_do() -> None:
    told = said(write("closed", factories.closed_recording(delivery_error="Access error"), now=NOW))
    assert "'Access error'" in told
    assert "What to do: check that the archive's bucket and key policies admit" in told


def test_what_the_policy_passed_over_is_told_when_a_recording_starts() -> None:
    noted = replace(factories.recording(), notes=("the tag natrec:tier names tier `huge`",))
    assert "To be mended: the tag natrec:tier names tier `huge`." in written("started", noted).paragraphs


def test_every_flow_log_that_may_still_be_on_is_listed() -> None:
    recording = RECORDINGS["stuck"]
    [told] = [each for each in written("stuck").paragraphs if each.startswith("Flow logs")]
    assert told.split("\n")[1:] == [f"  {each}" for each in recording.flow_logs]


def test_a_start_lists_its_suspects() -> None:
    less = factories.suspect(client="i-0fed", name=None, sureness="possible", reason="others rose as much")
    suspected = replace(RECORDINGS["started"], suspicion=factories.suspicion(factories.suspect(), less))
    [told] = [each for each in written("started", suspected).paragraphs if each.startswith("Suspects")]
    assert [each[:6] for each in told.split("\n")[1:]] == ["  i-01", "  i-0f"]


@pytest.mark.parametrize(
    ("looked", "words"),
    [
        (Suspicion(NOW, none="nobody rose"), "No suspect: nobody rose."),
        (Suspicion(NOW, failed="AccessDenied"), "Suspects could not be looked for: AccessDenied"),
    ],
)
def test_a_start_says_why_nobody_is_suspected(looked: Suspicion, words: str) -> None:
    assert words in written("started", replace(RECORDINGS["started"], suspicion=looked)).paragraphs


def test_a_span_within_a_day_names_the_day_once() -> None:
    def recorded(minutes: int) -> str:
        closed = replace(RECORDINGS["closed"], closed_at=factories.NOW + timedelta(minutes=minutes))
        return next(each.value for each in written("closed", closed).facts if each.label == "Recorded")

    assert recorded(5) == "2026-11-23 06:10:18 to 06:15:18 UTC, 5 min"
    assert recorded(1440) == "2026-11-23 06:10:18 to 2026-11-24 06:10:18 UTC, 24 h"
