"""Tasks of ECS that have network interfaces of their own, on nobody's instance: Fargate's.

Tasks on instances are seen with their instances, whose metrics count them too.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hub.adapters.declared import calls
from hub.adapters.ec2_answers import tags_of

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client

# A task's interface is described by the ARN of its attachment (EC2 API reference, DescribeNetworkInterfaces;
# filters take wildcards: EC2 User Guide, "Filter your resources").
_DESCRIBED = "arn:*:ecs:*:attachment/*"


@dataclass(frozen=True)
class Task:
    """One task.

    Attributes:
        service: `cluster/service`, by ECS's managed tags (ECS Developer Guide, "Tagging your Amazon ECS
            resources"); empty where they are off, or where the task is of no service.

    """

    vpc: str
    subnet: str
    service: str
    addresses: tuple[str, ...]


@calls("spoke", "ec2:DescribeNetworkInterfaces")
def tasks(ec2: "EC2Client", vpcs: Collection[str]) -> Iterator[Task]:
    """Every one in these VPCs."""
    pages = ec2.get_paginator("describe_network_interfaces").paginate(
        Filters=[
            {"Name": "vpc-id", "Values": sorted(vpcs)},
            {"Name": "description", "Values": [_DESCRIBED]},
        ]
    )
    for each in (interface for page in pages for interface in page["NetworkInterfaces"]):
        if each.get("Attachment", {}).get("InstanceId"):
            continue
        tags = tags_of(each.get("TagSet"))
        named = [tags.get(f"aws:ecs:{key}") for key in ("clusterName", "serviceName")]
        told = [
            *(one.get("PrivateIpAddress") for one in each.get("PrivateIpAddresses", [])),
            *(one.get("Ipv6Address") for one in each.get("Ipv6Addresses", [])),
        ]
        yield Task(
            vpc=each.get("VpcId", ""),
            subnet=each.get("SubnetId", ""),
            service="/".join(filter(None, named)) if all(named) else "",
            addresses=tuple(filter(None, told)),
        )
