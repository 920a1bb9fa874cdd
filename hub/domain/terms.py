"""The terms under which one gateway is recorded: the resolved policy, as the hub needs it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta


@dataclass(frozen=True)
class Allowance:
    """What one scope (a gateway, an account, the organization) may use; 0 is unlimited.

    Attributes:
        day: Recordings opened per UTC day.
        month: Recordings opened per UTC month.
        active: Recordings open at once.
        delivered_day: Bytes delivered per UTC day.
        delivered_month: Bytes delivered per UTC month.

    """

    day: int = 0
    month: int = 0
    active: int = 0
    delivered_day: int = 0
    delivered_month: int = 0


@dataclass(frozen=True)
class Terms:
    """The resolved policy of one gateway.

    Attributes:
        enabled: Whether it is recorded at all.
        tier: The tier whose alarms count for it.
        threshold: The tier's threshold in bytes per `period`.
        period: The tier's period.
        max_duration: How long a recording may last; None means until recovery.
        hard_limit: What ends it in any case.
        cooldown: How long after a close no new recording opens.
        delivery_wait: How long the report waits for late records.
        gateway: The gateway's own allowance.
        account: Its account's allowance.
        organization: The organization's allowance.
        opted_out: Whether the gateway's own tag keeps natrec away.
        sources: Where each field was set, as in `natrec.yaml:31 recording.tier`; by its dotted name.
        notes: What the policy says of this gateway that somebody should mend.
        account_name: Its account's name; empty when it is not known.
        routed_tags: Those of the gateway's tags by which its owners want to be told.

    """

    enabled: bool
    tier: str
    threshold: int
    period: timedelta
    max_duration: timedelta | None
    hard_limit: timedelta
    cooldown: timedelta
    delivery_wait: timedelta
    gateway: Allowance = field(default_factory=Allowance)
    account: Allowance = field(default_factory=Allowance)
    organization: Allowance = field(default_factory=Allowance)
    opted_out: bool = False
    sources: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    account_name: str = ""
    routed_tags: Mapping[str, str] = field(default_factory=dict)

    def waived(self) -> "Terms":
        """The same without any quota; what is opened still counts."""
        return replace(self, gateway=Allowance(), account=Allowance(), organization=Allowance())

    def where(self, name: str) -> str:
        """Where a field was set, for a sentence: ` (natrec.yaml:31 recording.tier)`, or nothing."""
        source = self.sources.get(name)
        return f" ({source})" if source else ""

    @property
    def longest(self) -> timedelta:
        """How long a recording may last whatever happens."""
        return self.hard_limit if self.max_duration is None else min(self.max_duration, self.hard_limit)
