"""Who stands behind a gateway: instances and tasks in subnets whose route table leads to it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hub.adapters.declared import calls, through
from hub.adapters.ec2_answers import tags_of
from hub.adapters.faults import told_as
from hub.adapters.tasks import tasks
from hub.domain.errors import RecordingFault
from hub.domain.gateways import GatewayRef
from hub.domain.named import line
from hub.domain.suspecting import Client

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ec2.type_defs import InstanceTypeDef, RouteTableTypeDef

# How nodes name their cluster: EKS's own tags, and the one that Kubernetes reads (EKS User Guide, "Organize
# Amazon EKS resources with tags"; "aws:eks:cluster-name" stands on every managed node).
_CLUSTER = ("aws:eks:cluster-name", "eks:cluster-name")
_OWNED = "kubernetes.io/cluster/"


@dataclass(frozen=True)
class Behind:
    """Instances and tasks behind a gateway.

    Attributes:
        clients: Instances by their id.
        clusters: The EKS clusters that some of them are nodes of.
        tasks: Addresses of tasks that run on nobody's instance, by `cluster/service`; by an empty name
            where the task's interface does not tell its service.

    """

    clients: Mapping[str, Client] = field(default_factory=dict)
    clusters: frozenset[str] = frozenset()
    tasks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Routes:
    """Which subnets lead to a gateway.

    Attributes:
        subnets: Those whose own table does.
        vpcs: Those whose main table does.
        others: Subnets of these VPCs with a table of their own: the main one is not theirs.
        everywhere: All VPCs in which any table does.

    """

    everywhere: frozenset[str]
    subnets: frozenset[str]
    vpcs: frozenset[str]
    others: frozenset[str]

    def lead(self, vpc: str, subnet: str) -> bool:
        """Whether an interface there uses the gateway."""
        return subnet in self.subnets or (vpc in self.vpcs and subnet not in self.others)


@calls("spoke", "ec2:DescribeInstances", "ec2:DescribeRouteTables")
@through(tasks)
def behind(ec2: "EC2Client", gateway: GatewayRef, instances: Sequence[str]) -> Behind:
    """Those of some instances that stand behind a gateway; one that is gone is left out.

    Args:
        ec2: EC2 in the spoke.
        gateway: The gateway.
        instances: Their ids, at most 200 (EC2 API reference, "Filtering": values of one request).

    """
    with told_as(RecordingFault, f"asking who routes through {gateway}"):
        routes = _routes(ec2, gateway.gateway)
        if not routes.everywhere:
            return Behind()
        known = list(_instances(ec2, instances)) if instances else []
        found = [each for each in known if any(routes.lead(*place) for place in _places(each))]
        there = list(tasks(ec2, routes.everywhere))
    clusters = {cluster for each in found for cluster in _clusters(each)}
    addresses: dict[str, tuple[str, ...]] = {}
    for task in there:
        if routes.lead(task.vpc, task.subnet):
            addresses[task.service] = (*addresses.get(task.service, ()), *task.addresses)
    return Behind({each["InstanceId"]: _client(each) for each in found}, frozenset(clusters), addresses)


def _routes(ec2: "EC2Client", gateway: str) -> _Routes:
    """A subnet without a table of its own has its VPC's main one (VPC User Guide, "Subnet route tables")."""
    tables = [each for each in _tables(ec2, "route.nat-gateway-id", gateway) if _leads(each, gateway)]
    vpcs = {
        table["VpcId"] for table in tables if any(each.get("Main") for each in table.get("Associations", []))
    }
    others = {
        subnet for vpc in sorted(vpcs) for table in _tables(ec2, "vpc-id", vpc) for subnet in _own(table)
    }
    subnets = {subnet for table in tables for subnet in _own(table)}
    everywhere = frozenset(table["VpcId"] for table in tables)
    return _Routes(everywhere, frozenset(subnets), frozenset(vpcs), frozenset(others))


def _tables(ec2: "EC2Client", name: str, value: str) -> "Iterator[RouteTableTypeDef]":
    pages = ec2.get_paginator("describe_route_tables").paginate(Filters=[{"Name": name, "Values": [value]}])
    for page in pages:
        yield from page["RouteTables"]


def _leads(table: "RouteTableTypeDef", gateway: str) -> bool:
    routes = table.get("Routes", [])
    return any(each.get("NatGatewayId") == gateway and each.get("State") != "blackhole" for each in routes)


def _own(table: "RouteTableTypeDef") -> set[str]:
    return {each["SubnetId"] for each in table.get("Associations", []) if each.get("SubnetId")}


def _instances(ec2: "EC2Client", ids: Sequence[str]) -> "Iterator[InstanceTypeDef]":
    """By filter, for an id that is gone would fail the whole call (EC2 API reference, DescribeInstances)."""
    pages = ec2.get_paginator("describe_instances").paginate(
        Filters=[{"Name": "instance-id", "Values": list(ids)}]
    )
    for page in pages:
        for reservation in page["Reservations"]:
            yield from reservation.get("Instances", [])


def _places(instance: "InstanceTypeDef") -> list[tuple[str, str]]:
    """VPC and subnet of each of its interfaces."""
    interfaces = instance.get("NetworkInterfaces", [])
    return [(each.get("VpcId", ""), each.get("SubnetId", "")) for each in interfaces]


def _client(instance: "InstanceTypeDef") -> Client:
    name = tags_of(instance.get("Tags")).get("Name", "")
    addresses = [
        address
        for interface in instance.get("NetworkInterfaces", [])
        for address in (
            *(each.get("PrivateIpAddress") for each in interface.get("PrivateIpAddresses", [])),
            *(each.get("Ipv6Address") for each in interface.get("Ipv6Addresses", [])),
        )
        if address
    ]
    return Client(instance["InstanceId"], line(name) or None, tuple(dict.fromkeys(addresses)))


def _clusters(instance: "InstanceTypeDef") -> set[str]:
    tags = tags_of(instance.get("Tags"))
    named = {tags[each] for each in _CLUSTER if tags.get(each)}
    return named | {each.removeprefix(_OWNED) for each in tags if each.startswith(_OWNED)}
