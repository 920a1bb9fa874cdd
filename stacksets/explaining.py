"""Why a gateway is recorded as it is: every value of its policy, and where that is set."""

from datetime import datetime
from typing import Any

import msgspec

from orgconfig.members import Members
from orgconfig.policy import Policy
from orgconfig.policy_parts import Limits, TierPolicy
from orgconfig.refusing import refused
from orgconfig.resolution import resolve
from orgconfig.sources import where
from orgconfig.subjects import Subject
from orgconfig.units import format_duration, format_size

Document = dict[str, Any]
_SECONDS = ("max_duration", "hard_limit", "cooldown", "delivery_wait")


def explain(policy: Policy, members: Members, subject: Subject, now: datetime) -> Document:
    """Everything that `natrec explain` tells, as JSON can hold it.

    Args:
        policy: The policy.
        members: As much as is known of the organization.
        subject: Whose policy.
        now: When alarms would come, with its time zone.

    Returns:
        Values are as the config writes them: `15m`, `until_recovery`, `20 GB`, 0 for unlimited.

    """
    resolved = resolve(policy, subject)
    refusal = refused(policy, members, subject, resolved, now)
    recording = msgspec.to_builtins(resolved.recording)
    for field in _SECONDS:
        recording[field] = _duration(recording[field])
    return {
        "account": subject.account,
        "region": subject.region,
        "path": list(subject.path),
        "gateway": subject.gateway,
        "tags": dict(subject.tags),
        "recording": recording,
        "sources": {field: resolved.sources[field] for field in recording},
        "tier": _tier(policy, resolved.recording.tier),
        "quotas": _quotas(policy),
        "refusal": refusal
        and {
            "reason": refusal.reason,
            "text": refusal.text,
            "until": refusal.until.isoformat() if refusal.until else None,
        },
        "notes": list(resolved.notes),
    }


def _duration(value: int | str) -> str:
    return value if isinstance(value, str) else format_duration(value)


def _tier(policy: Policy, name: str) -> Document:
    tier: TierPolicy = policy.tiers[name]
    fields = {
        "threshold": format_size(tier.threshold),
        "period": format_duration(tier.period),
        "datapoints": f"{tier.to_alarm} of {tier.out_of}",
    }
    sources = {field: where(policy, f"tiers.{name}.{field}") for field in fields}
    return {"name": name, **fields, "sources": sources}


def _quotas(policy: Policy) -> Document:
    quotas: Document = msgspec.to_builtins(policy.quotas)
    quotas["organization"]["delivered"] = _sizes(policy.quotas.organization.delivered)
    sources = {
        scope: {field: where(policy, f"quotas.{scope}.{field}") for field in limits}
        for scope, limits in quotas.items()
    }
    return {**quotas, "sources": sources}


def _sizes(limits: Limits) -> dict[str, str | int]:
    return {
        period: format_size(size) if size else 0 for period, size in msgspec.structs.asdict(limits).items()
    }
