"""The sandbox's organization: accounts in OUs, and in each member a network with clients behind NAT gateways.

Everything is made through the AWS API, one call after the other, so that the same seed gives the same ids.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from scripts.sandbox.engine.core import DEFAULT_ACCOUNT, Engine

REGIONS = ("eu-west-1", "us-east-1")
PRODUCTION, DEVELOPMENT = "Production", "Development"

# Who lives here; further members get these names again with a number.
MEMBERS: tuple[tuple[str, str], ...] = (
    ("payments-prod", PRODUCTION),
    ("data-platform-prod", PRODUCTION),
    ("payments-dev", DEVELOPMENT),
    ("data-platform-dev", DEVELOPMENT),
    ("web-shop-prod", PRODUCTION),
    ("analytics-dev", DEVELOPMENT),
)
INSTANCES = ("api", "batch-worker", "ci-runner")

Availability = Literal["zonal", "regional"]


@dataclass(frozen=True)
class OrganizationalUnit:
    """An OU; `path` holds the ids from the root to it, both included."""

    id: str
    name: str
    path: tuple[str, ...]


@dataclass(frozen=True)
class Member:
    """A member account that holds workloads."""

    account: str
    name: str
    ou: OrganizationalUnit


@dataclass(frozen=True)
class Gateway:
    """A NAT gateway of a member."""

    account: str
    region: str
    id: str
    vpc: str
    availability: Availability


@dataclass(frozen=True)
class Organization:
    """A whole organization.

    Attributes:
        id: `o-...`.
        root: `r-...`.
        management: The management account.
        hub: The account of the hub.
        archive: The log-archive account.
        ous: By name: `Security`, `Workloads` and below it `Production` and `Development`.
        members: The accounts with workloads, in the order of their making.
        regions: Where each member has a network.
        gateways: All NAT gateways.

    """

    id: str
    root: str
    management: str
    hub: str
    archive: str
    ous: Mapping[str, OrganizationalUnit]
    members: tuple[Member, ...]
    regions: tuple[str, ...]
    gateways: tuple[Gateway, ...]


class _Accounts:
    """Makes accounts and OUs as the management account."""

    def __init__(self, engine: Engine, management: str) -> None:
        self._api: Any = engine.client(management, "us-east-1", "organizations")
        self.id = str(self._api.create_organization(FeatureSet="ALL")["Organization"]["Id"])
        root = str(self._api.list_roots()["Roots"][0]["Id"])
        self.root = OrganizationalUnit(root, "Root", (root,))

    def ou(self, name: str, parent: OrganizationalUnit) -> OrganizationalUnit:
        made = self._api.create_organizational_unit(ParentId=parent.id, Name=name)["OrganizationalUnit"]
        return OrganizationalUnit(made["Id"], name, (*parent.path, made["Id"]))

    def account(self, name: str, ou: OrganizationalUnit) -> str:
        status = self._api.create_account(AccountName=name, Email=f"{name}@example.com")
        account = str(status["CreateAccountStatus"]["AccountId"])
        self._api.move_account(AccountId=account, SourceParentId=self.root.id, DestinationParentId=ou.id)
        return account


def member_names(count: int) -> list[tuple[str, str]]:
    """Name and OU of that many members, each name once."""
    names = []
    for number in range(count):
        (name, ou), round_ = MEMBERS[number % len(MEMBERS)], number // len(MEMBERS)
        names.append((f"{name}-{round_ + 1}" if round_ else name, ou))
    return names


def _tags(resource_type: str, **tags: str) -> list[dict[str, Any]]:
    return [{"ResourceType": resource_type, "Tags": [{"Key": k, "Value": v} for k, v in tags.items()]}]


@dataclass(frozen=True)
class _Network:
    """Makes one VPC: a private subnet with instances, whose way to the internet is a NAT gateway."""

    ec2: Any
    member: Member
    region: str
    name: str
    number: int

    def zonal(self) -> Gateway:
        """A gateway in a public subnet."""
        vpc = self._vpc()
        public, private = (self._subnet(vpc, third, kind) for third, kind in ((0, "public"), (1, "private")))
        allocation = self.ec2.allocate_address(Domain="vpc")["AllocationId"]
        made = self._gateway("egress", SubnetId=public, AllocationId=allocation)
        return self._behind(made, vpc, private, "zonal")

    def regional(self) -> Gateway:
        """A gateway of the whole VPC."""
        vpc = self._vpc()
        private = self._subnet(vpc, 1, "private")
        made = self._gateway("egress-regional", VpcId=vpc, AvailabilityMode="regional")
        return self._behind(made, vpc, private, "regional")

    def _vpc(self) -> str:
        tags = _tags("vpc", Name=f"{self.member.name}-{self.name}")
        made = self.ec2.create_vpc(CidrBlock=f"10.{self.number}.0.0/16", TagSpecifications=tags)
        return str(made["Vpc"]["VpcId"])

    def _subnet(self, vpc: str, third: int, kind: str) -> str:
        made = self.ec2.create_subnet(
            VpcId=vpc,
            CidrBlock=f"10.{self.number}.{third}.0/24",
            AvailabilityZone=f"{self.region}a",
            TagSpecifications=_tags("subnet", Name=f"{self.member.name}-{kind}"),
        )
        return str(made["Subnet"]["SubnetId"])

    def _gateway(self, name: str, **where: str) -> str:
        tags = _tags("natgateway", Name=f"{self.member.name}-{name}", team=self._team)
        return str(self.ec2.create_nat_gateway(TagSpecifications=tags, **where)["NatGateway"]["NatGatewayId"])

    def _behind(self, gateway: str, vpc: str, subnet: str, availability: Availability) -> Gateway:
        table = self.ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        self.ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=gateway)
        self.ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
        for name in INSTANCES:
            self.ec2.run_instances(
                ImageId="ami-0123456789abcdef0",
                InstanceType="m7g.large",
                MinCount=1,
                MaxCount=1,
                SubnetId=subnet,
                TagSpecifications=_tags("instance", Name=f"{self.member.name}-{name}", team=self._team),
            )
        return Gateway(self.member.account, self.region, gateway, vpc, availability)

    @property
    def _team(self) -> str:
        return self.member.name.rsplit("-", 1)[0]


def build(
    engine: Engine,
    accounts: int = 4,
    regions: Sequence[str] = REGIONS,
    management: str = DEFAULT_ACCOUNT,
) -> Organization:
    """Make the organization; the engine's own seed decides the ids.

    Args:
        engine: A running engine.
        accounts: How many members with workloads, beside the hub and the archive.
        regions: Where each member gets one VPC with a zonal NAT gateway; the first member also gets one with
            a regional gateway in the first region.
        management: The management account, which must not have an organization yet.

    Raises:
        ValueError: No member or no region was asked for.
        botocore.exceptions.ClientError: The account already manages an organization.

    """
    if accounts < 1 or not regions:
        raise ValueError("an organization needs at least one member and one region")
    api = _Accounts(engine, management)
    security, workloads = api.ou("Security", api.root), api.ou("Workloads", api.root)
    leaves = {name: api.ou(name, workloads) for name in (PRODUCTION, DEVELOPMENT)}
    hub, archive = api.account("security-hub", security), api.account("log-archive", security)
    members = tuple(
        Member(api.account(name, leaves[ou]), name, leaves[ou]) for name, ou in member_names(accounts)
    )
    gateways: list[Gateway] = []
    for row, member in enumerate(members):
        for column, region in enumerate(regions):
            number = 1 + (row * len(regions) + column) % 250  # VPCs may overlap, as they do in real life
            ec2 = engine.client(member.account, region, "ec2")
            gateways.append(_Network(ec2, member, region, "main", number).zonal())
            if row == column == 0:
                gateways.append(_Network(ec2, member, region, "regional", number + 250).regional())
    ous = {each.name: each for each in (security, workloads, *leaves.values())}
    return Organization(
        id=api.id,
        root=api.root.id,
        management=management,
        hub=hub,
        archive=archive,
        ous=ous,
        members=members,
        regions=tuple(regions),
        gateways=tuple(gateways),
    )
