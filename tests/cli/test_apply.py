"""`natrec plan` and `natrec apply` against a running sandbox, as its users run them."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
import yaml

from scripts.stories.places import Organization
from scripts.stories.running import natrec, sandbox

KEY = {"pk": {"S": "POLICY"}, "sk": {"S": "CURRENT"}}
ALARM = "natrec-standard-download-zonal"


@dataclass(frozen=True)
class World:
    """A sandbox and the config in force in it."""

    organization: Organization
    config: Path

    def run(self, verb: str, *options: str, config: Path | None = None) -> CompletedProcess[str]:
        endpoint = self.organization.line["endpoint"]
        return natrec(verb, "-c", str(config or self.config), *options, AWS_ENDPOINT_URL=endpoint)

    def edit(self, change: Callable[[dict[str, Any]], object]) -> None:
        document = yaml.safe_load(self.config.read_text())
        change(document)
        self.config.write_text(yaml.safe_dump(document, sort_keys=False))

    def policy(self) -> dict[str, Any]:
        item = self.item()
        document: dict[str, Any] = json.loads(item["document"]["S"])
        assert document["version"] == item["version"]["S"]
        return document

    def item(self) -> dict[str, Any]:
        found: dict[str, Any] = self.organization.hub("dynamodb").get_item(
            TableName="natrec", Key=KEY, ConsistentRead=True
        )["Item"]
        return found

    def thresholds(self) -> set[float]:
        """Of one alarm, in every target."""
        line = self.organization.line
        return {
            self.organization.client(account, region, "cloudwatch").describe_alarms(AlarmNames=[ALARM])[
                "MetricAlarms"
            ][0]["Threshold"]
            for account in line["accounts"]
            for region in line["regions"]
        }

    def stack_times(self) -> list[object]:
        """When each stack of natrec was last changed."""
        clients = [
            self.organization.hub("cloudformation"),
            self.organization.archive("cloudformation"),
            self.organization.management("cloudformation"),
        ]
        stacks = [stack for each in clients for stack in each.describe_stacks()["Stacks"]]
        return [(stack["StackName"], stack.get("LastUpdatedTime")) for stack in stacks]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with sandbox("--accounts", "2") as running:
        yield World(Organization(running.line), Path(running.line["config"]))


def _applied(done: CompletedProcess[str]) -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def _changed(steps: list[dict[str, str]]) -> set[str]:
    return {step["name"] for step in steps if step["action"] != "none"}


def test_a_config_that_is_in_force_changes_nothing(world: World) -> None:
    before = world.item(), world.stack_times()
    done = _applied(world.run("apply", "--yes", "--json"))
    assert (_changed(done["steps"]), done["changed"]) == (set(), False)
    assert done["outputs"]["TableName"] == "natrec"
    assert (world.item(), world.stack_times()) == before


def test_it_says_so_in_words_and_prints_the_outputs_of_the_hub(world: World) -> None:
    done = world.run("apply", "--yes")
    assert done.returncode == 0
    assert "nothing to change" in done.stderr
    names = {"BusArn", "TableName", "StateMachineArn", "TopicArn", "ReportsBucket", "ArchiveBucket"}
    assert names <= {line.split()[0] for line in done.stdout.splitlines()}
    assert "changed  nothing\n" in done.stdout
    assert "covered  4 of 4 spokes current (2 accounts, 2 regions)" in done.stdout


def test_an_override_is_in_the_policy_at_once_and_touches_no_stack(world: World) -> None:
    stacks, gateway = world.stack_times(), world.organization.line["gateways"][0]["id"]
    world.edit(
        lambda document: document.update(
            overrides=[{"match": {"gateway": gateway}, "set": {"enabled": False}}]
        )
    )
    done = _applied(world.run("apply", "--yes", "--json"))
    assert _changed(done["steps"]) == {"policy", "members"}
    (override,) = world.policy()["overrides"]
    assert override["match"] == {"gateway": gateway}
    assert override["change"]["enabled"] is False
    assert world.stack_times() == stacks
    assert _applied(world.run("apply", "--yes", "--json"))["changed"] is False


def test_another_threshold_reaches_the_alarms_of_every_target(world: World) -> None:
    world.edit(lambda document: document["tiers"]["standard"].update(threshold="7 GB"))
    done = _applied(world.run("apply", "--yes", "--json"))
    assert _changed(done["steps"]) == {"policy", "members", "stack set natrec-spoke"}
    assert world.thresholds() == {7e9}
    assert world.policy()["tiers"]["standard"]["threshold"] == 7 * 10**9
    assert _applied(world.run("apply", "--yes", "--json"))["changed"] is False


def test_the_exit_code_of_a_plan_tells_only_where_asked_whether_there_are_changes(world: World) -> None:
    assert world.run("plan", "--detailed-exitcode").returncode == 0
    assert world.run("plan", "--detailed-exitcode", "--nope").returncode == 2
    assert world.run("plan", "--detailed-exitcode", config=Path("no.yaml")).returncode == 1
    told = world.run("plan", "--help").stdout
    assert all(f"{code}: " in " ".join(told.split()) for code in (0, 1, 2, 3))


def test_a_plan_shows_the_steps_and_changes_nothing(world: World) -> None:
    world.edit(lambda document: document["recording"].update(cooldown="11s"))
    before = world.item()
    done = world.run("plan", "--json", "--detailed-exitcode")
    assert done.returncode == 3, done.stderr
    assert {"policy", "members"} <= _changed(json.loads(done.stdout)["steps"])
    assert world.run("plan").returncode == 0
    assert world.item() == before


def test_the_hubs_own_credentials_and_a_role_elsewhere_are_enough_once_the_hub_is_trusted(
    world: World,
) -> None:
    line = world.organization.line
    hub, archive = line["hub"]["account"], line["archive"]["account"]
    trust = {"Effect": "Allow", "Principal": {"AWS": hub}, "Action": "sts:AssumeRole"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    world.organization.archive("iam").create_role(RoleName="natrec-deployer", AssumeRolePolicyDocument=policy)
    sts = world.organization.management("sts")
    role = f"arn:aws:iam::{hub}:role/OrganizationAccountAccessRole"
    given = sts.assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    credentials = {
        "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
        "AWS_SESSION_TOKEN": given["SessionToken"],
    }
    config = str(world.config)
    world.edit(lambda document: document["recording"].update(cooldown="9s"))
    done = natrec(
        "apply", "--yes", "--json", "-c", config, "--role", "natrec-deployer",
        AWS_ENDPOINT_URL=line["endpoint"], **credentials,
    )  # fmt: skip
    applied = _applied(done)
    assert _changed(applied["steps"]) == {"policy", "members"}
    by_name = {step["name"]: step for step in applied["steps"]}
    assert by_name["stack set natrec-spoke"]["account"] == hub
    assert "--management-profile" in by_name["stack natrec-management"]["detail"]
    assert archive == by_name["stack natrec-archive"]["account"]
    assert "only the policy changes: nothing is redeployed" in done.stderr


def test_nobody_to_ask_is_a_refusal(world: World) -> None:
    world.edit(lambda document: document["recording"].update(cooldown="12s"))
    before = world.item()
    done = world.run("apply")
    assert (done.returncode, done.stdout) == (1, "")
    assert "--yes" in done.stderr
    assert world.item() == before


def test_a_broken_config_is_refused_with_its_line_and_changes_nothing(world: World, tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    document = yaml.safe_load(world.config.read_text())
    document["tiers"]["standard"]["threshold"] = "seven"
    broken.write_text(yaml.safe_dump(document, sort_keys=False))
    before = world.item()
    for verb in (("apply", "--yes"), ("plan",)):
        done = world.run(*verb, config=broken)
        assert (done.returncode, done.stdout) == (1, "")
        assert "tiers.standard.threshold" in done.stderr
        assert f"{broken}:" in done.stderr
    assert world.item() == before


def test_another_organizations_config_is_refused_in_words(world: World, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    hub = world.organization.line["hub"]["account"]
    other.write_text(world.config.read_text().replace(hub, "999999999999"))
    done = world.run("apply", "--yes", "--json", config=other)
    assert done.returncode == 1
    assert "999999999999" in done.stderr
    assert "Traceback" not in done.stderr
    assert "999999999999" in json.loads(done.stdout)["error"]["what"]


@pytest.mark.parametrize("verb", [("plan",), ("apply", "--yes")])
def test_planning_that_fails_is_one_json_document(world: World, verb: tuple[str, ...]) -> None:
    done = world.run(*verb, "--json", "--role", "NoSuchRole")
    assert done.returncode == 1
    error = json.loads(done.stdout)["error"]
    assert "role/NoSuchRole cannot be assumed" in error["what"]
    assert "--hub-profile" in error["next"]
