"""`natrec status` against a running sandbox, as its users run it."""

import json
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
import yaml

from scripts.stories.places import Organization
from scripts.stories.running import natrec, sandbox
from scripts.stories.sweeps import sweep_runs

ALARM = "natrec-standard-upload-zonal"


class World:
    """A sandbox of two members in two regions."""

    def __init__(self, line: dict[str, Any]) -> None:
        self.organization = Organization(line)
        self.config = Path(line["config"])
        self.accounts: list[str] = sorted(line["accounts"])

    def run(self, *options: str, config: Path | None = None) -> CompletedProcess[str]:
        endpoint = self.organization.line["endpoint"]
        return natrec("status", "-c", str(config or self.config), *options, AWS_ENDPOINT_URL=endpoint)

    def json(self, *options: str, code: int = 0, config: Path | None = None) -> Any:  # noqa: ANN401 - any JSON
        done = self.run("--json", *options, config=config)
        assert done.returncode == code, done.stderr
        return json.loads(done.stdout)

    def elsewhere(self, path: Path, **targets: object) -> Path:
        document = yaml.safe_load(self.config.read_text())
        document["targets"].update(targets)
        path.write_text(yaml.safe_dump(document))
        return path


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with sandbox("--accounts", "2") as running:
        yield World(dict(running.line))


def _statuses(document: dict[str, Any]) -> set[tuple[str, str, str]]:
    return {(each["account"], each["region"], each["status"]) for each in document["instances"]}


def test_every_target_is_current_with_its_gateways_and_alarms(world: World) -> None:
    document = world.json()
    regions = world.organization.line["regions"]
    assert _statuses(document) == {(a, r, "current") for a in world.accounts for r in regions}
    assert all(each["reason"] == "" and each["alarms"] == 4 for each in document["instances"])
    assert document["gateways"] == len(world.organization.line["gateways"])
    assert (document["counts"]["current"], document["counts"]["missing"]) == (4, 0)
    assert (document["stack_set"], document["hub"]) == ("current", "CREATE_COMPLETE")


def test_in_words_it_counts_and_names_nothing_that_is_well(world: World) -> None:
    done = world.run()
    assert done.returncode == 0, done.stderr
    assert "4 current" in done.stdout
    assert f"{len(world.organization.line['gateways'])} under 16 alarms in 4 targets" in done.stdout
    assert world.accounts[0] not in done.stdout


def test_one_account_or_region_may_be_chosen(world: World) -> None:
    account = world.accounts[0]
    assert _statuses(world.json("--account", account, "--region", "us-east-1")) == {
        (account, "us-east-1", "current")
    }


def test_targets_need_not_be_asked(world: World) -> None:
    document = world.json("--no-ask")
    assert (document["asked"], document["gateways"]) == (0, None)
    assert document["instances"][0]["alarms"] is None


def test_a_target_without_an_instance_is_missing_and_fails(world: World, tmp_path: Path) -> None:
    config = world.elsewhere(tmp_path / "wider.yaml", regions=["eu-west-1", "us-east-1", "eu-north-1"])
    document = world.json(code=1, config=config)
    missing = [each for each in document["instances"] if each["status"] == "missing"]
    assert {(each["account"], each["region"]) for each in missing} == {
        (a, "eu-north-1") for a in world.accounts
    }
    assert all(each["reason"] for each in missing)
    told = world.run(config=config)
    assert "2 missing" in told.stdout
    assert "eu-north-1" in told.stdout


def test_an_instance_beside_the_targets_is_left_over_and_no_failure(world: World, tmp_path: Path) -> None:
    config = world.elsewhere(tmp_path / "narrower.yaml", regions=["eu-west-1"])
    assert world.json(config=config)["counts"]["leftover"] == 2


def test_the_management_accounts_own_spoke_is_a_plain_stack_and_missing_too(
    world: World, tmp_path: Path
) -> None:
    config = world.elsewhere(tmp_path / "whole.yaml", include_management_account=True)
    document = world.json(code=1, config=config)
    missing = {
        (each["account"], each["region"]) for each in document["instances"] if each["status"] == "missing"
    }
    management = world.organization.line["management_account"]
    assert missing == {(management, region) for region in world.organization.line["regions"]}


def test_an_alarm_that_somebody_deleted_is_a_drift_and_fails(world: World) -> None:
    account = world.accounts[0]
    cloudwatch = world.organization.client(account, "us-east-1", "cloudwatch")
    [alarm] = cloudwatch.describe_alarms(AlarmNames=[ALARM])["MetricAlarms"]
    cloudwatch.delete_alarms(AlarmNames=[ALARM])
    document = world.json(code=1)
    [drifted] = [each for each in document["instances"] if each["status"] != "current"]
    assert (drifted["account"], drifted["region"], drifted["status"]) == (account, "us-east-1", "drifted")
    assert ALARM in drifted["reason"]
    assert "payments-prod" in (told := world.run()).stdout or "data-platform-prod" in told.stdout
    put = cloudwatch.meta.service_model.operation_model("PutMetricAlarm").input_shape.members
    cloudwatch.put_metric_alarm(**{key: value for key, value in alarm.items() if key in put})


def test_an_account_that_cannot_be_asked_says_why_and_all_others_are_told(world: World) -> None:
    done = world.run("--role", "NoSuchRole")
    assert done.returncode == 1
    assert "NoSuchRole" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_last_sweep_of_each_kind_is_told(world: World) -> None:
    # A quick one follows when the hub learns of the organization.
    assert {each["kind"] for each in world.json()["sweeps"]} <= {"quick"}
    for kind in ("full", "quick"):
        sweep_runs(world.organization, kind)
    by_kind = {each["kind"]: each for each in world.json()["sweeps"]}
    assert {kind: each["status"] for kind, each in by_kind.items()} == {
        "full": "SUCCEEDED",
        "quick": "SUCCEEDED",
    }
    assert by_kind["full"]["summary"]["targets"] == 4
    assert "full sweep" in world.run().stdout


def test_where_nothing_is_deployed_everything_is_missing(world: World, tmp_path: Path) -> None:
    document = yaml.safe_load(world.config.read_text())
    other = tmp_path / "other.yaml"
    other.write_text(yaml.safe_dump({**document, "namespace": "other"}))
    found = world.json(code=1, config=other)
    assert found["counts"]["missing"] == 4
    assert (found["stack_set"], found["hub"], found["sweeps"]) == ("missing", None, [])
