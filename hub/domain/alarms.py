"""Transitions of alarms: an onset starts a recording, a recovery may end it."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from hub.domain.by_hand import ByHand
from hub.domain.gateways import GatewayRef

# Clocks of AWS agree within seconds; EventBridge gives up on an event after a day at the latest.
MOST_AHEAD = timedelta(minutes=5)
STALE = timedelta(days=1)

AlarmState = Literal["ALARM", "OK", "INSUFFICIENT_DATA"]


@dataclass(frozen=True)
class Transition:
    """One state change of one alarm, as far as one gateway is concerned.

    Attributes:
        gateway: The gateway; its account and region are the envelope's.
        alarm: The alarm's name.
        state: The state it changed to.
        at: When it changed, by the alarm's own clock; orders transitions that arrive out of order.
        reason: CloudWatch's text.
        muted: A mute rule of CloudWatch was in force.
        told_at: When the event was sent, by its envelope; None when that is not known.
        by_hand: Who asked for it, where no alarm did.

    """

    gateway: GatewayRef
    alarm: str
    state: AlarmState
    at: datetime
    reason: str = ""
    muted: bool = False
    told_at: datetime | None = None
    by_hand: ByHand | None = None

    def lies_ahead(self, now: datetime) -> bool:
        """Whether its time cannot be: taken as it is, it would make all later news look old."""
        return self.at > now + MOST_AHEAD

    def is_stale(self, now: datetime) -> bool:
        """Whether it was told so long ago that it says nothing of the present."""
        return (self.told_at or self.at) < now - STALE

    @property
    def is_over_quota(self) -> bool:
        """Whether somebody had a reason for which quota and cooldown do not count."""
        return self.by_hand is not None and self.by_hand.over_quota is not None

    @property
    def is_onset(self) -> bool:
        """Whether traffic became abnormal."""
        return self.state == "ALARM"

    @property
    def is_recovery(self) -> bool:
        """Whether it no longer is; an alarm without data has nothing left to say."""
        return not self.is_onset


def tier_of(alarm: str, namespace: str) -> str | None:
    """The tier of a fleet alarm, None for a custom one.

    The name is `<namespace>-<tier>-<direction>-<availability>`.
    """
    fleet = re.fullmatch(rf"{re.escape(namespace)}-(.+)-(upload|download)-(zonal|regional)", alarm)
    return fleet.group(1) if fleet and not is_custom(alarm, namespace) else None


def is_custom(alarm: str, namespace: str) -> bool:
    """Whether people made the alarm themselves for natrec to take."""
    return alarm.startswith(f"{namespace}-custom-")
