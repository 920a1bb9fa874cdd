"""Where a gateway stands and who is behind it, looked up through the EC2 API."""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from scripts.sandbox.conversations import Client
from scripts.sandbox.engine.core import Engine
from scripts.sandbox.records import Site


@dataclass(frozen=True)
class Place:
    """A gateway and its clients.

    Attributes:
        site: What records say of the gateway.
        zone: The Availability Zone that metrics of a regional gateway name; None for a zonal one.
        clients: The instances and tasks that use the gateway.

    """

    site: Site
    zone: str | None
    clients: tuple[Client, ...]


def _clients(ec2: Any, vpc: str, gateway: str) -> tuple[Client, ...]:  # noqa: ANN401 - services come by name
    """Those whose subnets lead to the gateway; all of them, where none does."""
    tables = ec2.describe_route_tables(Filters=[{"Name": "route.nat-gateway-id", "Values": [gateway]}])
    behind = {
        each["SubnetId"]
        for table in tables["RouteTables"]
        for each in table["Associations"]
        if each.get("SubnetId")
    }
    pages = ec2.get_paginator("describe_instances").paginate(Filters=[{"Name": "vpc-id", "Values": [vpc]}])
    instances = [
        instance
        for page in pages
        for reservation in page["Reservations"]
        for instance in reservation["Instances"]
        if instance["State"]["Name"] == "running"
    ]
    tasks = [each for each in _tasks(ec2, vpc) if each["SubnetId"] in behind]
    inside = [each for each in instances if each["SubnetId"] in behind]
    instances = inside if inside or tasks else instances
    found = [Client(each["PrivateIpAddress"], each["InstanceId"]) for each in instances]
    return tuple(sorted((*found, *map(_task, tasks)), key=lambda client: client.ip))


def _tasks(ec2: Any, vpc: str) -> list[dict[str, Any]]:  # noqa: ANN401 - services come by name
    """Interfaces of tasks that tell their service, as ECS describes and tags them."""
    described = {"Name": "description", "Values": ["arn:*:ecs:*:attachment/*"]}
    filters = [{"Name": "vpc-id", "Values": [vpc]}, described]
    found: list[dict[str, Any]] = ec2.describe_network_interfaces(Filters=filters)["NetworkInterfaces"]
    return [each for each in found if _service(each)]


def _service(interface: dict[str, Any]) -> tuple[str, str] | None:
    tags = {each["Key"]: each["Value"] for each in interface.get("TagSet", ())}
    cluster, service = (tags.get(f"aws:ecs:{key}") for key in ("clusterName", "serviceName"))
    return (cluster, service) if cluster and service else None


def _task(interface: dict[str, Any]) -> Client:
    service = _service(interface)
    return Client(interface["PrivateIpAddress"], "/".join(service or ()), service)


def find(engine: Engine, account: str, region: str, gateway: str) -> Place:
    """The gateway's place.

    Raises:
        ValueError: There is no such gateway in that account and region, it does not route to the
            internet, or nothing runs behind it.

    """
    ec2 = engine.client(account, region, "ec2")
    try:
        [found] = ec2.describe_nat_gateways(NatGatewayIds=[gateway])["NatGateways"]
    except ClientError as problem:
        raise ValueError(f"no gateway {gateway} in {account}, {region}: {problem}") from problem
    if found["State"] != "available":
        raise ValueError(f"gateway {gateway} is {found['State']}")
    vpc, address = found["VpcId"], found["NatGatewayAddresses"][0]
    clients = _clients(ec2, vpc, gateway)
    if not clients:
        raise ValueError(f"no instance runs behind {gateway} in {vpc}")
    if found["AvailabilityMode"] == "regional":
        site = Site(account, region, vpc, gateway, address["AvailabilityZoneId"], address["PublicIp"])
        return Place(site, address["AvailabilityZone"], clients)
    [subnet] = ec2.describe_subnets(SubnetIds=[found["SubnetId"]])["Subnets"]
    site = Site(
        account=account,
        region=region,
        vpc=vpc,
        gateway=gateway,
        zone_id=subnet["AvailabilityZoneId"],
        address=address["PrivateIp"],
        subnet=found["SubnetId"],
        interface=address["NetworkInterfaceId"],
    )
    return Place(site, None, clients)
