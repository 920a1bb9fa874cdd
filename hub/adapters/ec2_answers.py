"""What EC2 answers, in the hub's own words."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hub.domain.errors import UnsupportedGateway
from hub.domain.flow_logs import FlowLog
from hub.domain.gateways import Gateway, GatewayRef

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import (
        FlowLogTypeDef,
        NatGatewayAddressTypeDef,
        NatGatewayTypeDef,
        TagTypeDef,
        UnsuccessfulItemTypeDef,
    )


def flow_log_of(item: "FlowLogTypeDef", recording_tag: str, archive: str) -> FlowLog:
    """A flow log of DescribeFlowLogs; `archive` is the ARN of the bucket that it should write to."""
    destination = item.get("LogDestination", "")
    failed = item.get("DeliverLogsStatus") == "FAILED"
    tags = tags_of(item.get("Tags"))
    return FlowLog(
        item["FlowLogId"],
        item.get("DeliverLogsErrorMessage", "unknown error") if failed else None,
        tags.get(recording_tag, ""),
        destination.partition("/")[0] != archive,
    )


def gateway_of(ref: GatewayRef, item: "NatGatewayTypeDef") -> Gateway:
    """A gateway of DescribeNatGateways.

    A regional one has no subnet and no interface of ours (VPC User Guide, "Regional NAT gateways").

    Raises:
        UnsupportedGateway: It is zonal and has no interface.

    """
    addresses = item.get("NatGatewayAddresses", [])
    regional = item.get("AvailabilityMode") == "regional"
    interfaces = dict.fromkeys(
        address["NetworkInterfaceId"] for address in addresses if address.get("NetworkInterfaceId")
    )
    if not regional and not interfaces:
        raise UnsupportedGateway(f"{ref} has no network interface (state {item.get('State')})")
    return Gateway(
        ref=ref,
        availability="regional" if regional else "zonal",
        vpc=item.get("VpcId", ""),
        interfaces=() if regional else tuple(interfaces),
        addresses=tuple(filter(None, (_address(entry, regional=regional) for entry in addresses))),
        tags=tags_of(item.get("Tags")),
    )


def tags_of(tags: "Sequence[TagTypeDef] | None") -> dict[str, str]:
    """Tags by their keys."""
    return {tag["Key"]: tag["Value"] for tag in tags or ()}


def _address(entry: "NatGatewayAddressTypeDef", *, regional: bool) -> str | None:
    return entry.get("PublicIp") if regional else entry.get("PrivateIp")


def refusals_of(items: Sequence["UnsuccessfulItemTypeDef"]) -> list[str]:
    """`resource: reason` for each entry of `Unsuccessful`."""
    refused = []
    for item in items:
        error = item.get("Error", {})
        refused.append(f"{item.get('ResourceId', '')}: {error.get('Code', '')} {error.get('Message', '')}")
    return refused
