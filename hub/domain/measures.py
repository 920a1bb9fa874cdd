"""What the hub counts: a closed set of metrics, and which of them each event of a recording's life gives.

CloudWatch charges for every combination of a metric's name and its dimensions' values, so there are few of
both; account, region and gateway are properties of the line in the log, which Logs Insights reads.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from hub.domain.quotas import Scope
from hub.domain.recordings import RECORDING_PREFIX, Recording
from hub.domain.refusals import REASONS
from hub.domain.refused import RefusedOnset

if TYPE_CHECKING:
    from hub.domain.deliveries import Delivery

Unit = Literal["Count", "Seconds", "Bytes", "Percent", "None"]
Lasting = Literal["always", "recording", "refusal"]
SHARED: tuple[Scope, ...] = ("account", "organization")


@dataclass(frozen=True)
class Metric:
    """One metric of the hub.

    Attributes:
        name: As in CloudWatch.
        unit: CloudWatch's name of it.
        dimension: The only dimension it has, if any.
        values: What the dimension may be.
        when: Whether it is sent all the time, when something is recorded, or only for a refusal: CloudWatch
            charges for the hours in which it is.

    """

    name: str
    unit: Unit
    dimension: str | None = None
    values: tuple[str, ...] = ()
    when: Lasting = "recording"

    @property
    def series(self) -> int:
        """For how many metrics CloudWatch charges, at most."""
        return max(1, len(self.values))


OPENED = Metric("recordings_opened", "Count")
CLOSED = Metric("recordings_closed", "Count")
FAILED = Metric("recordings_failed", "Count")
REFUSED = Metric("onsets_refused", "Count", "reason", REASONS, "refusal")
ONSET_TO_FLOW_LOG = Metric("onset_to_flow_log", "Seconds")
RECOVERY_TO_CLOSE = Metric("recovery_to_close", "Seconds")
DELIVERED = Metric("delivered", "Bytes")
COST = Metric("recording_cost_usd", "None")
NOTICES = Metric("notices_delivered", "Count")
NOTICES_FAILED = Metric("notices_failed", "Count")
QUOTA = Metric("quota_used", "Percent", "scope", SHARED)
OPEN = Metric("recordings_open", "Count", when="always")
OVERDUE = Metric("recordings_overdue", "Count", when="always")
FINDINGS = Metric("sweep_findings", "Count", when="always")
PROBLEMS = Metric("sweep_problems", "Count", when="always")
UNREACHABLE = Metric("targets_unreachable", "Count", when="always")
METRICS = (
    OPENED,
    CLOSED,
    FAILED,
    REFUSED,
    ONSET_TO_FLOW_LOG,
    RECOVERY_TO_CLOSE,
    DELIVERED,
    COST,
    NOTICES,
    NOTICES_FAILED,
    QUOTA,
    OPEN,
    OVERDUE,
    FINDINGS,
    PROBLEMS,
    UNREACHABLE,
)


@dataclass(frozen=True)
class Measured:
    """What one line of metrics says.

    Attributes:
        values: By metric; all of them have the same dimension, or none.
        value: The dimension's value, where they have one.
        properties: What else the line says, for Logs Insights.

    """

    values: Mapping[Metric, float]
    value: str | None = None
    properties: Mapping[str, object] = field(default_factory=dict)


def of_opening(outcome: Recording | RefusedOnset) -> Measured:
    """An onset was answered; of a recording, its flow logs are on."""
    if isinstance(outcome, RefusedOnset):
        place = outcome.onset.gateway
        where = {"account": place.account, "region": place.region, "gateway": place.gateway}
        return Measured({REFUSED: 1}, outcome.refusal.reason, where)
    values: dict[Metric, float] = {OPENED: 1}
    if outcome.seconds_to_flow_log is not None:
        values[ONSET_TO_FLOW_LOG] = outcome.seconds_to_flow_log
    return Measured(values, properties=_of(outcome))


def of_close(recording: Recording) -> Measured:
    """A recording has ended; only of one that recovered is it known how long that took."""
    values: dict[Metric, float] = {CLOSED if recording.state == "closed" else FAILED: 1}
    if recording.recovered_at and recording.closed_at and recording.recovered_at < recording.closed_at:
        values[RECOVERY_TO_CLOSE] = (recording.closed_at - recording.recovered_at).total_seconds()
    return Measured(values, properties=_of(recording))


def of_report(recording: Recording) -> Measured:
    """Its records have been read for the last time."""
    usd = recording.summary.recording_usd if recording.summary else 0.0
    return Measured({DELIVERED: recording.delivered_bytes or 0, COST: usd}, properties=_of(recording))


def of_attempt(delivery: "Delivery", how: str) -> tuple[Measured, ...]:
    """One attempt to deliver a notice; one that was delivered before counts for nothing.

    Args:
        delivery: What was to be delivered.
        how: `delivered` or `repeated`; anything else is an attempt that failed.

    """
    if how == "repeated":
        return ()
    place = delivery.place
    known = {"account": place.account, "region": place.region, "gateway": place.gateway}
    told = {"kind": delivery.kind, "about": delivery.about, "destination": str(delivery.destination)}
    if delivery.about.startswith(RECORDING_PREFIX):
        told["recording_id"] = delivery.about
    properties = {**told, **{name: value for name, value in known.items() if value}}
    return (Measured({NOTICES if how == "delivered" else NOTICES_FAILED: 1}, properties=properties),)


def of_sweep(kind: str, counts: Mapping[str, int], findings: Iterable[str]) -> Measured:
    """A sweep is over.

    Args:
        kind: Quick or full.
        counts: Everything that it counted.
        findings: Which of these are findings.

    """
    values = {
        FINDINGS: sum(counts[each] for each in findings),
        PROBLEMS: counts["problems"],
        UNREACHABLE: counts["unreachable"],
    }
    return Measured(values, properties={"kind": kind, **counts})


def of_stock(open_now: int, overdue: int, used: Mapping[Scope, float]) -> tuple[Measured, ...]:
    """What is open at a sweep's beginning, and how much of the quotas is used.

    Args:
        open_now: Recordings with a lease.
        overdue: Those of them whose lease has expired.
        used: Per cent of the fullest quota, by whose it is; of those that are not unlimited.

    """
    quotas = (Measured({QUOTA: per_cent}, scope) for scope, per_cent in used.items())
    return (Measured({OPEN: open_now, OVERDUE: overdue}), *quotas)


def _of(recording: Recording) -> dict[str, object]:
    place = recording.gateway
    return {
        "account": place.account,
        "region": place.region,
        "gateway": place.gateway,
        "recording_id": recording.id,
        "tier": recording.tier,
    }
