import json
from pathlib import Path

import pytest
import typer

from orgconfig.errors import NatrecError
from scripts.cli import errors
from scripts.cli.main import application, run
from scripts.cli.verbs.init import init

VERBS = [command.callback.__name__ for command in application().registered_commands if command.callback]


@pytest.mark.parametrize("verb", VERBS)
def test_the_help_of_every_verb_has_an_example(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([verb, "--help"]) == 0
    assert f"natrec {verb}" in capsys.readouterr().out.split("Examples:")[1]


@pytest.mark.parametrize(
    "arguments", [[], ["nope"], ["check", "--nope"], ["check", "-c"], ["init", "a", "b"]]
)
def test_a_wrong_command_line_is_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "--help" in printed.err


def test_a_config_is_written_once_and_never_over_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "acme.yaml"
    assert run(["init", str(file)]) == 0
    assert run(["check", "-c", str(file)]) == 0
    file.write_text("mine")
    assert run(["init", str(file)]) == 1
    assert "left alone" in capsys.readouterr().err
    assert file.read_text() == "mine"


def test_a_config_is_written_into_a_folder_under_its_usual_name(tmp_path: Path) -> None:
    init(path=tmp_path)
    assert (tmp_path / "natrec.yaml").exists()


def test_a_config_that_cannot_be_written_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", str(tmp_path / "no" / "such.yaml")]) == 1
    assert "cannot be written: No such file or directory" in capsys.readouterr().err


def test_the_schema_is_one_json_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema"]) == 0
    assert json.loads(capsys.readouterr().out)["properties"]["tiers"]["description"]


READING = ["plan", "apply", "status", "doctor", "destroy", "recordings"]


@pytest.mark.parametrize("verb", READING)
def test_what_fails_is_one_json_document_where_json_is_asked_for(
    verb: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([verb, "--json", "-c", str(tmp_path / "no.yaml")]) == 1
    printed = capsys.readouterr()
    error = json.loads(printed.out)["error"]
    assert (error["what"], error["where"]) == ("there is no such config", str(tmp_path / "no.yaml"))
    assert "natrec init" in error["next"]
    assert "there is no such config" in printed.err


@pytest.mark.parametrize("verb", READING)
def test_problems_of_a_config_are_told_one_by_one_as_json(
    verb: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "natrec.yaml"
    assert run(["init", str(file)]) == 0
    file.write_text(file.read_text().replace("us-east-1]", "us-nowhere-9]"))
    capsys.readouterr()
    assert run([verb, "--json", "-c", str(file)]) == 1
    [problem] = json.loads(capsys.readouterr().out)["error"]["problems"]
    assert (problem["line"], problem["field"]) == (33, "targets.regions[1]")


def test_a_failure_that_is_reported_already_is_only_told_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise errors.ReportedError from NatrecError("it broke")

    assert errors.guarded(fail, debug=False, as_json=True) == 1
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", "natrec: it broke\n")


def test_a_bug_is_one_json_document_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert errors.guarded(lambda: _raise(ValueError("odd")), debug=False, as_json=True) == 1
    assert "ValueError: odd" in json.loads(capsys.readouterr().out)["error"]["what"]


def test_an_interrupt_is_one_json_document_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert errors.guarded(lambda: _raise(KeyboardInterrupt()), debug=False, as_json=True) == 130
    printed = capsys.readouterr()
    assert json.loads(printed.out)["error"]["what"] == "interrupted"
    assert printed.err == ""


def _raise(problem: BaseException) -> None:
    raise problem


def test_an_expected_error_says_what_where_and_what_next(capsys: pytest.CaptureFixture[str]) -> None:
    problem = NatrecError("is gone", where="111111111111 eu-west-1", next="Deploy it again.")
    assert errors.guarded(lambda: _raise(problem), debug=False) == 1
    assert capsys.readouterr().err == "natrec: 111111111111 eu-west-1: is gone\nDeploy it again.\n"


def test_an_unexpected_error_is_called_a_bug_and_has_no_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert errors.guarded(lambda: _raise(KeyError("x")), debug=False) == 1
    printed = capsys.readouterr().err
    assert printed.startswith("natrec: this is a bug in natrec: KeyError: 'x'\n")
    assert "--debug" in printed
    assert "Traceback" not in printed


def test_the_traceback_is_shown_with_debug(capsys: pytest.CaptureFixture[str]) -> None:
    assert errors.guarded(lambda: _raise(KeyError("x")), debug=True) == 1
    assert "Traceback" in capsys.readouterr().err


def test_debug_may_stand_before_or_after_the_verb(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = str(tmp_path / "natrec.yaml")
    for arguments in (["--debug", "check", "-c", missing], ["check", "-c", missing, "--debug"]):
        assert run(arguments) == 1
        assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt(), typer.Abort()])
def test_an_interrupt_is_quiet(interrupt: BaseException, capsys: pytest.CaptureFixture[str]) -> None:
    assert errors.guarded(lambda: _raise(interrupt), debug=False) == 130
    printed = capsys.readouterr()
    assert printed.out + printed.err == ""
