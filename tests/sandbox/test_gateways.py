import pytest
from botocore.exceptions import ClientError

from scripts.sandbox.engine.core import Engine
from tests.sandbox.networks import REGION, zonal_gateway

UNKNOWN = "nat-0123456789abcdef0"


def test_a_zonal_gateway_has_one_requester_managed_interface(engine: Engine, account: str) -> None:
    network = zonal_gateway(engine, account)
    ec2 = engine.client(account, REGION, "ec2")
    [interface] = ec2.describe_network_interfaces(NetworkInterfaceIds=[network.interface])[
        "NetworkInterfaces"
    ]
    assert interface["InterfaceType"] == "nat_gateway"
    assert interface["Description"] == f"Interface for NAT Gateway {network.gateway}"
    assert interface["RequesterManaged"] is True
    assert interface["PrivateIpAddress"] == network.private_ip
    assert network.private_ip.startswith("10.0.1.")


def test_a_gateway_says_how_it_is_connected_and_available(engine: Engine, account: str) -> None:
    network = zonal_gateway(engine, account)
    ec2 = engine.client(account, REGION, "ec2")
    [gateway] = ec2.describe_nat_gateways(NatGatewayIds=[network.gateway])["NatGateways"]
    assert gateway["ConnectivityType"] == "public"
    assert gateway["AvailabilityMode"] == "zonal"
    assert gateway["VpcId"] == network.vpc
    assert gateway["State"] == "available"
    assert gateway["NatGatewayAddresses"][0]["PublicIp"]


def test_a_private_gateway_has_an_interface_and_no_public_address(engine: Engine, account: str) -> None:
    network = zonal_gateway(engine, account)
    ec2 = engine.client(account, REGION, "ec2")
    made = ec2.create_nat_gateway(SubnetId=network.subnet, ConnectivityType="private")["NatGateway"]
    [address] = made["NatGatewayAddresses"]
    assert address["NetworkInterfaceId"] != network.interface
    assert address["PrivateIp"] != network.private_ip
    assert "PublicIp" not in address
    assert "AllocationId" not in address


def test_a_regional_gateway_has_no_subnet_and_no_interface(engine: Engine, account: str) -> None:
    network = zonal_gateway(engine, account)
    ec2 = engine.client(account, REGION, "ec2")
    made = ec2.create_nat_gateway(VpcId=network.vpc, AvailabilityMode="regional")["NatGateway"]
    [found] = ec2.describe_nat_gateways(NatGatewayIds=[made["NatGatewayId"]])["NatGateways"]
    assert found["AvailabilityMode"] == "regional"
    assert "SubnetId" not in found
    [address] = found["NatGatewayAddresses"]
    assert address["AvailabilityZone"].startswith(REGION)
    assert address["PublicIp"]
    assert address["AllocationId"]
    assert "NetworkInterfaceId" not in address


def test_a_regional_gateway_takes_a_vpc_and_no_subnet(engine: Engine, account: str) -> None:
    network = zonal_gateway(engine, account)
    ec2 = engine.client(account, REGION, "ec2")
    with pytest.raises(ClientError, match="InvalidParameterCombination"):
        ec2.create_nat_gateway(VpcId=network.vpc, SubnetId=network.subnet, AvailabilityMode="regional")


def test_an_unknown_gateway_is_an_error(engine: Engine, account: str) -> None:
    ec2 = engine.client(account, REGION, "ec2")
    with pytest.raises(ClientError) as refused:
        ec2.describe_nat_gateways(NatGatewayIds=[UNKNOWN])
    assert refused.value.response["Error"]["Code"] == "NatGatewayNotFound"
    with pytest.raises(ClientError, match="NatGatewayNotFound"):
        ec2.delete_nat_gateway(NatGatewayId=UNKNOWN)


def test_a_malformed_gateway_id_is_an_error(engine: Engine, account: str) -> None:
    with pytest.raises(ClientError, match="NatGatewayMalformed"):
        engine.client(account, REGION, "ec2").describe_nat_gateways(NatGatewayIds=["nat-mine"])


def test_gateways_are_found_by_their_tags(engine: Engine, account: str) -> None:
    wanted = zonal_gateway(engine, account, name="payments")
    zonal_gateway(engine, account, name="other")
    ec2 = engine.client(account, REGION, "ec2")
    ec2.create_tags(Resources=[wanted.gateway], Tags=[{"Key": "team", "Value": "payments"}])
    for name, value in (("tag:Name", "pay*"), ("tag-key", "team"), ("nat-gateway-id", wanted.gateway)):
        found = ec2.describe_nat_gateways(Filter=[{"Name": name, "Values": [value]}])["NatGateways"]
        assert [each["NatGatewayId"] for each in found] == [wanted.gateway]


def test_an_unknown_filter_is_refused(engine: Engine, account: str) -> None:
    with pytest.raises(ClientError, match="The filter 'colour' is invalid"):
        engine.client(account, REGION, "ec2").describe_nat_gateways(
            Filter=[{"Name": "colour", "Values": ["red"]}]
        )


def test_gateways_come_in_pages(engine: Engine, account: str) -> None:
    network = zonal_gateway(engine, account)
    ec2 = engine.client(account, REGION, "ec2")
    for _ in range(6):
        ec2.create_nat_gateway(SubnetId=network.subnet, ConnectivityType="private")
    pages = list(ec2.get_paginator("describe_nat_gateways").paginate(PaginationConfig={"PageSize": 5}))
    assert [len(page["NatGateways"]) for page in pages] == [5, 2]


def test_a_deleted_gateway_stays_visible_without_its_interface(engine: Engine, account: str) -> None:
    network = zonal_gateway(engine, account)
    ec2 = engine.client(account, REGION, "ec2")
    ec2.delete_nat_gateway(NatGatewayId=network.gateway)
    [gateway] = ec2.describe_nat_gateways(NatGatewayIds=[network.gateway])["NatGateways"]
    assert gateway["State"] == "deleted"
    with pytest.raises(ClientError, match=r"InvalidNetworkInterfaceID\.NotFound"):
        ec2.describe_network_interfaces(NetworkInterfaceIds=[network.interface])


def test_a_full_subnet_takes_no_gateway_more(engine: Engine, account: str) -> None:
    ec2, vpc = engine.client(account, REGION, "ec2"), zonal_gateway(engine, account).vpc
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.9.0/28")["Subnet"]["SubnetId"]

    def make() -> str:
        made = ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private")["NatGateway"]
        address: str = made["NatGatewayAddresses"][0]["PrivateIp"]
        return address

    # of sixteen, AWS keeps five
    assert {make() for _ in range(11)} == {f"10.0.9.{number}" for number in range(4, 15)}
    with pytest.raises(ClientError, match="InsufficientFreeAddressesInSubnet"):
        make()
