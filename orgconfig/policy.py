"""The compiled policy: what the hub needs of the config at run time, as one JSON document.

Durations are whole seconds, sizes whole bytes, 0 is unlimited, `until_recovery` stays a word. The
version is a hash of the content, so an unchanged config is an unchanged policy. The document holds
names of secrets, never a secret. One that contradicts itself is refused here, so that the hub never
takes it in the place of a good one.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError, field_validator, model_validator

from orgconfig.compiling import FORMAT, compile_policy
from orgconfig.cron import Cron
from orgconfig.errors import NatrecError
from orgconfig.names import Names

__all__ = ["Policy", "PolicyError", "RecordingPolicy", "compile_policy", "read_policy"]


class PolicyError(NatrecError):
    """A policy document cannot be used."""


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

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if sum(way is not None for way in (self.ou, self.account, self.tag, self.gateway)) != 1:
            raise ValueError("a match must have exactly one of ou, account, tag, gateway")
        return self


class Change(_Part):
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
        return {field: value for field, value in self if value is not None}


class OverridePolicy(_Part):
    """What differs where `match` matches."""

    match: Match
    change: Change


class TagsPolicy(_Part):
    """What owners of gateways may say by tags."""

    allow_opt_out: bool
    allow_tier: bool


class MuteWindow(_Part):
    """When alarms start no recording: `cron` (UTC) with `duration` in seconds, or ISO 8601 times."""

    match: Match | None = None
    cron: str | None = None
    duration: int | None = None
    begins: AwareDatetime | None = None
    until: AwareDatetime | None = None
    reason: str

    @model_validator(mode="after")
    def _one_kind_of_window(self) -> Self:
        repeated = (self.cron is not None, self.duration is not None)
        once = (self.begins is not None, self.until is not None)
        if {repeated, once} != {(True, True), (False, False)}:
            raise ValueError("a mute window must have either cron and duration, or begins and until")
        if self.cron is not None:
            Cron.parse(self.cron)
        return self

    @cached_property
    def times(self) -> Cron | None:
        """When windows begin, if they repeat."""
        return Cron.parse(self.cron) if self.cron else None


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


class Where(_Part):
    """Where values are set: the file, and each field written in it with its line; 0 is an unknown line."""

    file: str = ""
    lines: Mapping[str, int] = {}


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
    where: Where = Where()

    @field_validator("format", mode="after")
    @classmethod
    def _known(cls, number: int) -> int:
        if number != FORMAT:
            raise ValueError(
                f"this natrec reads format {FORMAT} of the policy, not {number}: deploy both anew"
            )
        return number

    @model_validator(mode="after")
    def _tiers_exist(self) -> Self:
        named = [("recording", self.recording.tier)]
        named += [
            (f"overrides[{at}]", each.change.tier)
            for at, each in enumerate(self.overrides)
            if each.change.tier
        ]
        for where, tier in named:
            if tier not in self.tiers:
                raise ValueError(
                    f"{where} names tier `{tier}`, which does not exist; there are {', '.join(self.tiers)}"
                )
        return self

    @property
    def names(self) -> Names:
        """Every name of this installation."""
        return Names(self.namespace, self.role_path)


def read_policy(document: str | bytes) -> Policy:
    """Read a policy document.

    Raises:
        PolicyError: It is no policy, of another format, or it contradicts itself; every reason is told.

    """
    try:
        return Policy.model_validate_json(document)
    except ValidationError as problem:
        found = [
            f"{'.'.join(map(str, each['loc']))}: {each['msg']}".removeprefix(": ")
            for each in problem.errors(include_url=False, include_input=False)
        ]
        raise PolicyError(
            f"the policy cannot be used: {'; '.join(found)}", next="Run `natrec check`, then `natrec apply`."
        ) from problem
