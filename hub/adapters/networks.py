"""Who has addresses in an account and region, as EC2 tells it."""

from typing import TYPE_CHECKING

from hub.adapters.declared import calls
from hub.adapters.ec2_answers import tags_of
from hub.adapters.faults import told_as
from hub.domain.errors import RecordingFault
from hub.domain.networks import Interface, Network

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ec2.type_defs import NetworkInterfaceTypeDef, PaginatorConfigTypeDef

# The most that either call answers at once (EC2 API reference).
_PAGES: "PaginatorConfigTypeDef" = {"PageSize": 1000}


@calls("spoke", "ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces")
def network(ec2: "EC2Client", place: str) -> Network:
    """Every interface and instance (EC2 API reference, DescribeNetworkInterfaces and DescribeInstances).

    Args:
        ec2: A client of the account and region.
        place: Their names, for errors.

    """
    with told_as(RecordingFault, f"describing network interfaces in {place}"):
        pages = ec2.get_paginator("describe_network_interfaces").paginate(PaginationConfig=_PAGES)
        interfaces = tuple(interface_of(item) for each in pages for item in each["NetworkInterfaces"])
    with told_as(RecordingFault, f"describing instances in {place}"):
        groups = [
            group
            for each in ec2.get_paginator("describe_instances").paginate(PaginationConfig=_PAGES)
            for group in each["Reservations"]
        ]
    instances = [each for group in groups for each in group.get("Instances", [])]
    return Network(interfaces, {each["InstanceId"]: tags_of(each.get("Tags")) for each in instances})


def interface_of(item: "NetworkInterfaceTypeDef") -> Interface:
    """An interface of DescribeNetworkInterfaces; its tags are in `TagSet`, unlike anything else's."""
    return Interface(
        id=item.get("NetworkInterfaceId", ""),
        vpc=item.get("VpcId", ""),
        zone=item.get("AvailabilityZone"),
        primary=item.get("PrivateIpAddress"),
        addresses=_given(
            *(each.get("PrivateIpAddress") for each in item.get("PrivateIpAddresses", [])),
            *(each.get("Ipv6Address") for each in item.get("Ipv6Addresses", [])),
        ),
        prefixes=_given(
            *(each.get("Ipv4Prefix") for each in item.get("Ipv4Prefixes", [])),
            *(each.get("Ipv6Prefix") for each in item.get("Ipv6Prefixes", [])),
        ),
        instance=item.get("Attachment", {}).get("InstanceId"),
        type=item.get("InterfaceType", "interface"),
        description=item.get("Description", ""),
        tags=tags_of(item.get("TagSet")),
    )


def _given(*texts: str | None) -> tuple[str, ...]:
    return tuple(filter(None, texts))
