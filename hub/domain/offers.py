"""Executions that the hub starts itself: for an onset offered again, and for a recording that was lost."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hub.domain.alarms import Transition, tier_of

# Two sweeps at once name the execution alike, so it starts once; the next sweep gives it another name.
ATTEMPT = timedelta(minutes=5)


@dataclass(frozen=True)
class Offer:
    """What starts an execution.

    Attributes:
        name: Derived from what it is for, so that two that start it start one.
        event: Its input.

    """

    name: str
    event: Mapping[str, object]


def offer(onset: Transition, namespace: str, now: datetime) -> Offer:
    """The offer of an onset that was missed or refused: an alarm event as EventBridge would deliver it.

    Its name holds the present window of five minutes.

    Args:
        onset: What CloudWatch shows.
        namespace: Tells fleet alarms from custom ones.
        now: The time.

    """
    window = int(now.timestamp() // ATTEMPT.total_seconds())
    told_at = datetime.fromtimestamp(window * ATTEMPT.total_seconds(), UTC)
    subject = f"{onset.gateway} {onset.alarm} {onset.at.astimezone(UTC).isoformat()} {window}"
    name = f"offer-{hashlib.sha256(subject.encode()).hexdigest()[:24]}"
    fleet = tier_of(onset.alarm, namespace) is not None
    kind = "CloudWatch Alarm Contributor State Change" if fleet else "CloudWatch Alarm State Change"
    return Offer(
        name,
        {
            "version": "0",
            "id": name,
            "detail-type": kind,
            "source": "aws.cloudwatch",
            "account": onset.gateway.account,
            "time": told_at.isoformat(),
            "region": onset.gateway.region,
            "resources": [],
            "detail": {
                "alarmName": onset.alarm,
                "state": {
                    "value": onset.state,
                    "reason": "offered again by the sweep: the gateway is still in alarm",
                    "timestamp": onset.at.astimezone(UTC).isoformat(timespec="microseconds"),
                },
                **(_contributor(onset) if fleet else _configuration(onset)),
            },
        },
    )


def successor(lost: str) -> Offer:
    """The execution that carries on a recording whose own has ended: it closes, waits, reports and tells.

    No event from a bus looks like its input, for the fields of an event's envelope are fixed.
    """
    return Offer(f"report-{lost}", {"lost": lost})


def _contributor(onset: Transition) -> dict[str, object]:
    return {"alarmContributor": {"id": "sweep", "attributes": {"NatGatewayId": onset.gateway.gateway}}}


def _configuration(onset: Transition) -> dict[str, object]:
    metric = {"namespace": "AWS/NATGateway", "dimensions": {"NatGatewayId": onset.gateway.gateway}}
    return {"configuration": {"metrics": [{"id": "m1", "metricStat": {"metric": metric}}]}}
