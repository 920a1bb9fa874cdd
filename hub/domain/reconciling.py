"""What the sweep concludes from what it sees: each a pure decision about one lease, alarm or gateway."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from hub.domain.admission import GatewayItem
from hub.domain.alarms import Transition
from hub.domain.by_hand import MANUAL
from hub.domain.gateways import GatewayRef

# News of a transition takes a moment to reach the hub, and CloudWatch a moment to show it everywhere: of what
# is younger than this, nothing is concluded, and a conclusion is dated back by half of it.
SETTLED = timedelta(seconds=30)
_DATED_BACK = SETTLED / 2
# How long the sweep looks after a gateway whose lease has ended: a flow log may be created late.
LINGER = timedelta(hours=1)
# A recording that failed is offered again after this, not at every sweep.
FAILED_PAUSE = timedelta(hours=1)
# CloudWatch shows no more contributors of one alarm than these (User Guide, "Alarms and Metrics Insights").
CONTRIBUTORS_SHOWN = 100


@dataclass(frozen=True)
class Watched:
    """A gateway that the table tells the sweep to visit, with what the table knew of it then."""

    gateway: GatewayRef
    item: GatewayItem


@dataclass(frozen=True)
class Firing:
    """An alarm that is in ALARM.

    Attributes:
        alarm: Its name.
        since: When it went there.
        gateways: Ids of the NAT gateways that its metrics name; none for a fleet alarm.

    """

    alarm: str
    since: datetime
    gateways: tuple[str, ...] = ()


@dataclass(frozen=True)
class InAlarm:
    """Which gateways one alarm lists as in ALARM, and since when.

    Attributes:
        since: By gateway id.
        complete: Whether one that is not listed is certainly not in ALARM.

    """

    since: Mapping[str, datetime] = field(default_factory=dict)
    complete: bool = True


def loss(item: GatewayItem, now: datetime, *, running: bool) -> Literal["lost", "time_limit"] | None:
    """How a lease must be ended by the sweep; None leaves it to its execution.

    Args:
        item: The gateway, leased.
        now: The time.
        running: Whether the lease's execution still runs.

    """
    if not running:
        return "lost"
    expired = item.expires_at is not None and item.expires_at <= now
    return "time_limit" if expired else None


def questioned(item: GatewayItem, now: datetime) -> frozenset[str]:
    """The alarms worth asking about: those that keep a recording open, or an onset waiting.

    CloudWatch knows nothing of what was started by hand.
    """
    alarms = item.in_alarm if item.recording else waiting(item)
    return frozenset(alarm for alarm in alarms - {MANUAL} if _settled(item.transitions.get(alarm), now))


def waiting(item: GatewayItem) -> frozenset[str]:
    """The alarms whose onset was refused and may still be recorded."""
    if item.recording:
        return frozenset()
    return frozenset(
        alarm
        for alarm in item.in_alarm - {MANUAL}
        if (at := item.transitions.get(alarm)) is not None and not _answered(item, alarm, at)
    )


def recovered(gateway: str, listed: InAlarm) -> bool:
    """Whether the alarm that lists these has recovered for a gateway; deleted alarms list none."""
    return listed.complete and gateway not in listed.since


def recovery(watched: Watched, alarm: str, seen: datetime) -> Transition:
    """The lost recovery, dated before whatever CloudWatch did not show yet when it was asked."""
    return Transition(watched.gateway, alarm, "OK", seen - _DATED_BACK, "found by the sweep")


def is_missed(onset: Transition, item: GatewayItem, now: datetime) -> bool:
    """Whether an onset that CloudWatch shows has had no answer yet, as far as the gateway's item tells.

    An onset that was recorded, however briefly, or that the policy refused for good has had its answer.
    """
    if not _settled(onset.at, now) or _answered(item, onset.alarm, onset.at):
        return False
    if item.recording:
        return onset.alarm not in item.in_alarm
    return item.rests_until is None or item.rests_until <= now


def is_over(item: GatewayItem, now: datetime) -> bool:
    """Whether nothing is left to watch at a gateway."""
    lingers = item.watched_until is not None and now < item.watched_until
    return item.recording is None and not lingers and not waiting(item)


def _settled(at: datetime | None, now: datetime) -> bool:
    return at is not None and at <= now - SETTLED


def _answered(item: GatewayItem, alarm: str, at: datetime) -> bool:
    declined = item.declined.get(alarm)
    recorded = item.recorded_until is not None and at <= item.recorded_until
    return recorded or (declined is not None and at <= declined)
