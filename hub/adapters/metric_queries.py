"""What CloudWatch is asked of a rise: its metrics by direction, and the queries over them.

Sources: EC2 User Guide, "CloudWatch metrics that are available for your instances"; VPC User Guide, "NAT
gateway metrics and dimensions"; CloudWatch User Guide, "Amazon EKS and Kubernetes Container Insights
metrics", "Amazon ECS Container Insights metrics" and "Metrics Insights query components and syntax".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hub.domain.gateways import Availability
from hub.domain.suspects import Direction

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch.type_defs import MetricDataQueryTypeDef

PERIOD = 60  # seconds; data that come every five minutes are told every five minutes
# The busiest by their highest minute: who caused a spike is among them however quiet its hour was. EC2 takes
# 200 values in a filter, which is one such list for each direction.
BUSIEST = 100
_TOP = f"ORDER BY MAX() DESC LIMIT {BUSIEST}"


@dataclass(frozen=True)
class Metrics:
    """The metrics of one direction, each as its owner sees it."""

    instance: str
    gateway: str
    pod: str
    service: str


METRICS: Mapping[Direction, Metrics] = {
    "upload": Metrics("NetworkOut", "BytesInFromSource", "pod_network_tx_bytes", "NetworkTxBytes"),
    "download": Metrics("NetworkIn", "BytesInFromDestination", "pod_network_rx_bytes", "NetworkRxBytes"),
}


def instances(metrics: Metrics) -> "MetricDataQueryTypeDef":
    """The busiest instances of the spoke, each by its id."""
    source = 'SCHEMA("AWS/EC2", InstanceId) GROUP BY InstanceId'
    return _query("instances", f"SELECT SUM({metrics.instance}) FROM {source} {_TOP}")  # noqa: S608 - constants


def pods(metrics: Metrics) -> "MetricDataQueryTypeDef":
    """The busiest workloads of the spoke's clusters, in bytes per second."""
    keys = "ClusterName, Namespace, PodName"
    source = f'SCHEMA("ContainerInsights", {keys}) GROUP BY {keys}'
    return _query("pods", f"SELECT SUM({metrics.pod}) FROM {source} {_TOP}")  # noqa: S608 - constants


def services(metrics: Metrics) -> "MetricDataQueryTypeDef":
    """The busiest services of ECS, in bytes per second, each with the sum of its tasks."""
    keys = "ClusterName, ServiceName"
    source = f'SCHEMA("ECS/ContainerInsights", {keys}) GROUP BY {keys}'
    return _query("services", f"SELECT SUM({metrics.service}) FROM {source} {_TOP}")  # noqa: S608 - constants


def of_gateway(
    metrics: Metrics, gateway: str, availability: Availability, identity: str = "gateway"
) -> "MetricDataQueryTypeDef":
    """The gateway's own bytes; a regional one has them by Availability Zone, which a query adds up."""
    if availability == "regional":
        source = (
            f"SCHEMA(\"AWS/NATGateway\", AvailabilityZone, NatGatewayId) WHERE NatGatewayId = '{gateway}'"
        )
        return _query(identity, f"SELECT SUM({metrics.gateway}) FROM {source}")  # noqa: S608 - an id of AWS's
    return {
        "Id": identity,
        "MetricStat": {
            "Metric": {
                "Namespace": "AWS/NATGateway",
                "MetricName": metrics.gateway,
                "Dimensions": [{"Name": "NatGatewayId", "Value": gateway}],
            },
            "Period": PERIOD,
            "Stat": "Sum",
        },
    }


def _query(identity: str, expression: str) -> "MetricDataQueryTypeDef":
    return {"Id": identity, "Expression": expression, "Period": PERIOD}
