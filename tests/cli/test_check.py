import json
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from scripts.cli.main import run

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "orgconfig" / "example.yaml"


class Mistake(NamedTuple):
    """One thing wrong: what is changed in the example, and what `check` says of that line."""

    before: str
    after: str
    field: str
    said: str


MISTAKES = {
    "misspelt field": Mistake("  regions: [", "  regoins: [", "targets.regoins", "did you mean `regions`?"),
    "no region": Mistake(
        "    region: eu-west-1",
        "    region: eu-nowhere-9",
        "organization.hub.region",
        "no region `eu-nowhere-9`",
    ),
    "unquoted account": Mistake(
        'account: "222222222222"',
        "account: 222222222222",
        "organization.hub.account",
        'quotes: "222222222222"',
    ),
    "unknown tier": Mistake("{tier: heavy}", "{tier: hevy}", "overrides[0].set.tier", "standard, heavy"),
    "odd period": Mistake(
        "  period: 1m         ", "  period: 90s ", "tiers.standard.period", "multiple of 1m"
    ),
    "bare number": Mistake("cooldown: 30m", "cooldown: 30", "recording.cooldown", "write 30s"),
    "limit below duration": Mistake(
        "{max_duration: 1h}", "{max_duration: 9h}", "overrides[1].set.max_duration", "hard_limit (6h)"
    ),
    "two matches": Mistake(
        "{ou: ou-ab12-payments}", "{ou: ou-ab12-payments, tag: {a: b}}", "overrides[0].match", "exactly one"
    ),
    "bits": Mistake("20 GB", "20 Gb", "tiers.heavy.threshold", "`GB`"),
    "not an address": Mistake("[security@example.com]", "[security]", "notify.email[0]", "an email address"),
    "role path": Mistake(
        "role_path: /natrec/", "role_path: natrec", "iam.role_path", "begins and ends with /"
    ),
    "number in a tag": Mistake(
        "{team: data-platform}", "{team: 5}", "overrides[1].match.tag.team", 'in quotes: "5"'
    ),
    "not YAML": Mistake("mute: []", "mute: []: []", "", "not valid YAML"),
    "twice": Mistake("iam:\n", "tags: {}\niam:\n", "tags", "a second time"),
}
each_mistake = pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES.keys())


def broken(folder: Path, mistake: Mistake) -> tuple[Path, int]:
    """A copy of the example with one thing wrong, and the line of it."""
    text = EXAMPLE.read_text()
    before, after = mistake.before, mistake.after
    assert before in text
    file = folder / "natrec.yaml"
    file.write_text(text.replace(before, after, 1))
    return file, text[: text.index(before)].count("\n") + 1


@each_mistake
def test_each_kind_of_mistake_is_one_clear_line(
    mistake: Mistake, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, line = broken(tmp_path, mistake)
    assert run(["check", "-c", str(file)]) == 1
    printed = capsys.readouterr()
    (told,) = printed.out.splitlines()
    assert told.startswith(f"{file}:{line}: {mistake.field}")
    assert mistake.said in told
    assert printed.err == "natrec: not valid, 1 problem\n"


@each_mistake
def test_as_json_each_mistake_has_line_field_and_message(
    mistake: Mistake, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, line = broken(tmp_path, mistake)
    assert run(["check", "-c", str(file), "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["ok"] is False
    (error,) = answer["errors"]
    assert set(error) == {"line", "field", "message"}
    assert (error["line"], error["field"]) == (line, mistake.field)
    assert mistake.said in error["message"]


def test_all_mistakes_are_told_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = EXAMPLE.read_text()
    mistakes = [mistake for name, mistake in MISTAKES.items() if name != "not YAML"]
    for mistake in mistakes:
        text = text.replace(mistake.before, mistake.after, 1)
    file = tmp_path / "natrec.yaml"
    file.write_text(text)
    assert run(["check", "-c", str(file), "--json"]) == 1
    fields = {error["field"] for error in json.loads(capsys.readouterr().out)["errors"]}
    assert fields == {mistake.field for mistake in mistakes}


def test_a_valid_config_is_told_as_valid(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "-c", str(EXAMPLE)]) == 0
    printed = capsys.readouterr()
    assert printed.out == f"{EXAMPLE}: valid (2 regions, 2 tiers, 3 overrides)\n"
    assert printed.err == ""
    assert run(["check", "-c", str(EXAMPLE), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"ok": True, "errors": []}


def test_a_missing_config_is_told_with_what_to_do_next(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "natrec.yaml"
    assert run(["check", "-c", str(missing)]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(f"natrec: {missing}: there is no such config\n")
    assert "natrec init" in printed.err
    assert run(["check", "-c", str(missing), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["ok"] is False


def test_the_config_is_natrec_yaml_where_none_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["init"]) == 0
    assert run(["check"]) == 0
    assert "natrec.yaml: valid" in capsys.readouterr().out


def test_the_executable_checks_a_config_from_any_folder(tmp_path: Path) -> None:
    file, line = broken(tmp_path, Mistake("20 GB", "twenty", "tiers.heavy.threshold", ""))
    command = [str(ROOT / "scripts" / "natrec"), "check", "-c", file.name]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 1
    assert done.stdout.startswith(f"natrec.yaml:{line}: tiers.heavy.threshold: must be a size such as")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("region", "said"),
    [
        ("eu-wset-2", "there is no region `eu-wset-2` that the SDK knows; did you mean `eu-west-2`"),
        ("cn-north-1", "cn-north-1 is in the partition aws-cn, and the hub's region eu-west-1 in aws"),
    ],
)
def test_a_region_that_is_none_or_out_of_reach_is_told_at_its_line(
    region: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = EXAMPLE.read_text().replace("regions: [eu-west-1, us-east-1]", f"regions: [eu-west-1, {region}]")
    file = tmp_path / "natrec.yaml"
    file.write_text(text)
    line = text[: text.index(region)].count("\n") + 1
    assert run(["check", "-c", str(file)]) == 1
    assert f"{file}:{line}: targets.regions[1]: {said}" in capsys.readouterr().out
