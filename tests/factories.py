"""Everything the hub talks about, each argument with a default: a test names only what it is about."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from hub.domain.admission import GatewayItem
from hub.domain.alarms import AlarmState, Transition
from hub.domain.by_hand import MANUAL, ByHand
from hub.domain.gateways import Availability, Gateway, GatewayRef
from hub.domain.recordings import Recording, State, recording_id
from hub.domain.suspects import Suspect, Suspicion
from hub.domain.terms import Allowance, Terms

NOW = datetime(2026, 11, 23, 6, 10, 18, tzinfo=UTC)
ACCOUNT = "444444444444"
REGION = "eu-west-1"
NAT = "nat-0123456789abcdef0"
ALARM = "natrec-standard-upload-zonal"
CALLER = "arn:aws:iam::111111111111:user/anna"
OTHER_ALARM = "natrec-standard-download-zonal"


def gateway_ref(account: str = ACCOUNT, region: str = REGION, gateway: str = NAT) -> GatewayRef:
    return GatewayRef(account, region, gateway)


def gateway(
    ref: GatewayRef | None = None,
    *,
    availability: Availability = "zonal",
    interfaces: tuple[str, ...] = ("eni-0aaaaaaaaaaaaaaaa",),
    tags: Mapping[str, str] | None = None,
) -> Gateway:
    return Gateway(
        ref=ref or gateway_ref(),
        availability=availability,
        vpc="vpc-0123456789abcdef0",
        interfaces=() if availability == "regional" else interfaces,
        addresses=("10.0.1.5",),
        tags={"Name": "egress"} if tags is None else tags,
    )


def gateway_item(
    *,
    recording: str | None = None,
    execution: str | None = None,
    expires_at: datetime | None = None,
    cooling_until: datetime | None = None,
    in_alarm: frozenset[str] = frozenset(),
    transitions: Mapping[str, datetime] | None = None,
) -> GatewayItem:
    return GatewayItem(
        recording=recording,
        execution=execution,
        expires_at=expires_at,
        cooling_until=cooling_until,
        in_alarm=in_alarm,
        transitions=transitions or {},
    )


def transition(
    place: GatewayRef | None = None,
    *,
    alarm: str = ALARM,
    state: AlarmState = "ALARM",
    at: datetime = NOW,
    reason: str = "",
    muted: bool = False,
) -> Transition:
    return Transition(place or gateway_ref(), alarm, state, at, reason, muted)


def by_hand(
    place: GatewayRef | None = None,
    *,
    at: datetime = NOW,
    duration: timedelta | None = None,
    over_quota: str | None = None,
) -> Transition:
    asked = ByHand(CALLER, duration, over_quota)
    return Transition(place or gateway_ref(), MANUAL, "ALARM", at, told_at=at, by_hand=asked)


def recovery(
    place: GatewayRef | None = None, *, alarm: str = ALARM, at: datetime | None = None
) -> Transition:
    return transition(place, alarm=alarm, state="OK", at=at or NOW + timedelta(minutes=5))


def allowance(
    *, day: int = 0, month: int = 0, active: int = 0, delivered_day: int = 0, delivered_month: int = 0
) -> Allowance:
    return Allowance(day, month, active, delivered_day, delivered_month)


def terms(
    *,
    enabled: bool = True,
    opted_out: bool = False,
    tier: str = "standard",
    max_duration: timedelta | None = timedelta(minutes=15),
    hard_limit: timedelta = timedelta(hours=6),
    cooldown: timedelta = timedelta(minutes=30),
    gateway: Allowance | None = None,
    account: Allowance | None = None,
    organization: Allowance | None = None,
    sources: Mapping[str, str] | None = None,
) -> Terms:
    return Terms(
        enabled=enabled,
        opted_out=opted_out,
        sources=sources or {},
        tier=tier,
        threshold=10**9,
        period=timedelta(minutes=1),
        max_duration=max_duration,
        hard_limit=hard_limit,
        cooldown=cooldown,
        delivery_wait=timedelta(minutes=12),
        gateway=gateway or allowance(),
        account=account or allowance(),
        organization=organization or allowance(),
    )


def execution_arn(name: str = "e1") -> str:
    return f"arn:aws:states:eu-west-1:222222222222:execution:natrec-recording:{name}"


def recording(
    place: GatewayRef | None = None,
    *,
    execution: str | None = None,
    state: State = "open",
    alarms: tuple[str, ...] = (ALARM,),
    opened_at: datetime = NOW,
    duration: timedelta = timedelta(minutes=15),
    cooldown: timedelta = timedelta(minutes=30),
    gateway_name: str | None = "egress",
    **known: Any,  # noqa: ANN401 - what is known later: flow_logs, reason, closed_at and the like
) -> Recording:
    execution = execution or execution_arn()
    return Recording(
        id=recording_id(execution, opened_at),
        execution=execution,
        gateway=place or gateway_ref(),
        gateway_name=gateway_name,
        tier="standard",
        alarms=alarms,
        state=state,
        onset_at=opened_at - timedelta(seconds=20),
        opened_at=opened_at,
        deadline=opened_at + duration,
        delivery_wait=timedelta(minutes=12),
        cooldown=cooldown,
        **known,
    )


def closed_recording(**known: Any) -> Recording:  # noqa: ANN401 - the arguments of `recording`
    ended: dict[str, Any] = {
        "state": "closed",
        "reason": "traffic calmed: every alarm recovered",
        "closed_at": NOW + timedelta(minutes=7, seconds=30),
        "recovered_at": NOW + timedelta(minutes=7),
        "flow_logs": ("fl-0123456789abcdef0",),
    }
    return recording(**(ended | known))


def suspect(**known: Any) -> Suspect:  # noqa: ANN401 - the fields of a suspect
    usual: dict[str, Any] = {
        "client": "i-0123456789abcdef0",
        "name": "etl-runner-3",
        "addresses": ("10.0.1.20",),
        "direction": "download",
        "before": 2_000_000,
        "since": 972_000_000,
        "share": 0.97,
        "sureness": "likely",
        "reason": "it rose in the same minutes by about as much, and nobody else did",
    }
    return Suspect(**(usual | known))


def suspicion(*suspects: Suspect) -> Suspicion:
    return Suspicion(NOW + timedelta(seconds=20), suspects or (suspect(),))


def contributor_event(**changed: Any) -> dict[str, Any]:  # noqa: ANN401 - top-level fields of the event
    """A fleet alarm's contributor (CloudWatch User Guide, "Alarm events and EventBridge")."""
    event: dict[str, Any] = {
        "version": "0",
        "id": "2dde0eb1-528b-d2d5-9ca6-6d590caf2329",
        "detail-type": "CloudWatch Alarm Contributor State Change",
        "source": "aws.cloudwatch",
        "account": ACCOUNT,
        "time": "2026-11-23T06:10:18Z",
        "region": REGION,
        "resources": [f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{ALARM}"],
        "detail": {
            "alarmName": ALARM,
            "alarmContributor": {"id": "6d442278dba546f6", "attributes": {"NatGatewayId": NAT}},
            "state": {
                "value": "ALARM",
                "reason": "Threshold Crossed: 3 datapoints were greater than the threshold (1.0E9).",
                "timestamp": "2026-11-23T06:10:18.919+0000",
            },
            "configuration": {
                "metrics": [
                    {
                        "id": "m1",
                        "expression": "SELECT SUM(BytesInFromSource) FROM ... GROUP BY NatGatewayId",
                        "returnData": True,
                        "period": 60,
                    }
                ],
                "description": "",
            },
        },
    }
    return event | changed


def metric(gateway: str = NAT, id_: str = "m1") -> dict[str, Any]:
    named = {
        "namespace": "AWS/NATGateway",
        "name": "ErrorPortAllocation",
        "dimensions": {"NatGatewayId": gateway},
    }
    return {
        "id": id_,
        "metricStat": {"metric": named, "period": 60, "stat": "Sum"},
        "returnData": True,
    }


def ordinary_event(
    *metrics: Mapping[str, Any],
    alarm: str = "natrec-custom-ports",
    configuration: Mapping[str, Any] | None = None,
    **changed: Any,  # noqa: ANN401 - top-level fields of the event
) -> dict[str, Any]:
    """A user's own alarm, its metrics as given (the same page)."""
    state = {"reason": "Threshold Crossed", "reasonData": "{}", "timestamp": "2026-11-23T06:10:18.919+0000"}
    event: dict[str, Any] = {
        "version": "0",
        "detail-type": "CloudWatch Alarm State Change",
        "source": "aws.cloudwatch",
        "account": ACCOUNT,
        "region": REGION,
        "resources": [f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{alarm}"],
        "detail": {
            "alarmName": alarm,
            "configuration": configuration or {"description": "", "metrics": list(metrics)},
            "previousState": {"value": "OK", **state},
            "state": {"value": "ALARM", **state},
        },
    }
    return event | changed
