"""Transitions of alarms: an onset starts a recording, a recovery may end it."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from hub.domain.gateways import GatewayRef

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

    """

    gateway: GatewayRef
    alarm: str
    state: AlarmState
    at: datetime
    reason: str = ""
    muted: bool = False

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
    return fleet.group(1) if fleet and not alarm.startswith(f"{namespace}-custom-") else None
