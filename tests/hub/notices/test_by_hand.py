"""What is told of a recording that somebody started by hand."""

from typing import Any

from hub.domain.by_hand import MANUAL
from hub.domain.recordings import Recording
from hub.notices.writing import write
from tests import factories


def by_hand(**known: Any) -> Recording:  # noqa: ANN401 - of `recording`
    return factories.recording(alarms=(MANUAL,), flow_logs=("fl-1",), opened_by=factories.CALLER, **known)


def test_whoever_started_it_is_named_and_no_alarm_is() -> None:
    told = write("started", by_hand(), now=factories.NOW)
    facts = {each.label: each.value for each in told.facts}
    assert facts["Started by"] == factories.CALLER
    assert not {"Alarm", "Alarms", "Over quota"} & facts.keys()
    assert told.headline == "natrec is recording egress, because somebody asked for it by hand."
    assert "natrec stop rec-" in " ".join(told.paragraphs)


def test_alarms_that_joined_it_are_told() -> None:
    joined = factories.recording(alarms=(MANUAL, factories.ALARM), opened_by=factories.CALLER)
    facts = {each.label: each.value for each in write("started", joined, now=factories.NOW).facts}
    assert facts["Alarm"] == factories.ALARM


def test_a_reason_to_pass_quotas_is_told() -> None:
    told = write("started", by_hand(over_quota="incident 42"), now=factories.NOW)
    assert ("Over quota", "incident 42") in {(each.label, each.value) for each in told.facts}
    assert "Neither quota nor cooldown counted, for this reason: incident 42" in told.paragraphs


def test_one_that_failed_is_for_whoever_asked_to_ask_again() -> None:
    told = write("failed", by_hand(reason="denied"), now=factories.NOW)
    assert told.headline == "Somebody wanted to record egress, and natrec could not."
    assert "Once that is mended, ask again." in " ".join(told.paragraphs)
