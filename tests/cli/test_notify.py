import json
from pathlib import Path

import pytest

from hub.domain.notices import KINDS
from scripts.cli.main import run


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "acme.yaml"
    assert run(["init", str(file)]) == 0
    file.write_text(file.read_text().replace("namespace: natrec", "namespace: acme"))
    return file


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_shown_in_every_channel(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["notify", "--preview", kind, "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["kind"] == kind
    assert shown["mail"]["subject"].startswith("natrec: ")
    assert {"blocks", "text"} <= set(shown["slack"])
    assert shown["workflow"]["kind"] == kind
    assert shown["chat"]["source"] == "custom"


def test_people_read_the_mail_and_paste_the_rest(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["notify", "--preview", "closed"]) == 0
    mail, slack, workflow, chat = capsys.readouterr().out.split("\n# ")
    assert "\nSubject: natrec: recorded egress (nat-0a1b2c3d4e5f60718) in payments-prod" in mail
    assert json.loads(slack.partition("\n")[2])["blocks"]
    assert json.loads(workflow.partition("\n")[2])["link_label"] == "Report"
    assert json.loads(chat.partition("\n")[2])["version"] == "1.0"


def test_a_subject_bears_the_configs_namespace(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run(["notify", "--preview", "test", "-c", str(config)]) == 0
    assert "Subject: acme: test" in capsys.readouterr().out


def test_an_unknown_kind_is_told_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["notify", "--preview", "nope"]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == f"natrec: there is no notice of kind 'nope'\nKinds: {', '.join(KINDS)}.\n"


def test_a_config_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["notify", "--preview", "test", "-c", str(tmp_path / "no.yaml")]) == 1
    assert "no.yaml" in capsys.readouterr().err


@pytest.mark.parametrize("said", [[], ["--preview", "closed", "--test"]])
def test_one_has_to_say_either_what_to_show_or_that_a_test_be_sent(
    said: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["notify", *said]) == 2
    assert "--preview, --test" in capsys.readouterr().err
