"""What an event would do, from the config alone."""

import json
from pathlib import Path
from typing import Any

import pytest

from scripts.cli.main import run
from tests import factories

MEMBER = ["--ou", "r-ab12"]
NAT = "nat-0aaaaaaaaaaaaaaaa"


def fired() -> dict[str, Any]:
    """Of a gateway that the config says nothing of."""
    event = factories.contributor_event()
    event["detail"]["alarmContributor"]["attributes"]["NatGatewayId"] = NAT
    return event


@pytest.fixture
def config(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    file = tmp_path / "natrec.yaml"
    assert run(["init", str(file)]) == 0
    capsys.readouterr()
    return file


class Replayed:
    """The verb, with an event in a file."""

    def __init__(self, config: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.config, self.capsys = config, capsys

    def __call__(self, event: object, *said: str) -> str:
        file = self.config.parent / "event.json"
        file.write_text(event if isinstance(event, str) else json.dumps(event))
        self.code = run(["replay", str(file), "-c", str(self.config), *MEMBER, *said])
        printed = self.capsys.readouterr()
        self.err = printed.err
        return printed.out

    def document(self, event: object, *said: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self(event, "--json", *said))
        return found


@pytest.fixture
def replayed(config: Path, capsys: pytest.CaptureFixture[str]) -> Replayed:
    return Replayed(config, capsys)


def test_an_onset_that_would_be_recorded_shows_its_terms_and_limits(replayed: Replayed) -> None:
    found = replayed.document(fired())
    assert (found["would"], found["tier"], found["live"]) == ("record", "standard", False)
    assert "natrec.yaml:" in found["why"]
    assert {"gateway: recordings a day", "organization: recordings open at once"} <= {
        each["what"] for each in found["limits"]
    }
    assert {each["used"] for each in found["limits"]} == {None}


def test_people_read_it_as_sentences(replayed: Replayed) -> None:
    text = replayed(fired())
    assert text.startswith(f"{factories.ALARM} is ALARM since 2026-11-23T06:10:18Z, for {NAT} in ")
    assert "\nIt would be recorded.\n  tier standard" in text
    assert text.endswith("Judged as of 2026-11-23T06:10:18Z, from the config alone. Nothing was done.\n")


def test_tags_change_the_answer(replayed: Replayed) -> None:
    found = replayed.document(fired(), "--tag", "natrec:record=never")
    assert (found["would"], found["reason"], found["offered_again"]) == ("refuse", "opted_out", False)


def test_an_alarm_of_another_tier_is_refused(replayed: Replayed) -> None:
    event = fired()
    event["detail"]["alarmName"] = "natrec-heavy-upload-zonal"
    text = replayed(event)
    assert "It would be refused (other_tier): the gateway is in tier standard" in text


def test_an_ordinary_alarm_of_another_name_never_reaches_the_hub(replayed: Replayed) -> None:
    event = factories.contributor_event()
    event["detail-type"] = "CloudWatch Alarm State Change"
    event["detail"].pop("alarmContributor")
    event["detail"]["alarmName"] = "mine"
    found = replayed.document(event)
    assert (found["would"], found["why"]) == (
        "ignore",
        "of ordinary alarms only those called natrec-custom-... are taken",
    )


def test_a_recovery_alone_tells_where_more_is_known(replayed: Replayed) -> None:
    event = factories.contributor_event()
    event["detail"]["state"]["value"] = "OK"
    found = replayed.document(event)
    assert (found["would"], found["why"][-6:]) == ("note", "--live")


def test_what_is_no_alarms_event_would_be_kept_for_a_person(replayed: Replayed) -> None:
    found = replayed.document({"source": "aws.ec2"})
    assert found["would"] == "reject"
    assert "source" in found["why"]


@pytest.mark.parametrize(("text", "words"), [("{", "is no JSON"), ("[]", "holds no event")])
def test_what_is_no_event_is_told(replayed: Replayed, text: str, words: str) -> None:
    assert replayed(text) == ""
    assert replayed.code == 1
    assert words in replayed.err


def test_a_file_that_is_not_there_is_told(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["replay", str(config.parent / "no.json"), "-c", str(config)]) == 1
    assert "no.json cannot be read: No such file" in capsys.readouterr().err
