import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from scripts.sandbox.engine.core import Engine
from tests.sandbox.organization import Organization
from tests.sandbox.templates import REGION

TYPE = "SERVICE_CONTROL_POLICY"
MADE_UP = "fl-00000000000000000"


class Governed:
    """An organization with policies enabled, and one member in an OU."""

    def __init__(self, engine: Engine, account: str) -> None:
        self.engine = engine
        self.organization = Organization.create(engine, account)
        self.ou = self.organization.unit("workloads")
        self.member = self.organization.account(self.ou)
        self.client = self.organization.client

    def enable(self) -> None:
        self.client.enable_policy_type(RootId=self.organization.root, PolicyType=TYPE)

    def deny(self, target: str, action: str | list[str], **more: object) -> str:
        statement = {"Effect": "Deny", "Action": action, "Resource": "*", **more}
        made = self.client.create_policy(
            Name=f"deny-{target}",
            Description="",
            Type=TYPE,
            Content=json.dumps({"Version": "2012-10-17", "Statement": statement}),
        )["Policy"]["PolicySummary"]["Id"]
        self.client.attach_policy(PolicyId=made, TargetId=target)
        return str(made)

    def delete(self, account: str | None = None) -> dict[str, Any]:
        """What EC2 answers to a dry run."""
        ec2: Any = self.engine.client(account or self.member, REGION, "ec2")
        with pytest.raises(ClientError) as refused:
            ec2.delete_flow_logs(FlowLogIds=[MADE_UP], DryRun=True)
        return dict(refused.value.response["Error"])


@pytest.fixture
def governed(engine: Engine, account: str) -> Governed:
    made = Governed(engine, account)
    made.enable()
    return made


def test_what_no_policy_denies_is_a_dry_run(governed: Governed) -> None:
    assert governed.delete()["Code"] == "DryRunOperation"


@pytest.mark.parametrize("level", ["root", "ou", "account"])
def test_a_deny_at_any_level_is_told_with_the_kind_of_policy(governed: Governed, level: str) -> None:
    target = {"root": governed.organization.root, "ou": governed.ou, "account": governed.member}[level]
    policy = governed.deny(target, "ec2:DeleteFlow*")
    answer = governed.delete()
    assert answer["Code"] == "UnauthorizedOperation"
    assert "explicit deny in a service control policy: arn:aws:organizations::" in answer["Message"]
    assert policy in answer["Message"]


def test_an_exempt_role_may(governed: Governed) -> None:
    exempt = {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/OrganizationAccount*"}}
    governed.deny(governed.ou, "ec2:DeleteFlowLogs", Condition=exempt)
    assert governed.delete()["Code"] == "DryRunOperation"


def test_the_management_account_is_not_governed(governed: Governed) -> None:
    governed.deny(governed.organization.root, "*")
    assert governed.delete(governed.organization.management)["Code"] == "DryRunOperation"


def test_a_level_that_allows_nothing_denies_everything(governed: Governed) -> None:
    governed.client.detach_policy(PolicyId="p-FullAWSAccess", TargetId=governed.ou)
    answer = governed.delete()
    assert "no service control policy allows" in answer["Message"]


def test_creating_and_assuming_are_governed_too(governed: Governed, engine: Engine) -> None:
    governed.deny(governed.ou, ["ec2:CreateFlowLogs", "sts:AssumeRole"])
    ec2: Any = engine.client(governed.member, REGION, "ec2")
    with pytest.raises(ClientError, match="UnauthorizedOperation"):
        ec2.create_flow_logs(
            ResourceType="VPC",
            ResourceIds=["vpc-0"],
            TrafficType="ALL",
            LogDestinationType="s3",
            LogDestination="arn:aws:s3:::bucket",
        )
    sts: Any = engine.client(governed.member, REGION, "sts")
    other = governed.organization.account(name="b")
    with pytest.raises(ClientError, match="service control policy"):
        sts.assume_role(
            RoleArn=f"arn:aws:iam::{other}:role/OrganizationAccountAccessRole", RoleSessionName="test"
        )


def test_a_type_that_is_not_enabled_attaches_nothing(engine: Engine, account: str) -> None:
    with pytest.raises(ClientError, match="PolicyTypeNotEnabledException"):
        (made := Governed(engine, account)).deny(made.ou, "*")
