"""Drift as CloudFormation tells it: looked for on demand, remembered, and brought back by a change set."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from scripts.sandbox.engine.core import Engine
from tests.sandbox.organization import Organization, Set
from tests.sandbox.templates import REGION, deploy, described, template

ROLE = {
    "Type": "AWS::IAM::Role",
    "Properties": {
        "RoleName": "drifting",
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []},
    },
}
PARTS = {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "q"}}, "Role": ROLE}


def cloudformation(engine: Engine, account: str) -> Any:  # noqa: ANN401 - clients have no common type
    return engine.client(account, REGION, "cloudformation")


def look(engine: Engine, account: str) -> dict[str, Any]:
    client = cloudformation(engine, account)
    identity = client.detect_stack_drift(StackName="test")["StackDriftDetectionId"]
    found: dict[str, Any] = client.describe_stack_drift_detection_status(StackDriftDetectionId=identity)
    return found


def test_nothing_is_known_before_somebody_has_it_looked_for(engine: Engine, account: str) -> None:
    stack = deploy(engine, account, "test", template(PARTS))
    assert stack["DriftInformation"] == {"StackDriftStatus": "NOT_CHECKED"}
    assert (
        cloudformation(engine, account).describe_stack_resource_drifts(StackName="test")[
            "StackResourceDrifts"
        ]
        == []
    )
    found = look(engine, account)
    assert (found["DetectionStatus"], found["StackDriftStatus"]) == ("DETECTION_COMPLETE", "IN_SYNC")
    assert described(engine, account, "test")["DriftInformation"]["StackDriftStatus"] == "IN_SYNC"


def test_what_somebody_has_deleted_is_found_when_it_is_looked_for(engine: Engine, account: str) -> None:
    deploy(engine, account, "test", template(PARTS))
    look(engine, account)
    engine.client(account, REGION, "iam").delete_role(RoleName="drifting")
    assert described(engine, account, "test")["DriftInformation"]["StackDriftStatus"] == "IN_SYNC"
    found = look(engine, account)
    assert (found["StackDriftStatus"], found["DriftedStackResourceCount"]) == ("DRIFTED", 1)
    [drift] = cloudformation(engine, account).describe_stack_resource_drifts(
        StackName="test", StackResourceDriftStatusFilters=["DELETED", "MODIFIED"]
    )["StackResourceDrifts"]
    assert (drift["LogicalResourceId"], drift["StackResourceDriftStatus"]) == ("Role", "DELETED")


def change(engine: Engine, account: str, **more: object) -> dict[str, Any]:
    client = cloudformation(engine, account)
    given = {"StackName": "test", "ChangeSetName": "back", "TemplateBody": template(PARTS), **more}
    made = client.create_change_set(**given, Capabilities=["CAPABILITY_NAMED_IAM"])
    found: dict[str, Any] = client.describe_change_set(ChangeSetName=made["Id"])
    return found


def test_a_change_set_brings_it_back_only_where_it_is_aware_of_drift(engine: Engine, account: str) -> None:
    deploy(engine, account, "test", template(PARTS))
    iam = engine.client(account, REGION, "iam")
    iam.delete_role(RoleName="drifting")
    assert change(engine, account)["Status"] == "FAILED"
    cloudformation(engine, account).delete_change_set(StackName="test", ChangeSetName="back")
    aware = change(engine, account, DeploymentMode="REVERT_DRIFT")
    assert [each["ResourceChange"]["LogicalResourceId"] for each in aware["Changes"]] == ["Role"]
    cloudformation(engine, account).execute_change_set(ChangeSetName=aware["ChangeSetId"])
    assert described(engine, account, "test")["StackStatus"] == "UPDATE_COMPLETE"
    assert iam.get_role(RoleName="drifting")
    assert look(engine, account)["StackDriftStatus"] == "IN_SYNC"
    with pytest.raises(ClientError, match="REVERT_DRIFT is not supported"):
        change(engine, account, DeploymentMode="REVERT_DRIFT", StackName="new", ChangeSetType="CREATE")


def test_a_stack_set_is_looked_at_as_a_whole_and_each_instance_tells(engine: Engine, account: str) -> None:
    organization = Organization.create(engine, account)
    unit = organization.unit("a")
    members = [organization.account(unit, name) for name in ("one", "two")]
    stack_set = Set(organization)
    stack_set.create(template(PARTS))
    stack_set.deploy(unit)
    assert {each["DriftStatus"] for each in stack_set.instances()} == {"NOT_CHECKED"}
    engine.client(members[0], REGION, "iam").delete_role(RoleName="drifting")
    assert stack_set.run("detect_stack_set_drift") == "SUCCEEDED"
    told = {each["Account"]: (each["DriftStatus"], each["Status"]) for each in stack_set.instances()}
    assert told == {members[0]: ("DRIFTED", "CURRENT"), members[1]: ("IN_SYNC", "CURRENT")}
