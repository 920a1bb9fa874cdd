"""When a recording starts, and how long it runs."""

from pydantic import Field, ValidationInfo, field_validator

from orgconfig.models.base import Model
from orgconfig.models.kinds import (
    Cooldown,
    Count,
    DatapointsToAlarm,
    DeliveryWait,
    HardLimit,
    MaxDuration,
    Period,
    Threshold,
    TierName,
)
from orgconfig.units import HOUR, MINUTE, Datapoints, format_duration

# CloudWatch User Guide, "Metrics Insights quotas": queries look at the last three hours.
LOOK_BACK = 3 * HOUR


class Tier(Model):
    """One set of fleet alarms: every gateway is compared with this threshold."""

    threshold: Threshold = Field(
        description="Bytes through a gateway in one direction and one period above which traffic is abnormal."
    )
    period: Period = Field(default=MINUTE, description="How long one datapoint lasts; whole minutes.")
    datapoints: DatapointsToAlarm = Field(
        default=Datapoints(3, 5),
        validate_default=True,
        description="`3 of 5`: three of the last five datapoints must be over the threshold.",
    )

    @field_validator("datapoints", mode="after")
    @classmethod
    def _fits_the_look_back(cls, points: Datapoints, info: ValidationInfo) -> Datapoints:
        period = info.data.get("period", MINUTE)
        if points.out_of * period > LOOK_BACK:
            span, most = format_duration(points.out_of * period), format_duration(LOOK_BACK)
            raise ValueError(
                f"must span at most {most}, for alarms look no further back; "
                f"{points.out_of} periods of {format_duration(period)} are {span}"
            )
        return points


class MaxPer(Model):
    """How many recordings may be opened in a calendar period, UTC; 0 is unlimited."""

    day: Count = Field(default=0, description="Recordings a day; 0 = unlimited.")
    month: Count = Field(default=0, description="Recordings a month; 0 = unlimited.")


class Recording(Model):
    """How gateways are recorded; overrides may change any field."""

    enabled: bool = Field(default=True, description="Whether recordings are made at all.")
    tier: TierName = Field(default="standard", description="Which tier's alarms start a recording.")
    max_duration: MaxDuration = Field(
        default=15 * MINUTE,
        description="A recording ends after this even without recovery; or until_recovery.",
    )
    hard_limit: HardLimit = Field(
        default=6 * HOUR, description="No recording runs longer than this, until_recovery or not; at most 7d."
    )
    cooldown: Cooldown = Field(
        default=30 * MINUTE, description="No new recording of a gateway for this long after one closed."
    )
    delivery_wait: DeliveryWait = Field(
        default=12 * MINUTE,
        description="How long the report waits for records after the close; they lag about 10 minutes.",
    )
    max_per: MaxPer = Field(
        default=MaxPer(day=3, month=30), description="How many recordings one gateway may have opened."
    )
