"""An organization that natrec has never been in: what its verbs say there."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from scripts.stories.places import Organization
from scripts.stories.running import natrec, sandbox
from stacksets.loading import load_config
from stacksets.rendering import render_hub
from stacksets.templates import parse


class World:
    """A sandbox of one member in two regions, and no natrec."""

    def __init__(self, line: dict[str, Any]) -> None:
        self.organization = Organization(line)
        self.config = Path(line["config"])

    def run(self, verb: str, *options: str, typed: str = "") -> CompletedProcess[str]:
        endpoint = self.organization.line["endpoint"]
        return natrec(verb, "-c", str(self.config), *options, typed=typed, AWS_ENDPOINT_URL=endpoint)

    def named(self, text: str) -> str:
        """A text with names for accounts, whose ids are made up, and for the policy's version, their hash."""
        line = self.organization.line
        accounts = {
            "MANAGEMENT": line["management_account"],
            "HUB": line["hub"]["account"],
            "ARCHIVE": line["archive"]["account"],
        }
        for name, account in accounts.items():
            text = text.replace(account, name)
        return re.sub(r"version [0-9a-f]{16}", "version VERSION", text)


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


def test_a_plan_says_in_numbers_what_it_would_make_and_lists_every_resource(
    world: World, snapshot: SnapshotAssertion
) -> None:
    """Written anew by `pytest tests/cli/test_bare.py --snapshot-update`, without the hub's own resources."""
    done = world.run("plan", "--json", "--detailed-exitcode")
    assert done.returncode == 3, done.stderr
    document = json.loads(world.named(done.stdout))
    by_name = {each["name"]: each for each in document["steps"]}
    hub = by_name["stack natrec-hub"]
    rendered = parse(render_hub(load_config(world.config)))["Resources"]
    assert hub.pop("changes") == sorted(f"add     {name} ({each['Type']})" for name, each in rendered.items())
    assert hub.pop("detail") == f"there is no such stack yet: {len(rendered)} resources"
    assert document["totals"].pop("resources") > len(rendered)
    assert document == snapshot(extension_class=JSONSnapshotExtension)
    assert "add     " not in world.run("plan").stdout


def test_nothing_is_applied_without_an_answer_or_after_another_one_than_yes(world: World) -> None:
    unattended = world.run("apply")
    assert (unattended.returncode, unattended.stdout) == (1, "")
    assert "--yes" in unattended.stderr
    refused = world.run("apply", typed="n\n")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "not applied, nothing was changed" in refused.stderr
    assert world.run("status", "--json").returncode == 1


def test_a_hub_that_fails_is_reported_with_what_is_done_and_what_was_not_begun(world: World) -> None:
    events = world.organization.hub("events")
    events.create_event_bus(Name="natrec")  # of somebody else: the hub's own cannot be made
    done = world.run("apply", "--yes", "--json")
    assert done.returncode == 1
    document = json.loads(done.stdout)
    assert "stack natrec-archive" in document["done"]
    [failed] = document["failed"]
    assert (failed["step"], failed["account"]) == (
        "stack natrec-hub",
        world.organization.line["hub"]["account"],
    )
    assert failed["reason"]
    assert {"policy", "instances of natrec-spoke"} <= set(document["not_begun"])
    words = world.run("apply", "--yes")
    assert words.returncode == 1
    assert "failed     stack natrec-hub" in words.stdout
    assert "not begun  policy" in words.stdout
    events.delete_event_bus(Name="natrec")


def test_a_yes_through_a_pipe_applies_and_the_hubs_account_removes(world: World) -> None:
    applied = world.run("apply", "--json", typed="y\n")
    assert applied.returncode == 0, applied.stderr
    assert json.loads(applied.stdout)["covered"] == 2
    assert world.run("status").returncode == 0
    wrong = world.run("destroy", typed="999999999999\n")
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert "999999999999 is not the account of this config's hub" in wrong.stderr
    gone = world.run("destroy", typed=f"{world.organization.line['hub']['account']}\n")
    assert gone.returncode == 0, gone.stderr
    assert world.run("status").returncode == 1
