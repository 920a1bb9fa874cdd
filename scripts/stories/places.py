"""A running organization as people with access to its accounts reach it: through boto3 and the endpoint."""

import itertools
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import boto3

from orgconfig.names import Names

Availability = Literal["zonal", "regional"]
Found = Any
Document = dict[str, Any]
HOME = "eu-west-1"
_FEW, _A_SUBNET = 20, 200  # gateways; a subnet has 251 addresses
_ANY = "any"  # the sandbox takes any credentials


@dataclass
class Organization:
    """The organization that a sandbox's JSON line describes."""

    line: Mapping[str, Any]
    names: Names = field(default_factory=lambda: Names("natrec", "/natrec/"))
    _clients: dict[tuple[str, str, str], Any] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _inputs: dict[str, str] = field(default_factory=dict)

    @cached_property
    def session(self) -> Any:  # noqa: ANN401 - services come by name
        """What makes every client."""
        return boto3.session.Session(_ANY, _ANY)

    def management(self, service: str, region: str = "us-east-1") -> Any:  # noqa: ANN401 - as above
        """A client with the default credentials, which are the management account's."""
        key = ("", region, service)
        if key not in self._clients:
            endpoint = self.line["endpoint"]
            self._clients[key] = self.session.client(service, region_name=region, endpoint_url=endpoint)
        return self._clients[key]

    def client(self, account: str, region: str, service: str) -> Any:  # noqa: ANN401 - as above
        """A client that has assumed the account's OrganizationAccountAccessRole."""
        key = (account, region, service)
        if key not in self._clients:
            role = f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole"
            given = self.management("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
            self._clients[key] = self.session.client(
                service,
                region_name=region,
                endpoint_url=self.line["endpoint"],
                aws_access_key_id=given["AccessKeyId"],
                aws_secret_access_key=given["SecretAccessKey"],
                aws_session_token=given["SessionToken"],
            )
        return self._clients[key]

    def hub(self, service: str) -> Any:  # noqa: ANN401 - as above
        """A client in the hub."""
        return self.client(self.line["hub"]["account"], self.line["hub"]["region"], service)

    def archive(self, service: str) -> Any:  # noqa: ANN401 - as above
        """A client in the archive's account."""
        return self.client(self.line["archive"]["account"], self.line["hub"]["region"], service)

    def input_of(self, execution: str) -> str:
        """What an execution of the hub was started with; asked once, however often a story looks."""
        if execution not in self._inputs:
            described = self.hub("stepfunctions").describe_execution(executionArn=execution)
            self._inputs[execution] = described["input"]
        return self._inputs[execution]

    @property
    def bucket(self) -> str:
        """The archive bucket."""
        return str(self.line["archive"]["bucket"])

    def notices_are_delivered(self) -> None:
        """Wait until none is on its way any more."""
        sqs = self.hub("sqs")
        url = sqs.get_queue_url(QueueName=self.names.notices_queue)["QueueUrl"]
        counted = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")

        def none_waits() -> bool:
            found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(counted))["Attributes"]
            return all(found[each] == "0" for each in counted)

        eventually(none_waits, 60)

    def gateway(
        self, availability: Availability = "zonal", *, account: str | None = None, region: str = HOME
    ) -> "Gateway":
        """One more gateway beside those that are there; no other story touches it."""
        accounts = self.line["accounts"]
        account = account or accounts[next(self._numbers) % len(accounts)]
        return self.gateways(account, region, 1, availability)[0]

    def gateways(
        self, account: str, region: str, count: int, availability: Availability = "zonal"
    ) -> "list[Gateway]":
        """So many more gateways in one place, beside one that is there; many of them in new subnets."""
        ec2 = self.client(account, region, "ec2")
        there = ec2.describe_nat_gateways(Filters=[{"Name": "state", "Values": ["available"]}])["NatGateways"]
        beside = next(each for each in there if "SubnetId" in each)
        vpc, subnets = beside["VpcId"], [beside["SubnetId"]]
        if availability == "zonal" and count > _FEW:
            subnets = [_new_subnet(ec2, vpc) for _ in range(0, count, _A_SUBNET)]

        def make(number: int) -> Any:  # noqa: ANN401 - as AWS answers it
            if availability == "regional":
                return ec2.create_nat_gateway(VpcId=vpc, AvailabilityMode="regional")
            address = ec2.allocate_address(Domain="vpc")["AllocationId"]
            return ec2.create_nat_gateway(SubnetId=subnets[number // _A_SUBNET], AllocationId=address)

        made = [make(number)["NatGateway"]["NatGatewayId"] for number in range(count)]
        return [Gateway(self, account, region, each, availability) for each in made]


@dataclass(frozen=True)
class Gateway:
    """One NAT gateway of the organization."""

    organization: Organization = field(repr=False)
    account: str
    region: str
    id: str
    availability: Availability

    def client(self, service: str) -> Any:  # noqa: ANN401 - services come by name
        """A client in its account and region."""
        return self.organization.client(self.account, self.region, service)

    def instances(self, *names: str) -> dict[str, str]:
        """Instances in a new subnet whose only way out is this gateway: their ids by their names."""
        subnet = self._subnet()
        return {name: self._instance(subnet, name) for name in names}

    def task(self, cluster: str, service: str) -> str:
        """A task of Fargate in such a subnet: its address."""
        tags = {"aws:ecs:clusterName": cluster, "aws:ecs:serviceName": service}
        made = self.client("ec2").create_network_interface(
            SubnetId=self._subnet(),
            Description=f"arn:aws:ecs:{self.region}:{self.account}:attachment/{uuid.uuid4()}",
            TagSpecifications=[
                {
                    "ResourceType": "network-interface",
                    "Tags": [{"Key": name, "Value": value} for name, value in tags.items()],
                }
            ],
        )
        return str(made["NetworkInterface"]["PrivateIpAddress"])

    def _subnet(self) -> str:
        """A new one whose only way out is this gateway."""
        ec2 = self.client("ec2")
        [found] = ec2.describe_nat_gateways(NatGatewayIds=[self.id])["NatGateways"]
        subnet = _new_subnet(ec2, found["VpcId"])
        table = ec2.create_route_table(VpcId=found["VpcId"])["RouteTable"]["RouteTableId"]
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=self.id)
        ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
        return subnet

    def _instance(self, subnet: str, name: str) -> str:
        tags = [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": name}]}]
        [made] = self.client("ec2").run_instances(
            ImageId="ami-0123456789abcdef0", MinCount=1, MaxCount=1, SubnetId=subnet, TagSpecifications=tags
        )["Instances"]
        return str(made["InstanceId"])

    @property
    def interface(self) -> str:
        """The network interface of a zonal gateway."""
        [found] = self.client("ec2").describe_nat_gateways(NatGatewayIds=[self.id])["NatGateways"]
        return str(found["NatGatewayAddresses"][0]["NetworkInterfaceId"])


def _new_subnet(ec2: Any, vpc_id: str) -> str:  # noqa: ANN401 - a client
    """One more in a VPC, of the second half of its addresses."""
    [vpc] = ec2.describe_vpcs(VpcIds=[vpc_id])["Vpcs"]
    taken = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc_id]}])["Subnets"]
    cidr = ".".join([*vpc["CidrBlock"].split(".")[:2], str(100 + len(taken)), "0/24"])
    return str(ec2.create_subnet(VpcId=vpc_id, CidrBlock=cidr)["Subnet"]["SubnetId"])


def expect(true: object, told: object) -> None:
    """What does not hold fails the story."""
    if not true:
        raise AssertionError(told)


def eventually(ask: Callable[[], Found], within: float = 20.0, every: float = 0.1) -> Found:
    """Ask until the answer is true; what is still false when time is over fails the story."""
    pause = threading.Event()
    for _ in range(int(within / every)):
        if found := ask():
            return found
        pause.wait(every)
    found = ask()
    expect(found, f"did not happen within {within:g} s")
    return found
