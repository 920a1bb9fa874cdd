"""Metrics of a spoke, and who routes through its gateway: without AWS, and as the engine has them."""

import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from hub.adapters.meter import CloudWatchMeter
from hub.adapters.witness import CloudWatchWitness
from hub.domain.gateways import Availability, GatewayRef
from hub.domain.rises import Series
from hub.domain.suspecting import Client
from hub.domain.suspects import Direction
from hub.ports import Meter, Witness
from scripts.sandbox.engine.core import Engine
from tests import factories
from tests.contract.worlds import EngineSessions
from tests.fakes.world import FakeMeter, FakeWitness

REGION = factories.REGION
_METRICS: Mapping[Direction, tuple[str, str]] = {
    "upload": ("NetworkOut", "BytesInFromSource"),
    "download": ("NetworkIn", "BytesInFromDestination"),
}


class WitnessWorld(Protocol):
    """A gateway, instances, and their metrics of the minutes before `now`."""

    @property
    def witness(self) -> Witness: ...

    @property
    def meter(self) -> Meter: ...

    @property
    def now(self) -> datetime: ...

    def gateway(self, availability: Availability = "zonal") -> GatewayRef: ...

    def instance(self, gateway: GatewayRef | None, name: str) -> str: ...

    def count(self, who: str, direction: Direction, *amounts: float) -> None: ...


def minutes(now: datetime, amounts: tuple[float, ...]) -> Series:
    """So much in each of the minutes before."""
    first = now - timedelta(minutes=len(amounts))
    return Series(tuple((first + timedelta(minutes=n), amount) for n, amount in enumerate(amounts)))


class FakeWitnessWorld:
    """The fake."""

    def __init__(self) -> None:
        self.witness = FakeWitness()
        self.meter = FakeMeter(self.witness.told)
        self.now = factories.NOW.replace(second=0)

    def gateway(self, availability: Availability = "zonal") -> GatewayRef:
        return factories.gateway(availability=availability).ref

    def instance(self, gateway: GatewayRef | None, name: str) -> str:
        identity = f"i-{len(name):017x}"
        if gateway:
            client = Client(identity, name, ("10.0.2.10",))
            self.witness.behind.setdefault(gateway.gateway, {})[identity] = client
        return identity

    def count(self, who: str, direction: Direction, *amounts: float) -> None:
        self.witness.told.setdefault(direction, {})[who] = minutes(self.now, amounts)


class EngineWitnessWorld:
    """The adapter over the engine: a VPC with a subnet behind each gateway, and one behind none."""

    def __init__(self, engine: Engine, account: str) -> None:
        self.account = account
        self.witness = CloudWatchWitness(EngineSessions(engine, account))
        self.meter = CloudWatchMeter(EngineSessions(engine, account))
        self.now = datetime.fromtimestamp(time.time() // 60 * 60, UTC)
        self.ec2: Any = engine.client(account, REGION, "ec2")
        self._cloudwatch: Any = engine.client(account, REGION, "cloudwatch")
        self.vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self._number = 0
        self._behind: dict[str | None, str] = {None: self.subnet()}
        self._regional: set[str] = set()

    def subnet(self) -> str:
        self._number += 1
        cidr = f"10.0.{self._number}.0/24"
        return str(self.ec2.create_subnet(VpcId=self.vpc, CidrBlock=cidr)["Subnet"]["SubnetId"])

    def gateway(self, availability: Availability = "zonal") -> GatewayRef:
        if availability == "regional":
            made = self.ec2.create_nat_gateway(AvailabilityMode="regional", VpcId=self.vpc)["NatGateway"]
        else:
            allocation = self.ec2.allocate_address(Domain="vpc")["AllocationId"]
            made = self.ec2.create_nat_gateway(SubnetId=self._behind[None], AllocationId=allocation)[
                "NatGateway"
            ]
        gateway = str(made["NatGatewayId"])
        if availability == "regional":
            self._regional.add(gateway)
        self._behind[gateway] = self.subnet()
        table = self.route_table(gateway)
        self.ec2.associate_route_table(RouteTableId=table, SubnetId=self._behind[gateway])
        return GatewayRef(self.account, REGION, gateway)

    def route_table(self, gateway: str) -> str:
        table = str(self.ec2.create_route_table(VpcId=self.vpc)["RouteTable"]["RouteTableId"])
        self.ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=gateway)
        return table

    def instance(self, gateway: GatewayRef | None, name: str, subnet: str | None = None) -> str:
        [made] = self.ec2.run_instances(
            ImageId="ami-0123456789abcdef0",
            MinCount=1,
            MaxCount=1,
            SubnetId=subnet or self._behind[gateway.gateway if gateway else None],
            TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": name}]}],
        )["Instances"]
        return str(made["InstanceId"])

    def task(self, gateway: GatewayRef | None, service: str | None, attached: str | None = None) -> str:
        """A task of ECS in awsvpc mode, on Fargate unless attached to an instance: its address."""
        tags = dict(
            zip(("aws:ecs:clusterName", "aws:ecs:serviceName"), (service or "").split("/"), strict=False)
        )
        made = self.ec2.create_network_interface(
            SubnetId=self._behind[gateway.gateway if gateway else None],
            Description=f"arn:aws:ecs:{REGION}:{self.account}:attachment/{uuid.uuid4()}",
            TagSpecifications=[
                {
                    "ResourceType": "network-interface",
                    "Tags": [{"Key": name, "Value": value} for name, value in tags.items() if value],
                }
            ],
        )["NetworkInterface"]
        if attached:
            self.ec2.attach_network_interface(
                NetworkInterfaceId=made["NetworkInterfaceId"], InstanceId=attached, DeviceIndex=1
            )
        return str(made["PrivateIpAddress"])

    def count(self, who: str, direction: Direction, *amounts: float) -> None:
        of_instance, of_gateway = _METRICS[direction]
        if who.startswith("i-"):
            self.put("AWS/EC2", of_instance, {"InstanceId": who}, *amounts)
        elif who in self._regional:
            for zone in ("a", "b"):
                dimensions = {"NatGatewayId": who, "AvailabilityZone": f"{REGION}{zone}"}
                self.put("AWS/NATGateway", of_gateway, dimensions, *(each / 2 for each in amounts))
        else:
            self.put("AWS/NATGateway", of_gateway, {"NatGatewayId": who}, *amounts)

    def put(self, namespace: str, metric: str, dimensions: Mapping[str, str], *amounts: float) -> None:
        named = [{"Name": name, "Value": value} for name, value in dimensions.items()]
        data = [
            {"MetricName": metric, "Dimensions": named, "Timestamp": at, "Value": amount}
            for at, amount in minutes(self.now, amounts).points
        ]
        self._cloudwatch.put_metric_data(Namespace=namespace, MetricData=data)
