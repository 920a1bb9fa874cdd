"""Whether an onset is recorded: one pure decision from what is known now."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from hub.domain.alarms import Transition, tier_of
from hub.domain.quotas import CounterKey, Limit, first_exhausted, limits, refusal
from hub.domain.refusals import Refusal
from hub.domain.terms import Terms


@dataclass(frozen=True)
class GatewayItem:
    """What the table knows of a gateway.

    Attributes:
        recording: Id of the recording that holds its lease, if one does. An expired lease is held until
            somebody has closed its recording, for its flow logs may still be on.
        execution: The execution that holds it.
        expires_at: When that lease ends.
        cooling_until: Until when no new recording opens.
        in_alarm: Names of the alarms that are in ALARM for it.
        task_token: Where the waiting execution is woken, once it waits.
        transitions: Time of the last known transition of each alarm.
        declined: When the policy last refused an onset of an alarm for good.
        recorded_until: When its last recording ended: the onsets before that have had theirs.
        rests_until: Until when the sweep offers nothing, because a recording has just failed.
        watched_until: Until when the sweep visits it; also later while anything is open. None: not at all.
        stopping: Id of the recording that somebody has stopped, until it is closed.

    """

    recording: str | None = None
    execution: str | None = None
    expires_at: datetime | None = None
    cooling_until: datetime | None = None
    in_alarm: frozenset[str] = frozenset()
    task_token: str | None = field(default=None, repr=False)
    transitions: Mapping[str, datetime] = field(default_factory=dict)
    declined: Mapping[str, datetime] = field(default_factory=dict)
    recorded_until: datetime | None = None
    rests_until: datetime | None = None
    watched_until: datetime | None = None
    stopping: str | None = None


def newest(onset: Transition, item: GatewayItem) -> Transition:
    """The onset with the time of the newest one known, while its alarm is still in ALARM.

    A duplicate of an older onset must not turn the alarm's clock back: a recovery between the two would
    count as news.
    """
    known = item.transitions.get(onset.alarm)
    if known is None or known <= onset.at or onset.alarm not in item.in_alarm:
        return onset
    return replace(onset, at=known)


def refuse_by_rule(onset: Transition, terms: Terms, namespace: str) -> Refusal | None:
    """Whether the policy itself refuses this onset."""
    if terms.opted_out:
        return Refusal("opted_out", f"its owner opted the gateway out: tag {namespace}:record=never on it")
    if not terms.enabled:
        return Refusal("disabled", f"recording is switched off for this gateway{terms.where('enabled')}")
    tier = tier_of(onset.alarm, namespace)
    if tier is not None and tier != terms.tier:
        own = f"{terms.tier}{terms.where('tier')}"
        return Refusal("other_tier", f"the gateway is in tier {own}; the alarm {onset.alarm} is of {tier}")
    return None


def refuse_by_state(
    onset: Transition, item: GatewayItem, now: datetime, *, cooldown_set: str = ""
) -> Refusal | None:
    """Whether the gateway's own state refuses it: recovered already, being recorded, or cooling down.

    Args:
        onset: What arrived.
        item: What the table knows of the gateway.
        now: The time.
        cooldown_set: Where its cooldown was set, for the sentence.

    """
    known = item.transitions.get(onset.alarm)
    if known is not None and known > onset.at and onset.alarm not in item.in_alarm:
        return Refusal("recovered", f"the alarm {onset.alarm} has recovered since, at {known:%H:%M:%S} UTC")
    if item.recording is not None:
        return Refusal(
            "already_recording", f"recording {item.recording} is open on this gateway", item.expires_at
        )
    if item.cooling_until is not None and now < item.cooling_until and not onset.is_over_quota:
        text = f"the gateway cools down until {item.cooling_until:%Y-%m-%d %H:%M:%S} UTC{cooldown_set}"
        return Refusal("cooling_down", text, item.cooling_until)
    return None


def refuse_early(
    onset: Transition, terms: Terms, item: GatewayItem, usage: Mapping[CounterKey, int], now: datetime
) -> Refusal | None:
    """The cheap refusal: what one read shows before the gateway's own tags are known.

    So a storm of refused alarms neither visits the accounts nor contends on a counter. What tags may
    change, the gateway's own rules and quota, is not judged here.
    """
    if onset.is_stale(now):
        text = f"the event is older than a day (onset {onset.at:%Y-%m-%d %H:%M} UTC); while the alarm lasts, "
        return Refusal("recovered", text + "the sweep offers it again")
    if onset.muted:
        return Refusal("muted", f"a mute rule of CloudWatch covers the alarm {onset.alarm}")
    by_state = refuse_by_state(onset, item, now, cooldown_set=terms.where("cooldown"))
    if by_state:
        return by_state
    shared = tuple(limit for limit in limits(onset.gateway, terms, now) if limit.shared)
    exhausted = first_exhausted(shared, usage)
    return refusal(exhausted) if exhausted else None


def refuse_by_usage(wanted: tuple[Limit, ...], usage: Mapping[CounterKey, int]) -> Refusal | None:
    """Whether any limit is visibly exhausted, now that the gateway's terms are known."""
    exhausted = first_exhausted(wanted, usage)
    return refusal(exhausted) if exhausted else None
