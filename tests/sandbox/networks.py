"""A VPC with gateways and an archive bucket, made through the API, for tests of what stands on them."""

import json
from dataclasses import dataclass
from typing import Any

from scripts.sandbox.engine.core import Engine

REGION = "eu-west-1"


@dataclass(frozen=True)
class Network:
    account: str
    vpc: str
    subnet: str
    gateway: str
    interface: str
    private_ip: str


def zonal_gateway(engine: Engine, account: str, region: str = REGION, name: str = "egress") -> Network:
    ec2 = engine.client(account, region, "ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    allocation = ec2.allocate_address(Domain="vpc")["AllocationId"]
    gateway = ec2.create_nat_gateway(
        SubnetId=subnet,
        AllocationId=allocation,
        TagSpecifications=[{"ResourceType": "natgateway", "Tags": [{"Key": "Name", "Value": name}]}],
    )["NatGateway"]
    address = gateway["NatGatewayAddresses"][0]
    found = gateway["NatGatewayId"], address["NetworkInterfaceId"], address["PrivateIp"]
    return Network(account, vpc, subnet, *found)


def archive(engine: Engine, owner: str, source: str, name: str) -> str:
    """A bucket of `owner` that admits log delivery for the account `source`."""
    s3 = engine.client(owner, REGION, "s3")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "delivery.logs.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{name}/natrec/*",
        "Condition": {"StringEquals": {"aws:SourceAccount": source}},
    }
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    return name


def flow_log_request(interface: str, bucket: str, **other: object) -> dict[str, Any]:
    return {
        "ResourceType": "NetworkInterface",
        "ResourceIds": [interface],
        "TrafficType": "ALL",
        "LogDestinationType": "s3",
        "LogDestination": f"arn:aws:s3:::{bucket}/natrec/",
        "MaxAggregationInterval": 60,
        "DestinationOptions": {
            "FileFormat": "parquet",
            "HiveCompatiblePartitions": True,
            "PerHourPartition": True,
        },
        **other,
    }
