"""One command covers an organization of 20 accounts in 3 regions, as its users run it."""

import json
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from scripts.stories.places import Organization, eventually
from scripts.stories.running import begun, natrec, sandbox

REGIONS = ["eu-west-1", "us-east-1", "eu-central-1"]
ROLE = "natrec-worker-eu-west-1"
NOBODY = '{"Version":"2012-10-17","Statement":[]}'
PATIENCE = 240
DENIED, CLOSED = 3, 5  # which of the accounts


@dataclass(frozen=True)
class World:
    organization: Organization
    config: Path

    @property
    def accounts(self) -> list[str]:
        found: list[str] = self.organization.line["accounts"]
        return found

    def arguments(self, verb: str, *options: str) -> tuple[tuple[str, ...], dict[str, str]]:
        return (verb, "-c", str(self.config), *options), {
            "AWS_ENDPOINT_URL": self.organization.line["endpoint"]
        }

    def run(self, verb: str, *options: str) -> tuple[int, dict[str, Any], str]:
        """Exit code, JSON and what was said."""
        arguments, variables = self.arguments(verb, *options, "--json")
        done = natrec(*arguments, patience=PATIENCE, **variables)
        return done.returncode, json.loads(done.stdout or "{}"), done.stderr

    def edit(self, **fields: Any) -> None:  # noqa: ANN401 - parts of a config
        document = yaml.safe_load(self.config.read_text())
        for name, values in fields.items():
            document[name] |= values
        self.config.write_text(yaml.safe_dump(document, sort_keys=False))

    def current(self) -> set[tuple[str, str]]:
        pages = self.organization.management("cloudformation", "eu-west-1").get_paginator(
            "list_stack_instances"
        )
        return {
            (each["Account"], each["Region"])
            for page in pages.paginate(StackSetName="natrec-spoke")
            for each in page["Summaries"]
            if each["Status"] == "CURRENT"
        }

    def iam(self) -> Any:  # noqa: ANN401 - a client
        return self.organization.client(self.accounts[DENIED], "eu-west-1", "iam")


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with sandbox("--bare", "--accounts", "20") as running:
        made = World(Organization(running.line), Path(running.line["config"]))
        made.edit(targets={"regions": REGIONS})
        yield made


def _changed(document: dict[str, Any]) -> set[str]:
    return {step["name"] for step in document["steps"] if step["action"] != "none"}


def test_one_account_fails_one_is_closed_and_all_others_are_covered(world: World) -> None:
    world.iam().create_role(RoleName=ROLE, AssumeRolePolicyDocument=NOBODY)
    world.organization.management("organizations").close_account(AccountId=world.accounts[CLOSED])
    code, document, said = world.run("apply", "--yes")
    assert code == 1, said
    assert [(each["account"], each["region"]) for each in document["failed"]] == [
        (world.accounts[DENIED], "eu-west-1")
    ]
    assert document["failed"][0]["reason"] == f"a role of natrec's name exists there already: {ROLE}"
    assert "delete it" in document["failed"][0]["advice"]
    assert {each["account"] for each in document["skipped"]} == {world.accounts[CLOSED]}
    assert {each["reason"] for each in document["skipped"]} == {"the account is suspended"}
    assert (document["covered"], document["targets"]) == (56, 60)
    assert len(world.current()) == 56
    assert document["outputs"]["TableName"] == "natrec"


def test_a_plan_of_what_failed_exits_with_3(world: World) -> None:
    code, document, said = world.run("plan", "--detailed-exitcode")
    assert code == 3, said
    assert _changed(document) == {"instances of natrec-spoke that failed"}


def test_once_mended_the_next_run_covers_it_and_the_one_after_changes_nothing(world: World) -> None:
    world.iam().delete_role(RoleName=ROLE)
    code, document, said = world.run("apply", "--yes")
    assert (code, document["failed"], document["covered"]) == (0, [], 57), said
    code, document, said = world.run("apply", "--yes")
    assert (code, document["changed"], document["covered"]) == (0, False, 57), said


def test_an_account_that_joins_is_covered_by_itself(world: World) -> None:
    api = world.organization.management("organizations")
    made = api.create_account(AccountName="later", Email="later@example.com")
    account = made["CreateAccountStatus"]["AccountId"]
    (unit,) = yaml.safe_load(world.config.read_text())["targets"]["ous"]
    root = api.list_roots()["Roots"][0]["Id"]
    api.move_account(AccountId=account, SourceParentId=root, DestinationParentId=unit)
    assert eventually(lambda: {(account, region) for region in REGIONS} <= world.current())
    code, _, said = world.run("plan", "--detailed-exitcode")
    assert code == 0, said


def test_interrupted_it_says_how_things_stand_and_the_next_run_goes_on(world: World) -> None:
    world.edit(tiers={"standard": {"threshold": "7 GB", "period": "1m", "datapoints": "1 of 1"}})
    arguments, variables = world.arguments("apply", "--yes")
    with begun(*arguments, **variables) as process:
        assert process.stderr
        said = []
        for line in process.stderr:
            said.append(line)
            if line.startswith("  UPDATE"):
                process.send_signal(signal.SIGINT)
                break
        said.append(process.stderr.read())
        assert process.wait(30) == 130, said
    text = "".join(said)
    assert "Traceback" not in text
    assert "under way  stack set natrec-spoke, which goes on in AWS: UPDATE operation" in text
    assert "natrec apply` again" in text
    code, document, told = world.run("apply", "--yes")
    assert (code, document["covered"]) == (0, 60), told
    alarms = world.organization.client(world.accounts[0], "eu-central-1", "cloudwatch").describe_alarms(
        AlarmNamePrefix="natrec-standard"
    )["MetricAlarms"]
    assert {each["Threshold"] for each in alarms} == {7e9}
