"""Conversations through a NAT gateway as flow log records, as AWS documents them.

Sources: Amazon VPC User Guide, page "Flow log record examples", section "Traffic through a NAT gateway" (the
four legs of a zonal gateway); page "Flow log records" (fields, `traffic-path`, `tcp-flags`); "Regional NAT
gateways" (records without interface, with the gateway in `resource-id`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from scripts.sandbox.conversations import TCP, Conversation

Record = dict[str, object]

ABSENT = "-"
SYN, SYN_ACK = 2, 18
PACKET = 1400  # bytes an ordinary packet carries
SAME_VPC, INTERNET_GATEWAY = 1, 8


@dataclass(frozen=True)
class Site:
    """Where a gateway stands.

    Attributes:
        interface: Of a zonal gateway; None for a regional one, which has none.
        address: The private address of a zonal gateway, the elastic one of a regional gateway.

    """

    account: str
    region: str
    vpc: str
    gateway: str
    zone_id: str
    address: str
    subnet: str | None = None
    interface: str | None = None


@dataclass(frozen=True)
class _Leg:
    src: str
    src_port: int
    dst: str
    dst_port: int
    packet_src: str
    packet_dst: str
    upload: bool
    flow_direction: str


def _zonal(site: Site, talk: Conversation) -> tuple[_Leg, ...]:
    client, nat, remote = talk.client_ip, site.address, talk.remote_ip
    inner, outer, far = talk.client_port, talk.gateway_port, talk.remote_port
    return (
        _Leg(client, inner, nat, far, client, remote, upload=True, flow_direction="ingress"),
        _Leg(nat, outer, remote, far, nat, remote, upload=True, flow_direction="egress"),
        _Leg(remote, far, nat, outer, remote, nat, upload=False, flow_direction="ingress"),
        _Leg(nat, far, client, inner, remote, client, upload=False, flow_direction="egress"),
    )


def _regional(site: Site, talk: Conversation) -> tuple[_Leg, ...]:
    client, nat, remote = talk.client_ip, site.address, talk.remote_ip
    inner, outer, far = talk.client_port, talk.gateway_port, talk.remote_port
    return (
        _Leg(client, inner, remote, far, client, remote, upload=True, flow_direction="ingress"),
        _Leg(nat, outer, remote, far, nat, remote, upload=True, flow_direction="egress"),
        _Leg(remote, far, nat, outer, remote, nat, upload=False, flow_direction="ingress"),
        _Leg(remote, far, client, inner, remote, client, upload=False, flow_direction="egress"),
    )


def _common(site: Site, start: datetime, end: datetime) -> Record:
    return {
        "account-id": site.account,
        "region": site.region,
        "vpc-id": site.vpc,
        "az-id": site.zone_id,
        "subnet-id": site.subnet or ABSENT,
        "interface-id": site.interface or ABSENT,
        "instance-id": ABSENT,
        "resource-id": ABSENT if site.interface else site.gateway,
        "interface-type": "nat_gateway" if site.interface else "regional_nat_gateway",
        "start": int(start.timestamp()),
        "end": int(end.timestamp()),
    }


def _traffic_path(leg: _Leg, talk: Conversation) -> object:
    """Only egress has a path; the inner leg stays in the VPC."""
    if leg.flow_direction == "ingress":
        return ABSENT
    outer = leg.dst == talk.remote_ip
    return INTERNET_GATEWAY if outer else SAME_VPC


def packets(size: int) -> int:
    """How many packets carry so many bytes."""
    return -(-size // PACKET)


def records(
    site: Site, talks: Iterable[Conversation], start: datetime, end: datetime, *, opening: bool = False
) -> list[Record]:
    """The records of one aggregation window: four legs per conversation, those without bytes left out.

    Args:
        site: The gateway.
        talks: What went through it in the window.
        start: The window's first moment.
        end: The window's last moment; at most the aggregation interval later.
        opening: The connections opened in this window, so the records show their SYN.

    """
    common, found = _common(site, start, end), []
    for talk in talks:
        legs = _zonal(site, talk) if site.interface else _regional(site, talk)
        for leg in legs:
            size = talk.upload_bytes if leg.upload else talk.download_bytes
            if not size:
                continue
            flags = (SYN if leg.upload else SYN_ACK) if opening and talk.protocol == TCP else 0
            record: Record = {
                **common,
                "type": "IPv4",
                "srcaddr": leg.src,
                "dstaddr": leg.dst,
                "srcport": leg.src_port,
                "dstport": leg.dst_port,
                "protocol": talk.protocol,
                "packets": packets(size),
                "bytes": size,
                "action": "ACCEPT",
                "tcp-flags": flags,
                "pkt-srcaddr": leg.packet_src,
                "pkt-dstaddr": leg.packet_dst,
                "pkt-src-aws-service": talk.aws_service if leg.packet_src == talk.remote_ip else ABSENT,
                "pkt-dst-aws-service": talk.aws_service if leg.packet_dst == talk.remote_ip else ABSENT,
                "flow-direction": leg.flow_direction,
                "traffic-path": _traffic_path(leg, talk),
                "log-status": "OK",
            }
            found.append(record)
    return found


def unknown_site(account: str, region: str, resource: str) -> Site:
    """A gateway of which only the resource of its flow logs is known."""
    interface = resource if resource.startswith("eni-") else None
    return Site(account, region, ABSENT, resource, ABSENT, ABSENT, interface=interface)


def no_data(site: Site, start: datetime, end: datetime) -> Record:
    """The record of a window in which nothing went through (page "Flow log record examples", "No data")."""
    return {**_common(site, start, end), "log-status": "NODATA"}
