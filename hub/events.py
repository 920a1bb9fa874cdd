"""What arrives from EventBridge: only the envelope says whose it is, the rest is a stranger's."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from hub.domain.alarms import Transition
from hub.domain.by_hand import MANUAL, ByHand
from hub.domain.errors import EventRejected
from hub.domain.gateways import GATEWAY_ID, GatewayRef
from orgconfig.reading import ReadingError, Text, read

CONTRIBUTOR = "CloudWatch Alarm Contributor State Change"
ORDINARY = "CloudWatch Alarm State Change"
_GATEWAY_DIMENSION = "NatGatewayId"
_CAUSE_LIMIT = 1000  # characters; a rejection becomes the execution's cause


def _time(text: str) -> datetime:
    """CloudWatch writes `2025-12-01T13:42:04.919+0000`, without a colon (CloudWatch User Guide, events)."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise ValueError("not a time in UTC") from None


# `\Z`, for `$` takes a line's end as well
Account = Annotated[str, Meta(pattern=r"^[0-9]{12}\Z")]
Region = Annotated[str, Meta(pattern=r"^[a-z]{2}(-[a-z]+)+-[0-9]\Z")]
AlarmName = Annotated[Text, Meta(min_length=1, max_length=255)]


class _Part(Struct, frozen=True, kw_only=True):
    """AWS adds fields to its events at any time."""


class _State(_Part, frozen=True, kw_only=True):
    value: Literal["ALARM", "OK", "INSUFFICIENT_DATA"]
    reason: str = ""
    timestamp: str

    def __post_init__(self) -> None:
        """Refuse a timestamp that is none."""
        _time(self.timestamp)


class _Contributor(_Part, frozen=True, kw_only=True):
    attributes: Mapping[str, str] = {}


class _Configuration(_Part, frozen=True, kw_only=True):
    metrics: tuple[Mapping[str, Any], ...] = ()


class _Detail(_Part, frozen=True, kw_only=True):
    alarm_name: AlarmName = field(name="alarmName")
    contributor: _Contributor | None = field(default=None, name="alarmContributor")
    state: _State
    configuration: _Configuration = _Configuration()
    mute: Mapping[str, Any] | None = field(default=None, name="muteDetail")


class AlarmEvent(_Part, frozen=True, kw_only=True):
    """An alarm's state change, of a fleet alarm's contributor or of an ordinary alarm."""

    detail_type: Literal["CloudWatch Alarm Contributor State Change", "CloudWatch Alarm State Change"] = (
        field(name="detail-type")
    )
    source: Literal["aws.cloudwatch"]
    account: Account
    region: Region
    time: str | None = None
    detail: _Detail

    def __post_init__(self) -> None:
        """Refuse a time that is none."""
        if self.time is not None:
            _time(self.time)

    def gateways(self) -> Iterator[str]:
        """Every gateway the event names, whichever metric holds it."""
        if self.detail.contributor:
            yield self.detail.contributor.attributes.get(_GATEWAY_DIMENSION, "")
        for metric in self.detail.configuration.metrics:
            yield from _dimensions(metric)


def _dimensions(metric: Mapping[str, Any]) -> Iterator[str]:
    inner = metric.get("metricStat")
    inner = inner.get("metric") if isinstance(inner, Mapping) else None
    dimensions = inner.get("dimensions") if isinstance(inner, Mapping) else None
    gateway = dimensions.get(_GATEWAY_DIMENSION) if isinstance(dimensions, Mapping) else None
    if isinstance(gateway, str):
        yield gateway


def transition(event: object) -> Transition:
    """The transition that an event tells of; its gateway is empty when no metric names one.

    Raises:
        EventRejected: It is no alarm event.

    """
    try:
        alarm = read(AlarmEvent, event)
    except ReadingError as problem:
        raise EventRejected(f"not an alarm's state change: {problem}"[:_CAUSE_LIMIT]) from None
    if alarm.detail_type == CONTRIBUTOR and alarm.detail.contributor is None:
        raise EventRejected("not an alarm's state change: detail.alarmContributor: Field required")
    if alarm.detail.alarm_name == MANUAL:
        raise EventRejected(f"an alarm must not be called {MANUAL}: that is what people start by hand")
    gateway = next((name for name in alarm.gateways() if re.fullmatch(GATEWAY_ID, name)), "")
    return Transition(
        gateway=GatewayRef(alarm.account, alarm.region, gateway),
        alarm=alarm.detail.alarm_name,
        state=alarm.detail.state.value,
        at=_time(alarm.detail.state.timestamp),
        reason=alarm.detail.state.reason,
        muted=alarm.detail.mute is not None,
        told_at=None if alarm.time is None else _time(alarm.time),
    )


class _Asked(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ours alone, so nothing may be in it that is not understood."""

    account: Account
    region: Region
    gateway: Annotated[str, Meta(pattern=rf"^{GATEWAY_ID.pattern}\Z")]
    by: Annotated[Text, Meta(min_length=1, max_length=2048)]
    duration: Annotated[int, Meta(gt=0, le=366 * 24 * 3600)] | None = None
    over_quota: Annotated[Text, Meta(min_length=1, max_length=500)] | None = None


def asking(gateway: GatewayRef, asked: ByHand) -> dict[str, object]:
    """The input of an execution that somebody starts by hand.

    No event from a bus looks like it, for the fields of an event's envelope are fixed.
    """
    return {
        MANUAL: {
            "account": gateway.account,
            "region": gateway.region,
            "gateway": gateway.gateway,
            "by": asked.by,
            "duration": int(asked.duration.total_seconds()) if asked.duration else None,
            "over_quota": asked.over_quota,
        }
    }


def onset(event: Mapping[str, object], started: datetime) -> Transition:
    """What an execution was started with: an alarm's event, or what somebody asked for.

    Args:
        event: The execution's input.
        started: When it was started; what is asked by hand begins then, whatever the clock of whoever asked.

    Raises:
        EventRejected: It is neither.

    """
    if MANUAL not in event:
        return transition(event)
    try:
        asked = read(_Asked, event[MANUAL])
    except ReadingError as problem:
        raise EventRejected(f"not what natrec record asks: {problem}"[:_CAUSE_LIMIT]) from None
    return Transition(
        gateway=GatewayRef(asked.account, asked.region, asked.gateway),
        alarm=MANUAL,
        state="ALARM",
        at=started,
        reason=f"started by {asked.by}",
        told_at=started,
        by_hand=ByHand(
            asked.by,
            timedelta(seconds=asked.duration) if asked.duration else None,
            asked.over_quota,
        ),
    )
