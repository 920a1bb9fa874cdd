"""An organization that natrec has never been in: what its verbs say there."""

import json
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from tests.scenarios.places import Organization
from tests.scenarios.running import natrec, sandbox


class World:
    """A sandbox of one member in two regions, and no natrec."""

    def __init__(self, line: dict[str, Any]) -> None:
        self.organization = Organization(line)
        self.config = Path(line["config"])

    def run(self, verb: str, *options: str) -> CompletedProcess[str]:
        endpoint = self.organization.line["endpoint"]
        return natrec(verb, "-c", str(self.config), *options, AWS_ENDPOINT_URL=endpoint)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with sandbox("--bare", "--accounts", "1") as running:
        yield World(dict(running.line))


def test_before_the_first_apply_every_target_is_missing_and_trust_is_no_error(world: World) -> None:
    told = world.run("status", "--json")
    assert told.returncode == 1
    document = json.loads(told.stdout)
    assert [each["status"] for each in document["instances"]] == ["missing", "missing"]
    assert (document["stack_set"], document["hub"]) == ("missing", None)
    words = world.run("status")
    assert words.returncode == 1
    assert "2 missing" in words.stdout
    assert "there is none; natrec apply makes it" in words.stdout


def test_the_doctor_can_ask_every_check_and_calls_nothing_a_bug(world: World) -> None:
    done = world.run("doctor", "--json")
    assert done.returncode == 1
    by_name = {each["name"]: each for each in json.loads(done.stdout)["checks"]}
    bad = [each for each in by_name.values() if not each["ok"]]
    assert not [each for each in bad if "bug" in each["advice"] or "could not" in each["found"]]
    for name, words in (
        ("stack set", "there is no stack set natrec-spoke"),
        ("reached spokes", "the hub has no table"),
        ("archive key", f"there is no bucket {world.organization.bucket}"),
    ):
        assert (by_name[name]["found"], by_name[name]["advice"]) == (words, "`natrec apply` makes it.")
