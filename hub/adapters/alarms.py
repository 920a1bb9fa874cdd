"""The alarms of one spoke as CloudWatch shows them."""

import re
from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from hub.adapters.declared import calls
from hub.adapters.faults import code_of, told_as
from hub.domain.errors import RecordingFault
from hub.domain.gateways import GATEWAY_ID
from hub.domain.reconciling import CONTRIBUTORS_SHOWN, Firing, InAlarm

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.type_defs import MetricAlarmTypeDef

_DIMENSION = "NatGatewayId"
# The action of DescribeAlarmContributors stands in no service reference yet; the pattern covers its own name.
_DESCRIBE = "cloudwatch:DescribeAlarm*"


@calls("spoke", _DESCRIBE)
def contributors(client: "CloudWatchClient", alarm: str, where: str) -> InAlarm:
    """The gateways in ALARM (CloudWatch API reference, DescribeAlarmContributors: it lists no others).

    Args:
        client: CloudWatch in the spoke.
        alarm: A fleet alarm; one that does not exist lists nothing.
        where: The spoke, for people.

    """
    since: dict[str, datetime] = {}
    seen, token = 0, ""
    with told_as(RecordingFault, f"asking for the contributors of {alarm} in {where}"):
        while True:
            try:
                page = client.describe_alarm_contributors(
                    AlarmName=alarm, **({"NextToken": token} if token else {})
                )
            except ClientError as error:
                if code_of(error) not in {"ResourceNotFoundException", "ResourceNotFound"}:
                    raise
                return InAlarm()
            for each in page["AlarmContributors"]:
                seen += 1
                gateway = each["ContributorAttributes"].get(_DIMENSION, "")
                moment = each.get("StateTransitionedTimestamp")
                if GATEWAY_ID.fullmatch(gateway) and moment:
                    since[gateway] = moment
            token = page.get("NextToken", "")
            if not token:
                return InAlarm(since, complete=seen < CONTRIBUTORS_SHOWN)


@calls("spoke", _DESCRIBE)
def firing(client: "CloudWatchClient", prefix: str, where: str) -> tuple[Firing, ...]:
    """Every alarm in ALARM whose name begins so (CloudWatch API reference, DescribeAlarms)."""
    with told_as(RecordingFault, f"asking for alarms in {where}"):
        pages = client.get_paginator("describe_alarms").paginate(AlarmNamePrefix=prefix, StateValue="ALARM")
        return tuple(
            Firing(alarm["AlarmName"], _since(alarm), tuple(_gateways(alarm)))
            for page in pages
            for alarm in page["MetricAlarms"]
            if alarm.get("StateValue") == "ALARM"
        )


def _since(alarm: "MetricAlarmTypeDef") -> datetime:
    return alarm.get("StateTransitionedTimestamp") or alarm["StateUpdatedTimestamp"]


def _gateways(alarm: "MetricAlarmTypeDef") -> list[str]:
    inner = (each.get("MetricStat", {}).get("Metric", {}) for each in alarm.get("Metrics", []))
    dimensions = [
        *alarm.get("Dimensions", []),
        *(one for each in inner for one in each.get("Dimensions", [])),
    ]
    named = (each["Value"] for each in dimensions if each["Name"] == _DIMENSION)
    return [gateway for gateway in named if re.fullmatch(GATEWAY_ID, gateway)]
