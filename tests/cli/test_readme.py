"""Every command that README.md shows is run, in its order, in a sandbox that natrec has never been in."""

import json
import re
import shlex
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from scripts import environment
from scripts.cli.main import application, run
from scripts.cli.verbs import VERBS
from scripts.stories.places import Organization, eventually
from scripts.stories.running import NATREC, sandbox
from tests import factories
from tests.cli.shapes import shape

ROOT = NATREC.parents[1]
TESTS = ROOT / "tests"
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINE = re.compile(r"\s+#\s.*$")
# Those that run for as long as somebody wants, and who runs them.
ELSEWHERE = {
    "./scripts/demo": "cli/test_sandbox.py::test_the_demo_prints_one_document_and_leaves_nothing",
    "./scripts/test": "cli/test_environment.py",
    "./scripts/natrec sandbox up --bare --port 5000": (
        "cli/test_sandbox.py::test_a_bare_sandbox_is_an_organization_without_natrec"
    ),
}
# Verbs that the README does not show, and who reads what they print.
READ_ELSEWHERE = {
    "schema": "orgconfig/test_schema.py::test_every_field_is_described",
    "report": "cli/test_report.py::test_its_text_tells_the_culprit_first_and_the_page_tells_the_same",
}
# What a new user does before there is any AWS, in a folder of his own.
FIRST = ("init", "check")
EXAMPLES = {
    "account": "444444444444",
    "hub": "222222222222",
    "gateway": "nat-0123456789abcdef0",
    "other account": "555555555555",
    "other": "nat-0fedcba9876543210",
}
RECORDING, RUNNING = "rec-20261123T061018-0123abcd", "rec-20261123T071018-4567cdef"
PATIENCE = 90


def commands() -> list[str]:
    lines = (line for block in BLOCK.findall(TEXT) for line in block.splitlines())
    return [bare for line in lines if (bare := LINE.sub("", line).strip())]


@dataclass
class User:
    """Somebody with two folders: one to begin in, one with the config of the organization."""

    first: Path
    home: Path
    organization: Organization
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def line(self) -> Mapping[str, Any]:
        return self.organization.line

    def filled(self, command: str) -> str:
        """A command with this organization's ids, and what it has recorded, in place of the examples."""
        gateway, *others = [each for each in self.line["gateways"] if each["region"] == "eu-west-1"]
        known = {
            "account": gateway["account"],
            "hub": self.line["hub"]["account"],
            "gateway": gateway["id"],
            "other account": others[0]["account"],
            "other": others[0]["id"],
        }
        for name, example in EXAMPLES.items():
            command = command.replace(example, known[name])
        command = command.replace("http://127.0.0.1:5000", self.line["endpoint"])
        command = command.replace("CONFIG", self.line["config"])
        if RECORDING in command:
            command = command.replace(RECORDING, self.recorded(r" closed .*\n\s+(rec-\S+) .* bytes in"))
        if RUNNING in command:
            command = command.replace(RUNNING, self.recorded(r" open .*\n\s+(rec-\S+)"))
        return command

    def recorded(self, wanted: str) -> str:
        """The newest recording that looks like it, once there is one."""
        found: list[str] = []

        def ended() -> bool:
            told = self.run("./scripts/natrec recordings --since 1h").stdout
            found[:] = re.findall(wanted, told)
            return bool(found)

        eventually(ended, PATIENCE)
        return found[0]

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        words = shlex.split(command)
        if words[0] == "export":
            name, _, value = words[1].partition("=")
            self.variables[name] = value
            return subprocess.CompletedProcess(words, 0, "", "")
        program = str(ROOT / words[0]) if words[0].startswith("./") else words[0]
        return subprocess.run(  # noqa: S603 - what our own README shows
            [program, *words[1:]],
            cwd=self.first if words[1] in FIRST else self.home,
            env={**environment.variables(), **self.variables},
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
            stdin=subprocess.DEVNULL,
        )


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[User]:
    with sandbox("--bare", "--accounts", "2") as running:
        organization = Organization(running.line)
        given = {"AWS_ENDPOINT_URL": str(running.line["endpoint"])}
        user = User(tmp_path_factory.mktemp("first"), tmp_path_factory.mktemp("home"), organization, given)
        (user.home / "natrec.yaml").write_bytes(Path(running.line["config"]).read_bytes())
        gateway = running.line["gateways"][0]
        event = factories.contributor_event(account=gateway["account"], region=gateway["region"])
        text = json.dumps(event).replace(EXAMPLES["gateway"], gateway["id"])
        (user.home / "event.json").write_text(text, encoding="utf-8")
        yield user


