"""The compiled policy: what the hub needs of the config at run time, as one JSON document.

Durations are whole seconds, sizes whole bytes, 0 is unlimited, `until_recovery` stays a word. The
version is a hash of the content, so an unchanged config is an unchanged policy. The document holds
names of secrets, never a secret.
"""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from orgconfig.compiling import compile_policy
from orgconfig.names import Names

__all__ = ["Policy", "RecordingPolicy", "compile_policy"]


class _Part(BaseModel):
    """Written by natrec itself: unknown fields, of a newer natrec, are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Hub(_Part):
    """Where natrec decides."""

    account: str
    region: str


class Archive(_Part):
    """Where records are kept."""

    account: str
    bucket: str


class TierPolicy(_Part):
    """A tier: `threshold` bytes in each `period` of seconds, `to_alarm` times `out_of`."""

    threshold: int
    period: int
    to_alarm: int
    out_of: int


class Limits(_Part):
    """Recordings opened in a calendar period, UTC."""

    day: int
    month: int


class RecordingPolicy(_Part):
    """How one gateway is recorded."""

    enabled: bool
    tier: str
    max_duration: int | Literal["until_recovery"]
    hard_limit: int
    cooldown: int
    delivery_wait: int
    max_per: Limits

    @property
    def longest(self) -> int:
        """Seconds after which a recording ends without recovery; always a number."""
        if isinstance(self.max_duration, str):
            return self.hard_limit
        return min(self.max_duration, self.hard_limit)


class AccountQuota(_Part):
    """Limits on each account."""

    active: int
    max_per: Limits


class OrganizationQuota(_Part):
    """Limits on the organization; `delivered` is in bytes."""

    active: int
    max_per: Limits
    delivered: Limits


class Quotas(_Part):
    """How much recording there may be."""

    account: AccountQuota
    organization: OrganizationQuota


class Match(_Part):
    """Which gateways are meant; exactly one field is there."""

    ou: str | None = None
    account: str | None = None
    tag: Mapping[str, str] | None = None
    gateway: str | None = None


class OverridePolicy(_Part):
    """Fields of `RecordingPolicy` that differ where `match` matches."""

    match: Match
    change: Mapping[str, Any]


class TagsPolicy(_Part):
    """What owners of gateways may say by tags."""

    allow_opt_out: bool
    allow_tier: bool


class MuteWindow(_Part):
    """When alarms start no recording: `cron` (UTC) with `duration` in seconds, or ISO 8601 times."""

    match: Match | None = None
    cron: str | None = None
    duration: int | None = None
    begins: str | None = None
    until: str | None = None
    reason: str


class RoutePolicy(_Part):
    """Whom else to tell about some gateways."""

    match: Match
    email: tuple[str, ...] = ()
    slack_secret: str | None = None


class NotifyPolicy(_Part):
    """Who is told; secrets by name."""

    email: tuple[str, ...] = ()
    slack_secret: str | None = None
    routes: tuple[RoutePolicy, ...] = ()


class TargetsPolicy(_Part):
    """Which accounts and regions are covered."""

    ous: tuple[str, ...]
    exclude_accounts: tuple[str, ...]
    regions: tuple[str, ...]
    include_management_account: bool


class Policy(_Part):
    """What the hub knows of the config."""

    format: int
    version: str
    namespace: str
    role_path: str
    organization: str
    management_account: str
    hub: Hub
    archive: Archive
    tiers: Mapping[str, TierPolicy]
    recording: RecordingPolicy
    quotas: Quotas
    overrides: tuple[OverridePolicy, ...]
    tags: TagsPolicy
    mute: tuple[MuteWindow, ...]
    notify: NotifyPolicy
    targets: TargetsPolicy

    @property
    def names(self) -> Names:
        """Every name of this installation."""
        return Names(self.namespace, self.role_path)
