"""A recording: one span from onset to end on one gateway."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from hub.domain.alarms import Transition
from hub.domain.by_hand import ByHand
from hub.domain.gateways import Availability, Gateway, GatewayRef
from hub.domain.spikes import Spike
from hub.domain.spikes import as_document as spike_document
from hub.domain.suspects import Suspicion
from hub.domain.suspects import as_document as suspects_document
from hub.domain.terms import Terms
from hub.domain.wording import iso, length

State = Literal["open", "closed", "failed", "refused"]
Ending = Literal["recovered", "stopped", "time_limit", "gateway_gone", "no_target", "failed", "lost"]

# What ends a recording whose place is left, as whoever asks for its close names it.
NO_TARGET = "NoTarget"

# How every id of a recording begins.
RECORDING_PREFIX = "rec-"

# The failsafe and the sweep must not race a close that is merely slow.
GRACE = timedelta(minutes=10)


@dataclass(frozen=True)
class Summary:
    """What the report says, for whoever has no time to open it; texts for people.

    Attributes:
        headline: Who did it, in one sentence.
        talkers: The largest of the main direction, one line each.
        cost: What the traffic and the recording cost.
        advice: What would have avoided most of it, if anything.
        gaps: What makes the report incomplete.
        suspicion: Whether the suspects named at the start were right, if any were.
        bytes: What was recorded, both directions.
        nat_usd: NAT processing of that, in US dollars.
        recording_usd: What recording it cost, in US dollars.

    """

    headline: str
    talkers: tuple[str, ...] = ()
    cost: str = ""
    advice: str | None = None
    gaps: tuple[str, ...] = ()
    suspicion: str | None = None
    bytes: int = 0
    nat_usd: float = 0.0
    recording_usd: float = 0.0


@dataclass(frozen=True)
class Recording:
    """What is known of one recording.

    Attributes:
        id: `rec-<UTC start>-<hash of the execution>`: the same for every retry of one execution.
        execution: ARN of the Step Functions execution that holds the lease.
        gateway: Where.
        gateway_name: The gateway's Name tag.
        tier: The tier in force.
        alarms: Every alarm that started or joined it.
        state: `open`, `closed` (flow logs were there and are gone), `failed` (nothing was recorded).
        reason: Why it ended or failed, in words.
        onset_at: When the first alarm changed to ALARM.
        opened_at: When it was admitted.
        flow_logs_at: When its flow logs were on; None before, and of what was recorded before this was kept.
        deadline: When it ends without a recovery.
        delivery_wait: How long the report waits for late records.
        cooldown: How long after its close no new one opens.
        closed_at: When its flow logs were gone.
        recovered_at: When the last of its alarms recovered, if it did.
        flow_logs: Their ids.
        not_recorded: Resources AWS refused, with its reason for each.
        delivered_bytes: Size of its objects in the archive; None until measured.
        delivered_objects: How many objects; None until measured.
        delivery_error: What AWS said if delivery failed.
        report: URL (`s3://...`) of the report.
        summary: What it says; None until it is written.
        availability: The gateway's; None when it was never seen.
        addresses: The gateway's own: private ones, or a regional gateway's public ones.
        threshold: The tier's, in bytes per minute; None when it was never known.
        notes: What the policy says of the gateway that somebody should mend.
        suspicion: Who was suspected when it began; None when nobody looked.
        account_name: Its account's name; empty when it was not known.
        routed_tags: Those of the gateway's tags by which its owners are told.
        spike: What the gateway's metrics said when it closed; None when nobody looked.
        opened_by: ARN of whoever started it by hand; None when an alarm did.
        over_quota: Why neither quota nor cooldown counted, when they did not.
        stopped_by: ARN of whoever wanted it to end.
        ending: What ended it; None while it is open, and of what ended before this was kept.

    """

    id: str
    execution: str
    gateway: GatewayRef
    tier: str
    alarms: tuple[str, ...]
    state: State
    onset_at: datetime
    opened_at: datetime
    deadline: datetime
    delivery_wait: timedelta
    cooldown: timedelta
    gateway_name: str | None = None
    reason: str | None = None
    closed_at: datetime | None = None
    recovered_at: datetime | None = None
    flow_logs: tuple[str, ...] = ()
    flow_logs_at: datetime | None = None
    not_recorded: tuple[str, ...] = ()
    delivered_bytes: int | None = None
    delivered_objects: int | None = None
    delivery_error: str | None = None
    report: str | None = None
    summary: Summary | None = None
    availability: Availability | None = None
    addresses: tuple[str, ...] = ()
    threshold: int | None = None
    notes: tuple[str, ...] = ()
    suspicion: Suspicion | None = None
    account_name: str = ""
    routed_tags: Mapping[str, str] = field(default_factory=dict, hash=False)
    spike: Spike | None = None
    opened_by: str | None = None
    over_quota: str | None = None
    stopped_by: str | None = None
    ending: Ending | None = None

    @property
    def expires_at(self) -> datetime:
        """When its lease ends and the failsafe fires."""
        return self.deadline + GRACE

    @property
    def has_recorded(self) -> bool:
        """Whether any flow log was ever on."""
        return bool(self.flow_logs)

    @property
    def seconds_to_flow_log(self) -> float | None:
        """From the onset until its flow logs were on; None where that is not known."""
        if self.flow_logs_at is None:
            return None
        return max(0.0, (self.flow_logs_at - self.onset_at).total_seconds())

    @property
    def captured_nothing(self) -> bool:
        """Whether its delivery failed and not one object arrived; quiet traffic is no failure."""
        return self.delivery_error is not None and not self.delivered_objects

    def wait_seconds(self, now: datetime) -> int:
        """How long its execution still waits for recovery; at least one second, as ASL requires."""
        return max(1, round((self.deadline - now).total_seconds()))


def recording_id(execution: str, started: datetime) -> str:
    """The id of the recording that an execution opens.

    Derived and not drawn, so that a repeated or resumed step of the execution finds its own recording.

    Args:
        execution: ARN of the execution.
        started: When the execution started.

    """
    digest = hashlib.sha256(execution.encode()).hexdigest()[:8]
    return f"{RECORDING_PREFIX}{started.astimezone(UTC):%Y%m%dT%H%M%S}-{digest}"


def opened(
    *,
    recording: str,
    execution: str,
    gateway: Gateway,
    onset: Transition,
    terms: Terms,
    now: datetime,
) -> Recording:
    """The recording as it is admitted, before any flow log is on."""
    asked = onset.by_hand
    return Recording(
        id=recording,
        execution=execution,
        gateway=gateway.ref,
        gateway_name=gateway.name,
        tier=terms.tier,
        alarms=(onset.alarm,),
        state="open",
        onset_at=onset.at,
        opened_at=now,
        deadline=now + _span(asked, terms),
        delivery_wait=terms.delivery_wait,
        cooldown=terms.cooldown,
        availability=gateway.availability,
        addresses=gateway.addresses,
        threshold=round(terms.threshold * 60 / terms.period.total_seconds()),
        notes=(*terms.notes, *_shortened(asked, terms)),
        account_name=terms.account_name,
        routed_tags=terms.routed_tags,
        opened_by=asked.by if asked else None,
        over_quota=asked.over_quota if asked else None,
    )


def _span(asked: ByHand | None, terms: Terms) -> timedelta:
    if asked is None or asked.duration is None:
        return terms.longest
    return min(asked.duration, terms.hard_limit)


def _shortened(asked: ByHand | None, terms: Terms) -> tuple[str, ...]:
    if asked is None or asked.duration is None or asked.duration <= terms.hard_limit:
        return ()
    limit = f"{length(terms.hard_limit)}{terms.where('hard_limit')}"
    return (f"{length(asked.duration)} were asked for, and the hard limit is {limit}",)


_ENDINGS: dict[Ending, str] = {
    "recovered": "traffic calmed: every alarm recovered",
    "stopped": "somebody stopped it by hand",
    "time_limit": "the time limit was reached",
    "gateway_gone": "the gateway is gone",
    "no_target": "its place left the targets, or its spoke was made again, while it was recording",
    "failed": "the recording failed",
    "lost": "its execution ended without closing it",
}


def ended(
    recording: Recording,
    ending: Ending,
    detail: str | None,
    now: datetime,
    recovered_at: datetime | None = None,
) -> Recording:
    """The recording as it is closed: `closed` when anything was recorded, else `failed`.

    Args:
        recording: The recording as it was.
        ending: What ended it.
        detail: More words for people.
        now: The time.
        recovered_at: When its last alarm recovered, where that is known; else it was now.

    """
    if ending == "recovered" and recording.stopped_by:  # both wake its execution, and only this is kept
        ending, detail = "stopped", recording.stopped_by
    words = _ENDINGS[ending] + (f": {detail}" if detail else "")
    state: State = "closed" if recording.has_recorded else "failed"
    return replace(
        recording,
        state=state,
        reason=words,
        ending=ending,
        closed_at=now,
        recovered_at=min(recovered_at or now, now) if ending == "recovered" else recording.recovered_at,
    )


def never_admitted(
    identity: str, execution: str, onset: Transition, detail: str | None, now: datetime
) -> Recording:
    """A recording whose opening failed before it was admitted: kept, so that the failure is not silent."""
    return Recording(
        id=identity,
        execution=execution,
        gateway=onset.gateway,
        tier="",
        alarms=(onset.alarm,),
        state="failed",
        reason=f"{_ENDINGS['failed']} before it was admitted" + (f": {detail}" if detail else ""),
        ending="failed",
        opened_by=onset.by_hand.by if onset.by_hand else None,
        over_quota=onset.by_hand.over_quota if onset.by_hand else None,
        onset_at=onset.at,
        opened_at=now,
        deadline=now,
        delivery_wait=timedelta(),
        cooldown=timedelta(),
        closed_at=now,
    )


def ending_of(error: str | None, cause: str | None, *, was_open: bool) -> tuple[Ending, str | None]:
    """What a wait's outcome means.

    Args:
        error: The state machine's error name, None when the wait was ended by its task token.
        cause: Its cause.
        was_open: Whether OpenRecording had answered; before that, a timeout is a failure.

    """
    if error is None or error == "DynamoDb.ConditionalCheckFailedException":
        return "recovered", None
    if error == "States.Timeout" and was_open:
        return "time_limit", None
    if error == NO_TARGET:
        return "no_target", None
    return "failed", f"{error}: {cause}" if cause else error


def as_document(recording: Recording) -> dict[str, object]:
    """The recording in the shape that commands, reports and answers share; times are UTC ISO 8601."""
    return {
        "id": recording.id,
        "account": recording.gateway.account,
        "account_name": recording.account_name or None,
        "region": recording.gateway.region,
        "gateway": recording.gateway.gateway,
        "gateway_name": recording.gateway_name,
        "tier": recording.tier,
        "alarms": list(recording.alarms),
        "state": recording.state,
        "reason": recording.reason,
        "opened_by": _opener(recording),
        "over_quota": recording.over_quota,
        "ended_by": _ender(recording),
        "onset_at": iso(recording.onset_at),
        "opened_at": iso(recording.opened_at),
        "deadline": iso(recording.deadline),
        "recovered_at": iso(recording.recovered_at),
        "closed_at": iso(recording.closed_at),
        "flow_logs": list(recording.flow_logs),
        "flow_logs_at": iso(recording.flow_logs_at),
        "seconds_to_flow_log": recording.seconds_to_flow_log,
        "not_recorded": list(recording.not_recorded),
        "delivered_bytes": recording.delivered_bytes,
        "delivered_objects": recording.delivered_objects,
        "delivery_error": recording.delivery_error,
        "report": recording.report,
        "headline": recording.summary.headline if recording.summary else None,
        "availability": recording.availability,
        "addresses": list(recording.addresses),
        "threshold": recording.threshold,
        "notes": list(recording.notes),
        "execution": recording.execution,
        **suspects_document(recording.suspicion),
        **spike_document(recording.spike),
    }


def _opener(recording: Recording) -> str:
    """`manual by <ARN>`, or `alarm <name>`: the first of them."""
    if recording.opened_by:
        return f"manual by {recording.opened_by}"
    return f"alarm {recording.alarms[0]}" if recording.alarms else "alarm"


def _ender(recording: Recording) -> str | None:
    """`stopped by <ARN>`, or another ending as it is."""
    if recording.ending == "stopped":
        return f"stopped by {recording.stopped_by}"
    return recording.ending
