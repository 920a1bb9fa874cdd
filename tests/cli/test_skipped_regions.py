"""Regions that are not enabled: apply, plan, status and destroy say the same of them, and go on elsewhere."""

import json
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
import yaml

from scripts.stories.places import Organization
from scripts.stories.running import natrec, sandbox

OPT_IN = "eu-south-1"
REGIONS = ["eu-west-1", "us-east-1", OPT_IN]
BY_ADMINISTRATOR = "the region is not enabled in the account that administers the stack set"
BY_MANAGEMENT = "the region is not enabled in the management account"
BY_ITSELF = "the region is not enabled in this account"
Told = dict[tuple[str, str], str]


class World:
    """A sandbox of two members and no natrec, and a config of three regions, one of them nowhere enabled."""

    def __init__(self, line: dict[str, Any], config: Path) -> None:
        self.organization, self.config = Organization(line), config
        self.first, self.second = sorted(line["accounts"])
        self.management = line["management_account"]

    def run(self, verb: str, *options: str) -> CompletedProcess[str]:
        endpoint = self.organization.line["endpoint"]
        return natrec(verb, "-c", str(self.config), *options, AWS_ENDPOINT_URL=endpoint)

    def document(self, verb: str, *options: str) -> dict[str, Any]:
        done = self.run(verb, *options, "--json")
        assert done.returncode == 0, done.stderr + done.stdout
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def applied(self) -> Told:
        """Apply twice: the second time nothing changes, and the same is skipped."""
        first, second = (self.document("apply", "--yes") for _ in range(2))
        assert (second["changed"], second["failed"], second["skipped"]) == (False, [], first["skipped"])
        return _reasons(second["skipped"])

    def standing(self) -> Told:
        """What `status` skips; everything else is current."""
        found = self.document("status")["instances"]
        assert {each["status"] for each in found} <= {"current", "skipped"}
        return _reasons([each for each in found if each["status"] == "skipped"])

    def enabled_by(self, *accounts: str) -> None:
        """Let the region be enabled in these accounts, and in no other."""
        for account in (self.management, self.first, self.second):
            client = self.organization.client(account, "eu-west-1", "account")
            change = client.enable_region if account in accounts else client.disable_region
            change(RegionName=OPT_IN)


def _reasons(found: list[dict[str, str]]) -> Told:
    return {(each["account"], each["region"]): each["reason"] for each in found}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with sandbox("--bare", "--accounts", "2") as running:
        line = dict(running.line)
        document = yaml.safe_load(Path(line["config"]).read_text())
        document["targets"] |= {"regions": REGIONS, "include_management_account": True}
        config = tmp_path_factory.mktemp("regions") / "natrec.yaml"
        config.write_text(yaml.safe_dump(document))
        yield World(line, config)


def test_a_region_that_nobody_has_enabled_is_skipped_and_stops_nothing(world: World) -> None:
    world.enabled_by()
    expected = {
        (world.first, OPT_IN): BY_ADMINISTRATOR,
        (world.second, OPT_IN): BY_ADMINISTRATOR,
        (world.management, OPT_IN): BY_MANAGEMENT,
    }
    assert world.applied() == expected
    assert world.standing() == expected
    assert f"skipped: {BY_MANAGEMENT}" in world.run("plan").stdout


def test_an_account_that_has_not_enabled_it_is_skipped_until_it_has_and_is_tried_again(world: World) -> None:
    world.enabled_by(world.management, world.first)
    assert world.applied() == {(world.second, OPT_IN): BY_ITSELF}
    assert world.standing() == {(world.second, OPT_IN): BY_ITSELF}
    alarms = world.organization.client(world.first, OPT_IN, "cloudwatch").describe_alarms()["MetricAlarms"]
    assert alarms
    world.enabled_by(world.management, world.first, world.second)
    assert world.document("apply", "--yes", "--retry-skipped")["skipped"] == []
    assert world.standing() == {}


def test_a_removal_tells_what_it_cannot_reach_and_takes_away_the_rest(world: World) -> None:
    world.enabled_by(world.management, world.first)
    world.document("apply", "--yes")
    hub = world.organization.line["hub"]["account"]
    stays = world.document("destroy", "--confirm", hub, "--archive", "--history")["stays"]
    assert f"the spoke in {world.second} {OPT_IN}" in {each["what"] for each in stays}
    reach = world.organization.management
    clients = [reach("cloudformation", region) for region in REGIONS]
    assert not [stack for each in clients for stack in each.describe_stacks()["Stacks"]]
    assert world.run("status").returncode == 1
