"""The fleet alarms of a target, as CloudWatch has them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spoke.alarms import FleetAlarm, fleet_alarms
from stacksets.inspection.installation import Installation
from stacksets.inspection.targets import Place

# CloudWatch API Reference, "DescribeAlarms": at most a hundred names.
_AT_ONCE = 100


@dataclass(frozen=True)
class FleetSeen:
    """The alarms that the config wants, and those of their names as CloudWatch describes them."""

    wanted: Sequence[FleetAlarm]
    found: Mapping[str, Mapping[str, Any]]


def read_fleet(installation: Installation, place: Place) -> FleetSeen:
    """The alarms of every tier."""
    config, client = installation.config, installation.client(place, "cloudwatch")
    wanted = tuple(fleet_alarms(config.tiers, config.names))
    names = [each.name for each in wanted]
    found: dict[str, Mapping[str, Any]] = {}
    for start in range(0, len(names), _AT_ONCE):
        some = names[start : start + _AT_ONCE]
        for page in client.get_paginator("describe_alarms").paginate(AlarmNames=some):
            found |= {each["AlarmName"]: each for each in page["MetricAlarms"]}
    return FleetSeen(wanted, found)
