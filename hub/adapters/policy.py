"""The compiled policy as rules, kept for a minute: a change is live soon, and most reads cost nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from hub.adapters import items
from hub.domain.destinations import Destination
from hub.domain.errors import PolicyBroken
from hub.domain.gateways import GatewayRef
from hub.domain.organization import Placement
from hub.domain.refusals import Refusal
from hub.domain.targets import Target
from hub.domain.terms import Allowance, Terms
from hub.ports import Rules
from orgconfig.members import Members
from orgconfig.membership import not_a_member
from orgconfig.muting import muted
from orgconfig.policy import Policy, RecordingPolicy, policy_of
from orgconfig.reading import ReadingError
from orgconfig.resolution import Resolved, Resolver
from orgconfig.routing import audience, routed_tags
from orgconfig.sources import where
from orgconfig.subjects import Subject

if TYPE_CHECKING:
    from hub.domain.notices import Interest, Place

FRESH = timedelta(minutes=1)
_SHARED_FIELDS = (
    "quotas.account.active",
    "quotas.account.max_per.day",
    "quotas.account.max_per.month",
    "quotas.organization.active",
    "quotas.organization.max_per.day",
    "quotas.organization.max_per.month",
    "quotas.organization.delivered.day",
    "quotas.organization.delivered.month",
)


@dataclass(frozen=True)
class CompiledRules:
    """The organization's policy, and its accounts as they were last seen."""

    policy: Policy
    members: Members
    stranger: str | None = None

    @cached_property
    def _resolver(self) -> Resolver:
        return Resolver(self.policy)

    @cached_property
    def _shared_sources(self) -> Mapping[str, str]:
        return {field: where(self.policy, field) for field in _SHARED_FIELDS}

    def knows(self, account: str) -> bool:
        """Whether the account was there when the organization was last read; before that, all are."""
        return not self.members.accounts or account in self.members.accounts

    def placed(self, account: str, placement: Placement | None) -> "CompiledRules":
        """The same rules with one more account's place."""
        if placement is None:
            return replace(self, stranger=account)
        found = Members.of_path(account, placement.path)
        members = replace(
            self.members,
            ous={**self.members.ous, **found.ous},
            accounts={**self.members.accounts, **found.accounts},
            suspended=self.members.suspended | ({account} if placement.suspended else frozenset()),
        )
        return replace(self, members=members)

    def targets(self) -> Iterator[Target]:
        """Every account and region that the policy covers."""
        policy = self.policy
        for account in self.members.accounts:
            first = Subject(account, policy.targets.regions[0], self.members.path(account), "", {})
            if not not_a_member(policy, self.members, first):
                yield from (Target(account, region) for region in policy.targets.regions)

    def _subject(self, gateway: GatewayRef, tags: Mapping[str, str]) -> Subject:
        path = self.members.path(gateway.account)
        return Subject(gateway.account, gateway.region, path, gateway.gateway, tags)

    def refusal(self, gateway: GatewayRef) -> Refusal | None:
        """Why this place is no target at all."""
        if gateway.account == self.stranger:
            words = f"account {gateway.account} is not in organization {self.policy.organization}"
            return Refusal("not_a_member", words)
        outside = not_a_member(self.policy, self.members, self._subject(gateway, {}))
        return Refusal("not_a_member", outside) if outside else None

    def mute(self, gateway: GatewayRef, tags: Mapping[str, str], now: datetime) -> Refusal | None:
        """The config's window that covers the gateway now."""
        window = muted(self.policy, self._subject(gateway, tags), now)
        return Refusal("muted", window.text, window.until) if window else None

    def terms(self, gateway: GatewayRef, tags: Mapping[str, str]) -> Terms:
        """The terms under which this gateway is recorded."""
        resolved = self._resolver.resolve(self._subject(gateway, tags))
        rule = resolved.recording
        tier = self.policy.tiers[rule.tier]
        return Terms(
            enabled=rule.enabled,
            opted_out=resolved.opted_out,
            tier=rule.tier,
            threshold=tier.threshold,
            period=timedelta(seconds=tier.period),
            max_duration=_span(rule.max_duration),
            hard_limit=timedelta(seconds=rule.hard_limit),
            cooldown=timedelta(seconds=rule.cooldown),
            delivery_wait=timedelta(seconds=rule.delivery_wait),
            gateway=_own(rule),
            account=self._account(),
            organization=self._organization(),
            sources=self._sources(resolved),
            notes=resolved.notes,
            account_name=self.account_name(gateway.account),
            routed_tags=routed_tags(self.policy.notify, tags),
        )

    def owner_tags(self) -> tuple[str, ...]:
        """Keys of tags that say whose something is."""
        return self.policy.tags.owner

    def account_name(self, account: str) -> str:
        """The account's name, as the organization has it."""
        return self.members.names.get(account, "")

    def recipients(
        self, about: "Interest | None", place: "Place", tags: Mapping[str, str]
    ) -> tuple[Destination, ...]:
        """Who is told: the central team, and whoever has a route to the place."""
        path = self.members.path(place.account)
        subject = Subject(place.account, place.region, path, place.gateway, tags) if place.account else None
        notify = self.policy.notify
        told = audience(notify, about, subject)
        return (
            *([Destination("mail", "central")] if told.central else []),
            *([Destination("mail", "routes", told.routes)] if told.routes else []),
            *([Destination("chat", "central")] if told.central and notify.chat else []),
            *(Destination("slack", secret) for secret in told.slack),
        )

    def _account(self) -> Allowance:
        quota = self.policy.quotas.account
        return Allowance(day=quota.max_per.day, month=quota.max_per.month, active=quota.active)

    def _organization(self) -> Allowance:
        quota = self.policy.quotas.organization
        return Allowance(
            day=quota.max_per.day,
            month=quota.max_per.month,
            active=quota.active,
            delivered_day=quota.delivered.day,
            delivered_month=quota.delivered.month,
        )

    def _sources(self, resolved: Resolved) -> Mapping[str, str]:
        own = resolved.sources
        per = {f"max_per.{period}": own["max_per"] for period in ("day", "month")}
        return {**own, **per, **self._shared_sources}


def _own(rule: RecordingPolicy) -> Allowance:
    return Allowance(day=rule.max_per.day, month=rule.max_per.month)


def _span(seconds: int | str) -> timedelta | None:
    return None if isinstance(seconds, str) else timedelta(seconds=seconds)


class PolicyCache:
    """The rules last read, and whether they are still fresh."""

    def __init__(self) -> None:
        self._rules: Rules | None = None
        self._read_at: datetime | None = None

    def fresh(self, now: datetime) -> Rules | None:
        """The rules, or None when they must be read again."""
        return self._rules if self._read_at and now < self._read_at + FRESH else None

    def keep(self, item: Mapping[str, Any] | None, now: datetime) -> Rules:
        """Take what was read; a policy that cannot be understood never replaces a good one.

        Args:
            item: The policy's item: `document`, `good` (the last one that was vouched for) and `members`.
            now: When it was read.

        Raises:
            PolicyBroken: There is no policy, and never was a good one.

        """
        values = items.plain(item or {})
        policy = understood(values.get("document")) or understood(values.get("good"))
        if policy is not None:
            self._rules = CompiledRules(policy, items.members_of(values.get("members")))
        if self._rules is None:
            raise PolicyBroken("the hub's table holds no valid policy; run `natrec apply`")
        self._read_at = now
        return self._rules


def understood(document: str | None) -> Policy | None:
    """The policy of a document, or None when it is none."""
    try:
        return policy_of(document or "")
    except ReadingError:
        return None
