"""Tiers to fleet alarms: one alarm watches every gateway of a region, present and future.

A Metrics Insights query with GROUP BY and ORDER BY gives each gateway a state of its own, a contributor
(CloudWatch User Guide, "Create an alarm based on a Metrics Insights query"). `SCHEMA` matches its
dimensions exactly, and regional gateways publish one more of them ("NAT gateway metrics and
dimensions"), so zonal and regional gateways need separate queries.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orgconfig.models import Tier
from orgconfig.names import AVAILABILITIES, DIRECTIONS, Availability, Direction, Names
from orgconfig.units import format_duration, format_size

METRIC_NAMESPACE = "AWS/NATGateway"
METRICS: Mapping[Direction, str] = {"upload": "BytesInFromSource", "download": "BytesInFromDestination"}
DIMENSIONS: Mapping[Availability, tuple[str, ...]] = {
    "zonal": ("NatGatewayId",),
    "regional": ("AvailabilityZone", "NatGatewayId"),
}


@dataclass(frozen=True)
class FleetAlarm:
    """One alarm over all gateways of one kind, in one direction.

    Attributes:
        logical_id: Its name within the template.
        name: Its name in CloudWatch; the forwarding rule knows it by the prefix.
        description: For whoever finds it in the console.
        query: The Metrics Insights query; one series per gateway.
        period: Seconds that one datapoint covers.
        threshold: Bytes in one period above which a datapoint counts.
        datapoints_to_alarm: How many datapoints must be above it ...
        evaluation_periods: ... among this many of the latest.

    """

    logical_id: str
    name: str
    description: str
    query: str
    period: int
    threshold: int
    datapoints_to_alarm: int
    evaluation_periods: int


def insights_query(direction: Direction, availability: Availability) -> str:
    """The Metrics Insights query of one direction and one kind of gateway; bytes per gateway."""
    schema = ", ".join([f'"{METRIC_NAMESPACE}"', *DIMENSIONS[availability]])
    metric = METRICS[direction]
    return f"SELECT SUM({metric}) FROM SCHEMA({schema}) GROUP BY NatGatewayId ORDER BY SUM() DESC"  # noqa: S608 - no SQL


def fleet_alarms(tiers: Mapping[str, Tier], names: Names) -> Iterator[FleetAlarm]:
    """Four alarms per tier, in the config's order."""
    for tier, terms in tiers.items():
        for direction in DIRECTIONS:
            for availability in AVAILABILITIES:
                yield FleetAlarm(
                    logical_id="".join(map(_titled, ("alarm", tier, direction, availability))),
                    name=names.alarm(tier, direction, availability),
                    description=_description(tier, terms, direction, availability),
                    query=insights_query(direction, availability),
                    period=terms.period,
                    threshold=terms.threshold,
                    datapoints_to_alarm=terms.datapoints.to_alarm,
                    evaluation_periods=terms.datapoints.out_of,
                )


def _titled(word: str) -> str:
    """Logical ids have letters and digits only; the config keeps tiers apart without their hyphens."""
    return "".join(part.capitalize() for part in word.split("-"))


def _description(tier: str, terms: Tier, direction: Direction, availability: Availability) -> str:
    amount = f"more than {format_size(terms.threshold)} {direction} in {format_duration(terms.period)}"
    return f"Tier {tier}: {amount} through a {availability} NAT gateway, {terms.datapoints} datapoints."
