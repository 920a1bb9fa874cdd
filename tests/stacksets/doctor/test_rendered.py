"""What the templates say, read back from what is rendered of the example config."""

import json
from typing import Any

import pytest

from orgconfig.models import OrgConfig
from stacksets.administration import Administrator
from stacksets.doctor.archive_key import key_policy
from stacksets.doctor.boundaries import boundary
from stacksets.doctor.texts import exempt_roles
from stacksets.inspection.installation import Installation
from stacksets.inspection.rendered import Rendered
from stacksets.inspection.statements import statements_of
from stacksets.inspection.targets import Covered, Place
from stacksets.loading import parse_config
from stacksets.rendering import ROOT, render_spoke

WHO = Administrator("111111111111", "SELF")
HERE = Place("444444444444", "eu-west-1")


@pytest.fixture(scope="module")
def config() -> OrgConfig:
    return parse_config((ROOT / "orgconfig" / "example.yaml").read_text())


class Client:
    """Only its partition is looked at."""

    class meta:  # noqa: N801 - boto3's name
        partition = "aws-us-gov"


def installation(config: OrgConfig) -> Installation:
    def clients(_account: str, _region: str, _service: str) -> Any:  # noqa: ANN401 - a client
        return Client()

    return Installation(config, clients, "key", WHO, Covered(frozenset({HERE.account})))


@pytest.mark.parametrize("role", ["WorkerRole", "ForwarderRole", "FailsafeRole"])
def test_roles_are_resolved_to_the_last_variable(config: OrgConfig, role: str) -> None:
    properties = installation(config).spoke(HERE).properties(role)
    told = json.dumps(properties)
    assert "${" not in told
    assert properties["RoleName"].endswith("-eu-west-1")
    assert "arn:aws-us-gov:" in told


def test_the_forwarding_rule_leads_to_the_hub_with_its_role(config: OrgConfig) -> None:
    hub, names = config.organization.hub, config.names
    [target] = installation(config).spoke(HERE).properties("ForwardRule")["Targets"]
    assert target["Arn"] == f"arn:aws-us-gov:events:{hub.region}:{hub.account}:event-bus/{names.bus}"
    assert target["RoleArn"] == names.role_arn("aws-us-gov", HERE.account, names.forwarder_role(HERE.region))


def test_the_advised_key_policy_is_what_the_archives_own_key_has(config: OrgConfig) -> None:
    examined = installation(config)
    desired = Rendered(examined.archive_text, examined.archive, "aws-us-gov")
    own = statements_of(desired.properties("ArchiveKey")["KeyPolicy"])
    advised = statements_of(key_policy(examined))
    assert advised == [each for each in own if each["Sid"] != "ThisAccountAdministers"]


def test_a_boundary_allows_whatever_a_spokes_role_is_allowed(config: OrgConfig) -> None:
    examined = installation(config)
    allowed = json.dumps(boundary(examined.spoke_text, "aws-us-gov"))
    for role in ("WorkerRole", "ForwarderRole", "FailsafeRole"):
        for policy in examined.spoke(HERE).properties(role)["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                actions = statement["Action"]
                for action in [actions] if isinstance(actions, str) else actions:
                    assert f'"{action}"' in allowed
    assert len(allowed) < 6144  # a managed policy holds no more (IAM User Guide, quotas)
    assert "aws:RequestedRegion" not in allowed
    assert HERE.account not in allowed


def test_exempt_are_the_worker_and_the_failsafe_in_every_account(config: OrgConfig) -> None:
    path, namespace = config.iam.role_path, config.namespace
    assert exempt_roles(config.names, "aws") == [
        f"arn:aws:iam::*:role{path}{namespace}-worker-*",
        f"arn:aws:iam::*:role{path}{namespace}-failsafe-*",
    ]


def test_a_parameter_is_its_default_and_a_condition_takes_away_what_it_does() -> None:
    text = """
    Parameters:
      Path: {Type: String, Default: /natrec/}
      Boundary: {Type: String, Default: ""}
      Key: {Type: String}
    Conditions: {Bounded: !Not [!Equals [!Ref Boundary, ""]]}
    Resources:
      Role:
        Type: AWS::IAM::Role
        Properties:
          RoleName: !Sub "worker-${AWS::Region}"
          Path: !Ref Path
          Tags: [!GetAtt Role.Arn, !Ref Key, !If [Bounded, !Ref Path, !Ref AWS::NoValue]]
          PermissionsBoundary: !If [Bounded, !Ref Path, !Ref AWS::NoValue]
    """
    properties = Rendered(text, HERE, "aws").properties("Role")
    assert properties["Tags"] == ["arn:aws:iam::444444444444:role/natrec/worker-eu-west-1", "${Key}"]
    assert "PermissionsBoundary" not in properties


@pytest.mark.parametrize("owner", ["aws", "111111111111"])
def test_a_boundary_is_aws_own_or_of_the_roles_own_account(config: OrgConfig, owner: str) -> None:
    bound = f"arn:aws:iam::{owner}:policy/team/bound"
    text = render_spoke(
        config.model_copy(update={"iam": config.iam.model_copy(update={"permissions_boundary": bound})})
    )
    told = Rendered(text, HERE, "aws").properties("WorkerRole")["PermissionsBoundary"]
    assert told == bound.replace("111111111111", HERE.account)
