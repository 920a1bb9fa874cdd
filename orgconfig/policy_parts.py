"""The parts of the compiled policy, each as the hub reads it: whole seconds, whole bytes, 0 is unlimited."""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, structs

from orgconfig.cron import Cron
from orgconfig.interests import INTERESTS, ROUTED, Interest

Moment = Annotated[datetime, Meta(tz=True)]


class Part(Struct, frozen=True):
    """Written by natrec itself: unknown fields, of a newer natrec, are passed over."""


class Hub(Part, frozen=True):
    """Where natrec decides."""

    account: str
    region: str


class Archive(Part, frozen=True):
    """Where records are kept."""

    account: str
    bucket: str


class TierPolicy(Part, frozen=True):
    """A tier: `threshold` bytes in each `period` of seconds, `to_alarm` times `out_of`."""

    threshold: int
    period: int
    to_alarm: int
    out_of: int


class Limits(Part, frozen=True):
    """Recordings opened in a calendar period, UTC."""

    day: int
    month: int


class RecordingPolicy(Part, frozen=True):
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


class AccountQuota(Part, frozen=True):
    """Limits on each account."""

    active: int
    max_per: Limits


class OrganizationQuota(Part, frozen=True):
    """Limits on the organization; `delivered` is in bytes."""

    active: int
    max_per: Limits
    delivered: Limits


class Quotas(Part, frozen=True):
    """How much recording there may be."""

    account: AccountQuota
    organization: OrganizationQuota


class Match(Part, frozen=True):
    """Which gateways are meant; exactly one field is there."""

    ou: str | None = None
    account: str | None = None
    tag: Mapping[str, str] | None = None
    gateway: str | None = None

    def __post_init__(self) -> None:
        """Refuse what says nothing, or two things."""
        if sum(way is not None for way in (self.ou, self.account, self.tag, self.gateway)) != 1:
            raise ValueError("a match must have exactly one of ou, account, tag, gateway")


class Change(Part, frozen=True):
    """Fields of `RecordingPolicy` that differ; the others are None."""

    enabled: bool | None = None
    tier: str | None = None
    max_duration: int | Literal["until_recovery"] | None = None
    hard_limit: int | None = None
    cooldown: int | None = None
    delivery_wait: int | None = None
    max_per: Limits | None = None

    def given(self) -> dict[str, Any]:
        """What differs, by field."""
        return {field: value for field, value in structs.asdict(self).items() if value is not None}


class OverridePolicy(Part, frozen=True):
    """What differs where `match` matches."""

    match: Match
    change: Change


class TagsPolicy(Part, frozen=True):
    """What owners of gateways may say by tags; `owner` are the keys of tags that say whose a client is."""

    allow_opt_out: bool
    allow_tier: bool
    owner: tuple[str, ...] = ("owner", "team")


class MuteWindow(Part, frozen=True, kw_only=True, dict=True):
    """When alarms start no recording: `cron` (UTC) with `duration` in seconds, or ISO 8601 times."""

    match: Match | None = None
    cron: str | None = None
    duration: int | None = None
    begins: Moment | None = None
    until: Moment | None = None
    reason: str

    def __post_init__(self) -> None:
        """Refuse what is no window."""
        repeated = (self.cron is not None, self.duration is not None)
        once = (self.begins is not None, self.until is not None)
        if {repeated, once} != {(True, True), (False, False)}:
            raise ValueError("a mute window must have either cron and duration, or begins and until")
        if self.cron is not None:
            Cron.parse(self.cron)

    @cached_property
    def times(self) -> Cron | None:
        """When windows begin, if they repeat."""
        return Cron.parse(self.cron) if self.cron else None


class RoutePolicy(Part, frozen=True, kw_only=True):
    """Whom else to tell about some gateways; `id` is what its addresses' subscriptions filter for."""

    id: str = ""
    match: Match
    kinds: tuple[Interest, ...] = ROUTED
    email: tuple[str, ...] = ()
    slack_secret: str | None = None


class NotifyPolicy(Part, frozen=True):
    """Who is told; secrets by name."""

    email: tuple[str, ...] = ()
    slack_secret: str | None = None
    chat: bool = False
    kinds: tuple[Interest, ...] = INTERESTS
    routes: tuple[RoutePolicy, ...] = ()


class TargetsPolicy(Part, frozen=True):
    """Which accounts and regions are covered."""

    ous: tuple[str, ...]
    exclude_accounts: tuple[str, ...]
    regions: tuple[str, ...]
    include_management_account: bool


class Where(Part, frozen=True):
    """Where values are set: the file, and each field written in it with its line; 0 is an unknown line."""

    file: str = ""
    lines: Mapping[str, int] = {}
