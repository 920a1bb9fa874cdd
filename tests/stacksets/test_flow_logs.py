"""Only natrec's own flow logs are deleted, wherever they are, and what cannot be looked into is told."""

from typing import Any

import pytest

from orgconfig.models import OrgConfig
from scripts.checks.variants import example
from scripts.sandbox.engine.core import Engine
from stacksets.flow_logs import FlowLogs
from stacksets.steps import UnreachableError

REGION = "eu-west-1"
HUB = example().organization.hub.account


@pytest.fixture
def config() -> OrgConfig:
    return example()


def _made(engine: Engine, account: str, **tags: str) -> str:
    ec2 = engine.client(account, REGION, "ec2")
    logs = engine.client(account, REGION, "logs")
    group = f"g{len(tags)}{'-'.join(tags.values())}"
    logs.create_log_group(logGroupName=group)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    answer = ec2.create_flow_logs(
        ResourceType="VPC",
        ResourceIds=[vpc],
        TrafficType="ALL",
        LogGroupName=group,
        DeliverLogsPermissionArn=f"arn:aws:iam::{account}:role/logs",
        TagSpecifications=[
            {"ResourceType": "vpc-flow-log", "Tags": [{"Key": k, "Value": v} for k, v in tags.items()]}
        ],
    )
    identity: str = answer["FlowLogIds"][0]
    return identity


def _left(engine: Engine, account: str) -> set[str]:
    found = engine.client(account, REGION, "ec2").describe_flow_logs()["FlowLogs"]
    return {each["FlowLogId"] for each in found}


def test_only_those_with_both_of_our_tags_go(engine: Engine, account: str, config: OrgConfig) -> None:
    engine.client(account, REGION, "iam").create_role(RoleName="logs", AssumeRolePolicyDocument="{}")
    ours = _made(engine, account, **{"natrec:recording": "rec-1", "natrec:hub": HUB})
    others = {
        _made(engine, account, **tags)
        for tags in (
            {"team": "network"},
            {"natrec:hub": HUB},
            {"natrec:recording": "rec-2", "natrec:hub": "999999999999"},
            {"other:recording": "rec-3", "other:hub": HUB},
        )
    }
    assert FlowLogs(config, engine.client).delete({(account, REGION)}) == 1
    assert _left(engine, account) == others
    assert ours not in others
    assert FlowLogs(config, engine.client).delete({(account, REGION)}) == 0


def test_an_account_without_credentials_is_told_and_stops_no_other(
    engine: Engine, account: str, config: OrgConfig
) -> None:
    engine.client(account, REGION, "iam").create_role(RoleName="logs", AssumeRolePolicyDocument="{}")
    _made(engine, account, **{"natrec:recording": "rec-1", "natrec:hub": HUB})

    def clients(which: str, region: str, service: str) -> Any:  # noqa: ANN401 - any client
        if which != account:
            raise UnreachableError(f"nothing leads into {which}")
        return engine.client(which, region, service)

    flow_logs = FlowLogs(config, clients)
    assert flow_logs.delete({("111122223333", REGION), ("111122223333", "us-east-1"), (account, REGION)}) == 1
    assert flow_logs.unreachable == {"111122223333": "nothing leads into 111122223333"}
