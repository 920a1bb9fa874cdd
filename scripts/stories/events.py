"""Alarm events exactly as CloudWatch writes them (User Guide, "Alarm events and EventBridge")."""

import json
from datetime import UTC, datetime
from typing import Any

from scripts.stories.places import Gateway

CONTRIBUTOR = "CloudWatch Alarm Contributor State Change"


def now() -> datetime:
    """Real time, for that is what the sandbox runs in."""
    return datetime.now(UTC)


def written(moment: datetime) -> str:
    """As CloudWatch writes times: milliseconds and an offset without a colon."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}+0000"


def contributor_change(gateway: Gateway, alarm: str, state: str, at: datetime) -> dict[str, Any]:
    """The entry of PutEvents that tells of a fleet alarm's contributor."""
    query = (
        'SELECT SUM(BytesInFromDestination) FROM SCHEMA("AWS/NATGateway", NatGatewayId) '
        "GROUP BY NatGatewayId ORDER BY SUM() DESC"
    )
    detail = {
        "alarmName": alarm,
        "alarmContributor": {"id": "6d442278dba546f6", "attributes": {"NatGatewayId": gateway.id}},
        "state": {
            "value": state,
            "reason": "Threshold Crossed: 1 datapoint was greater than the threshold (1.0E8).",
            "timestamp": written(at),
        },
        "configuration": {
            "metrics": [{"id": "q1", "expression": query, "returnData": True, "period": 60}],
            "description": "a fleet alarm",
        },
    }
    arn = f"arn:aws:cloudwatch:{gateway.region}:{gateway.account}:alarm:{alarm}"
    return {
        "Source": "aws.cloudwatch",
        "DetailType": CONTRIBUTOR,
        "Resources": [arn],
        "Detail": json.dumps(detail),
    }
