"""What somebody has deleted by hand: planned as drift, put back by applying."""

from collections.abc import Callable
from typing import Any

import pytest

from scripts.sandbox.engine.core import Engine
from scripts.sandbox.organization import build
from scripts.sandbox.settings import sandbox_config
from tests.sandbox.eventually import eventually
from tests.stacksets.test_leaving import REGION, Installation

DRIFTED = "instances of natrec-spoke that drifted"


@pytest.fixture(scope="module")
def installed(engine: Engine, fresh_account: Callable[[], str]) -> Installation:
    organization = build(engine, 2, (REGION,), fresh_account())
    made = Installation(engine, organization, sandbox_config(organization))
    made.apply(made.config)
    return made


def hub(installed: Installation, service: str) -> Any:  # noqa: ANN401 - clients have no common type
    return installed.engine.client(installed.organization.hub, REGION, service)


def spoke(installed: Installation, service: str) -> Any:  # noqa: ANN401 - clients have no common type
    return installed.engine.client(installed.leaver, REGION, service)


def look(installed: Installation) -> dict[str, str]:
    """What a plan would change, after CloudFormation has looked."""
    installed.deployment(installed.config).look_for_drift()
    return installed.changes(installed.config)


def test_where_nothing_is_gone_looking_finds_nothing(installed: Installation) -> None:
    assert look(installed) == {}


def test_a_function_that_is_gone_is_planned_without_looking_and_made_again(installed: Installation) -> None:
    functions = hub(installed, "lambda")
    functions.delete_function(FunctionName="natrec-close-recording")
    planned = installed.changes(installed.config)
    assert planned["stack natrec-hub"] == "function natrec-close-recording is gone and made again"
    installed.apply(installed.config)
    assert functions.get_function_configuration(FunctionName="natrec-close-recording")
    assert installed.changes(installed.config) == {}


def test_a_role_of_the_hub_that_is_gone_is_found_by_looking_and_made_again(installed: Installation) -> None:
    iam = hub(installed, "iam")
    for name in iam.list_role_policies(RoleName="natrec-hub-onset")["PolicyNames"]:
        iam.delete_role_policy(RoleName="natrec-hub-onset", PolicyName=name)
    iam.delete_role(RoleName="natrec-hub-onset")
    assert installed.changes(installed.config) == {}
    assert "others have changed or deleted parts of it" in look(installed)["stack natrec-hub"]
    [step] = [
        each for each in installed.deployment(installed.config).plan() if each.name == "stack natrec-hub"
    ]
    assert any("OnsetRole (AWS::IAM::Role): deleted by others" in line for line in step.change.lines)
    installed.apply(installed.config)
    assert iam.get_role(RoleName="natrec-hub-onset")
    assert installed.changes(installed.config) == {}
    assert look(installed) == {}


def test_a_spoke_without_its_parts_is_made_again_once_what_it_records_is_closed(
    installed: Installation,
) -> None:
    lease = installed.record()
    spoke(installed, "events").remove_targets(Rule="natrec-forward", Ids=["hub"])
    spoke(installed, "events").delete_rule(Name="natrec-forward")
    alarms = spoke(installed, "cloudwatch")
    there = {each["AlarmName"] for each in alarms.describe_alarms()["MetricAlarms"]}
    alarms.delete_alarms(AlarmNames=["natrec-standard-upload-zonal"])
    planned = look(installed)[DRIFTED]
    assert planned.startswith("others have changed or deleted parts of 1 instance: 1 account, 1 region")
    assert "1 recording is open there and closed first" in planned
    assert installed.apply(installed.config).failed == ()
    assert {each["AlarmName"] for each in alarms.describe_alarms()["MetricAlarms"]} == there
    assert spoke(installed, "events").describe_rule(Name="natrec-forward")
    assert (installed.flow_logs(installed.leaver), installed.open()) == ([], ())
    assert eventually(lambda: "report" in installed.recording(lease), 60)
    assert installed.changes(installed.config) == {}
    assert look(installed) == {}


def test_a_spoke_without_its_worker_is_made_again_though_the_hub_gets_in_no_more(
    installed: Installation,
) -> None:
    lease, iam = installed.record(), spoke(installed, "iam")
    role = f"natrec-worker-{REGION}"
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        iam.delete_role_policy(RoleName=role, PolicyName=name)
    iam.delete_role(RoleName=role)
    assert DRIFTED in look(installed)
    assert installed.apply(installed.config).failed == ()
    assert iam.get_role(RoleName=role)
    assert (installed.flow_logs(installed.leaver), installed.open()) == ([], ())
    assert installed.recording(lease)["state"]["S"] == "closed"
    assert installed.changes(installed.config) == {}
