"""What CloudWatch is told of traffic: the gateway's own metrics and those of the clients behind it.

Sources: Amazon VPC User Guide, page "NAT gateway metrics and dimensions"; Amazon EC2 User Guide, page
"CloudWatch metrics that are available for your instances"; Amazon CloudWatch User Guide, page "Amazon ECS
Container Insights metrics". AWS puts these itself; the sandbox puts them as
the account.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from scripts.sandbox.conversations import Conversation, Direction
from scripts.sandbox.engine.core import Engine
from scripts.sandbox.records import packets
from scripts.sandbox.sites import Place

Datum = dict[str, Any]


def gateway_values(talks: Sequence[Conversation]) -> dict[str, tuple[float, str]]:
    """Value and unit of every metric of a gateway for one minute."""
    up = sum(talk.upload_bytes for talk in talks)
    down = sum(talk.download_bytes for talk in talks)
    up_packets = sum(packets(talk.upload_bytes) for talk in talks)
    down_packets = sum(packets(talk.download_bytes) for talk in talks)
    return {
        "BytesInFromSource": (up, "Bytes"),
        "BytesOutToDestination": (up, "Bytes"),
        "BytesInFromDestination": (down, "Bytes"),
        "BytesOutToSource": (down, "Bytes"),
        "PacketsInFromSource": (up_packets, "Count"),
        "PacketsOutToDestination": (up_packets, "Count"),
        "PacketsInFromDestination": (down_packets, "Count"),
        "PacketsOutToSource": (down_packets, "Count"),
        "ActiveConnectionCount": (len(talks), "Count"),
        "ConnectionAttemptCount": (len(talks), "Count"),
        "ConnectionEstablishedCount": (len(talks), "Count"),
        "ErrorPortAllocation": (0, "Count"),
        "PacketsDropCount": (0, "Count"),
        "PeakBytesPerSecond": ((up + down) // 60, "Bytes/Second"),
    }


def _data(values: dict[str, tuple[float, str]], dimensions: dict[str, str], when: datetime) -> list[Datum]:
    named = [{"Name": name, "Value": value} for name, value in dimensions.items()]
    return [
        {"MetricName": name, "Dimensions": named, "Timestamp": when, "Value": float(value), "Unit": unit}
        for name, (value, unit) in values.items()
    ]


def gateway_data(place: Place, talks: Sequence[Conversation], when: datetime) -> list[Datum]:
    """A gateway's datapoints: a regional gateway's carry the Availability Zone too."""
    dimensions = {"NatGatewayId": place.site.gateway}
    if place.zone:
        dimensions["AvailabilityZone"] = place.zone
    return _data(gateway_values(talks), dimensions, when)


def instance_data(place: Place, talks: Sequence[Conversation], when: datetime) -> list[Datum]:
    """`NetworkOut` and `NetworkIn` of every instance behind the gateway."""
    out: defaultdict[str, int] = defaultdict(int)
    into: defaultdict[str, int] = defaultdict(int)
    for talk in talks:
        out[talk.client_instance] += talk.upload_bytes
        into[talk.client_instance] += talk.download_bytes
    data: list[Datum] = []
    for client in (each for each in place.clients if each.service is None):
        values: dict[str, tuple[float, str]] = {
            "NetworkOut": (out[client.instance], "Bytes"),
            "NetworkIn": (into[client.instance], "Bytes"),
        }
        data += _data(values, {"InstanceId": client.instance}, when)
    return data


def service_data(place: Place, talks: Sequence[Conversation], when: datetime) -> list[Datum]:
    """What Container Insights collects of each task behind the gateway: bytes per second, over a minute."""
    data: list[Datum] = []
    for client in place.clients:
        if client.service is None:
            continue
        own = [talk for talk in talks if talk.client_ip == client.ip]
        values: dict[str, tuple[float, str]] = {
            "NetworkTxBytes": (sum(talk.upload_bytes for talk in own) / 60, "Bytes/Second"),
            "NetworkRxBytes": (sum(talk.download_bytes for talk in own) / 60, "Bytes/Second"),
        }
        cluster, service = client.service
        data += _data(values, {"ClusterName": cluster, "ServiceName": service}, when)
    return data


# The metrics of one direction end in what their bytes and packets come from or go to.
_ENDS_IN: dict[Direction, tuple[str, str]] = {
    "upload": ("InFromSource", "OutToDestination"),
    "download": ("InFromDestination", "OutToSource"),
}


def publish(
    engine: Engine,
    place: Place,
    talks: Sequence[Conversation],
    when: datetime,
    directions: Collection[Direction] = ("upload", "download"),
) -> None:
    """Put one minute's datapoints; the instances' first, for the gateway's may raise an alarm.

    Args:
        engine: The running engine.
        place: The gateway and its clients.
        talks: What flowed.
        when: The time of the datapoints.
        directions: What is told of: metrics of the other direction are left out.

    """
    cloudwatch = engine.client(place.site.account, place.site.region, "cloudwatch")
    data = gateway_data(place, talks, when)
    for other in _ENDS_IN.keys() - set(directions):
        data = [each for each in data if not each["MetricName"].endswith(_ENDS_IN[other])]
    of_clients = {
        "AWS/EC2": instance_data(place, talks, when),
        "ECS/ContainerInsights": service_data(place, talks, when),
    }
    for namespace, theirs in of_clients.items():
        if theirs:
            cloudwatch.put_metric_data(Namespace=namespace, MetricData=theirs)
    cloudwatch.put_metric_data(Namespace="AWS/NATGateway", MetricData=data)
