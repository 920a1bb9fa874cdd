from collections.abc import Callable

import pytest

from scripts.sandbox.engine.core import Engine
from scripts.sandbox.organization import Organization, build, member_names


@pytest.fixture(scope="module")
def organization(engine: Engine, fresh_account: Callable[[], str]) -> Organization:
    return build(engine, accounts=4, regions=("eu-west-1", "us-east-1"), management=fresh_account())


def test_members_lie_in_two_ous_below_workloads(engine: Engine, organization: Organization) -> None:
    api = engine.client(organization.management, "us-east-1", "organizations")
    workloads = organization.ous["Workloads"]
    assert workloads.path == (organization.root, workloads.id)
    for name in ("Production", "Development"):
        ou = organization.ous[name]
        assert ou.path == (organization.root, workloads.id, ou.id)
        found = {each["Id"] for each in api.list_accounts_for_parent(ParentId=ou.id)["Accounts"]}
        assert found == {member.account for member in organization.members if member.ou == ou}
        assert len(found) == 2


def test_the_hub_and_the_archive_lie_outside_the_workloads(
    engine: Engine, organization: Organization
) -> None:
    api = engine.client(organization.management, "us-east-1", "organizations")
    security = organization.ous["Security"].id
    found = {each["Id"] for each in api.list_accounts_for_parent(ParentId=security)["Accounts"]}
    assert found == {organization.hub, organization.archive}


def test_every_member_has_a_zonal_gateway_in_every_region(organization: Organization) -> None:
    zonal = {(g.account, g.region) for g in organization.gateways if g.availability == "zonal"}
    assert zonal == {(m.account, r) for m in organization.members for r in organization.regions}
    [regional] = [g for g in organization.gateways if g.availability == "regional"]
    assert (regional.account, regional.region) == (organization.members[0].account, "eu-west-1")


def test_gateways_and_clients_have_names(engine: Engine, organization: Organization) -> None:
    gateway = organization.gateways[0]
    ec2 = engine.client(gateway.account, gateway.region, "ec2")
    [found] = ec2.describe_nat_gateways(NatGatewayIds=[gateway.id])["NatGateways"]
    assert {"Key": "Name", "Value": "payments-prod-egress"} in found["Tags"]
    reservations = ec2.describe_instances(Filters=[{"Name": "vpc-id", "Values": [gateway.vpc]}])
    instances = [each for group in reservations["Reservations"] for each in group["Instances"]]
    names = {tag["Value"] for each in instances for tag in each["Tags"] if tag["Key"] == "Name"}
    assert names == {"payments-prod-api", "payments-prod-batch-worker", "payments-prod-ci-runner"}
    assert len({each["PrivateIpAddress"] for each in instances}) == 3
    assert all(each["PrivateIpAddress"].startswith("10.1.1.") for each in instances)


def test_a_large_organization_repeats_no_name() -> None:
    names = [name for name, _ in member_names(20)]
    assert len(set(names)) == 20


def test_an_organization_without_members_is_refused(engine: Engine, account: str) -> None:
    with pytest.raises(ValueError, match="at least one member"):
        build(engine, accounts=0, management=account)