def test_every_command_works_in_the_order_in_which_it_is_shown(
    user: User, snapshot: SnapshotAssertion
) -> None:
    told = {}
    for command in commands():
        if command in ELSEWHERE:
            continue
        done = user.run(user.filled(command.replace("VERB", "plan")))
        assert done.returncode == 0, (command, done.stdout[-2000:], done.stderr[-2000:])
        told[command] = done.stdout
    assert {each: shape(verb_of(each), text) for each, text in told.items() if is_golden(each)} == snapshot
    shown = told[f"./scripts/natrec show {RECORDING} --html report.html"]
    assert re.search(r"^report\s+s3://", shown, re.MULTILINE)
    assert re.search(r"^headline\s+\S", shown, re.MULTILINE)
    assert "<title>" in (user.home / "report.html").read_text(encoding="utf-8")
    page = (user.home / "overview.html").read_text(encoding="utf-8")
    assert user.line["gateways"][0]["account"] in page
    assert not user.organization.hub("cloudformation").list_stacks(StackStatusFilter=["CREATE_COMPLETE"])[
        "StackSummaries"
    ]


def verb_of(command: str) -> str:
    """The verb of a command line, with the family's where it is of one."""
    words = command.split()
    verb = words[1] if len(words) > 1 else ""
    return f"{verb} {words[2]}" if verb == "sandbox" else verb


def is_golden(command: str) -> bool:
    """A trace is told by the clock, and what shows no verb is not ours."""
    return command.startswith("./scripts/natrec") and "--trace" not in command and "VERB" not in command


def test_every_verb_has_a_golden_or_a_test_that_reads_all_it_prints() -> None:
    """The goldens are those of the commands that the README shows."""
    ours = {verb_of(each) for each in commands() if is_golden(each)}
    verbs = {
        each.name or each.callback.__name__ for each in application().registered_commands if each.callback
    }
    assert verbs - ours == READ_ELSEWHERE.keys()
    for place in READ_ELSEWHERE.values():
        path, _, name = place.partition("::")
        assert f"def {name}" in (TESTS / path).read_text(encoding="utf-8")


def test_what_is_run_elsewhere_is_shown_and_run_there() -> None:
    assert ELSEWHERE.keys() <= {*commands()}
    for place in ELSEWHERE.values():
        path, _, name = place.partition("::")
        assert f"def {name}" in (TESTS / path).read_text(encoding="utf-8")


def test_what_it_links_to_and_shows_is_there() -> None:
    for target in re.findall(r"(?:\]\(|src=\")([^)\"]+)", TEXT):
        path, _, heading = target.partition("#")
        assert (ROOT / path).exists(), target
        if heading:
            heads = re.findall(r"^#+ (.+)$", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)
            assert heading in {re.sub(r"[^\w -]", "", each).lower().replace(" ", "-") for each in heads}


def test_every_folder_and_almost_every_verb_is_named() -> None:
    seen = (each for each in ROOT.iterdir() if not each.name.startswith("."))
    folders = {each.name for each in seen if (each / "README.md").exists()}
    assert folders == set(re.findall(r"^\| \[`(\w+)`\]", TEXT, re.MULTILINE))
    verbs = {each.__name__.rpartition(".")[2] for each in VERBS}  # type: ignore[attr-defined] # they are modules
    assert {each for each in verbs if f"natrec {each}" not in TEXT} <= {"schema", "report"}


def test_each_verbs_help_has_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    families = {"sandbox": ["sandbox", "up"], "sandbox traffic": ["sandbox", "traffic"]}
    named = [*(each.__name__.rpartition(".")[2] for each in VERBS), "show", "sandbox traffic"]  # type: ignore[attr-defined] # modules
    for verb in named:
        assert run([*families.get(verb, [verb]), "--help"]) == 0
        told = capsys.readouterr().out
        assert "Examples:" in told, verb
        assert f"natrec {verb}" in told.partition("Examples:")[2]
