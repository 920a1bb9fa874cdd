"""`natrec doctor` against a running sandbox, as its users run it."""

import json
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from scripts.cli.verbs.doctor import SAMPLE
from scripts.stories.places import Organization
from scripts.stories.running import natrec, sandbox
from stacksets.doctor.registry import CHECKS
from stacksets.inspection.targets import places, sampled


class World:
    """A sandbox of two members in two regions."""

    def __init__(self, line: dict[str, Any]) -> None:
        self.organization = Organization(line)
        self.config = Path(line["config"])
        self.accounts: list[str] = sorted(line["accounts"])

    def run(self, *options: str) -> CompletedProcess[str]:
        endpoint = self.organization.line["endpoint"]
        return natrec("doctor", "-c", str(self.config), *options, AWS_ENDPOINT_URL=endpoint)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with sandbox("--accounts", "2") as running:
        yield World(dict(running.line))


@pytest.fixture
def forwarding_off(world: World) -> Iterator[str]:
    events = world.organization.client(world.accounts[0], "us-east-1", "events")
    events.disable_rule(Name="natrec-forward")
    yield world.accounts[0]
    events.enable_rule(Name="natrec-forward")


def test_a_healthy_installation_passes_every_check(world: World) -> None:
    done = world.run("--json")
    assert done.returncode == 0, done.stdout
    document = json.loads(done.stdout)
    assert {each["name"] for each in document["checks"]} == {each.name for each in CHECKS}
    assert all(each["ok"] is True and each["advice"] == "" for each in document["checks"])
    assert {"name", "account", "region", "ok", "advice"} <= set(document["checks"][0])
    assert document["targets"] == {"asked": 4, "of": 4}


def test_in_words_every_check_is_a_line_and_the_last_one_counts_them(world: World) -> None:
    done = world.run()
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("✓") == len(CHECKS) + 1
    assert f"all {len(CHECKS)} checks hold" in done.stdout
    assert "\x1b" not in done.stdout


def test_what_does_not_hold_says_where_what_and_what_to_do(world: World, forwarding_off: str) -> None:
    done = world.run("--check", "forward rule", "--check", "bus policy")
    assert done.returncode == 1
    assert "1 of 4 targets" in done.stdout
    assert any(forwarding_off in line and "us-east-1" in line for line in done.stdout.splitlines())
    assert "aws events enable-rule --name natrec-forward" in " ".join(done.stdout.split())
    assert "1 of 2 checks do not hold" in done.stdout


def test_one_account_or_region_may_be_asked(world: World, forwarding_off: str) -> None:
    other = world.accounts[1]
    assert world.run("--check", "forward rule", "--account", other).returncode == 0
    assert (
        world.run("--check", "forward rule", "--account", forwarding_off, "--region", "eu-west-1").returncode
        == 0
    )
    assert world.run("--check", "forward rule", "--region", "us-east-1").returncode == 1


def test_twenty_accounts_in_three_regions_are_all_asked_unless_told() -> None:
    accounts = [f"{number:012}" for number in range(20)]
    targets = places(accounts, ["eu-west-1", "us-east-1", "eu-north-1"])
    assert sorted(sampled(targets, dict.fromkeys(accounts, "ou-1"), SAMPLE)) == sorted(targets)


def test_a_place_that_is_no_target_and_a_check_that_there_is_not_are_refused(world: World) -> None:
    place = world.run("--account", "999999999999")
    assert (place.returncode, place.stdout) == (1, "")
    assert "999999999999 is not among the 4 targets" in place.stderr
    check = world.run("--check", "everything")
    assert check.returncode == 2
    assert "worker role" in check.stderr


def test_the_policy_to_paste_is_json_at_its_own_indentation(world: World) -> None:
    events = world.organization.hub("events")
    before = events.describe_event_bus(Name="natrec")["Policy"]
    events.remove_permission(EventBusName="natrec", RemoveAllPermissions=True)
    told, document = world.run("--check", "bus policy"), world.run("--check", "bus policy", "--json")
    events.put_permission(EventBusName="natrec", Policy=before)
    start = told.stdout.index("{")
    shown = json.loads(told.stdout[start : told.stdout.rindex("}") + 1])
    [check] = json.loads(document.stdout)["checks"]
    assert shown == check["policy"]
    assert shown["Statement"][0]["Action"] == "events:PutEvents"


def test_the_policies_are_printed_without_asking_anybody(world: World) -> None:
    done = natrec(
        "doctor", "--policies", "--json", "-c", str(world.config), AWS_ENDPOINT_URL="http://127.0.0.1:1"
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    exempt = found["scp-exemption"]["Condition"]["ArnNotLike"]["aws:PrincipalArn"]
    assert "arn:aws:iam::*:role/natrec/natrec-worker-*" in exempt
    allowed = {
        action
        for each in found["permissions-boundary"]["Statement"]
        for action in ([each["Action"]] if isinstance(each["Action"], str) else each["Action"])
    }
    assert {
        "ec2:CreateFlowLogs",
        "ec2:DeleteFlowLogs",
        "events:PutEvents",
        "scheduler:CreateSchedule",
    } <= allowed
    text = natrec("doctor", "--policies", "-c", str(world.config))
    assert text.stdout.count("# scp-") == 2
