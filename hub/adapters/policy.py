"""The compiled policy as rules, kept for a minute: a change is live soon, and most reads cost nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from hub.adapters import items
from hub.domain.errors import RecordingFault
from hub.domain.gateways import GatewayRef
from hub.domain.refusals import Refusal
from hub.domain.terms import Allowance, Terms
from hub.ports import Rules
from orgconfig.policy import Policy
from orgconfig.resolution import resolve

FRESH = timedelta(minutes=1)


@dataclass(frozen=True)
class CompiledRules:
    """The organization's policy."""

    policy: Policy

    def refusal(self, gateway: GatewayRef) -> Refusal | None:
        """Why this place is no target at all."""
        targets = self.policy.targets
        if gateway.region not in targets.regions:
            return Refusal("not_a_member", f"region {gateway.region} is not among targets.regions")
        if gateway.account in targets.exclude_accounts:
            return Refusal("not_a_member", f"account {gateway.account} is in targets.exclude_accounts")
        return None

    def terms(self, gateway: GatewayRef, tags: Mapping[str, str]) -> Terms:  # noqa: ARG002 - the port's shape
        """The terms under which this gateway is recorded."""
        rule = resolve(self.policy)
        tier, account, organization = (
            self.policy.tiers[rule.tier],
            self.policy.quotas.account,
            self.policy.quotas.organization,
        )
        return Terms(
            enabled=rule.enabled,
            tier=rule.tier,
            threshold=tier.threshold,
            period=timedelta(seconds=tier.period),
            max_duration=None if isinstance(rule.max_duration, str) else timedelta(seconds=rule.max_duration),
            hard_limit=timedelta(seconds=rule.hard_limit),
            cooldown=timedelta(seconds=rule.cooldown),
            delivery_wait=timedelta(seconds=rule.delivery_wait),
            gateway=Allowance(day=rule.max_per.day, month=rule.max_per.month),
            account=Allowance(day=account.max_per.day, month=account.max_per.month, active=account.active),
            organization=Allowance(
                day=organization.max_per.day,
                month=organization.max_per.month,
                active=organization.active,
                delivered_day=organization.delivered.day,
                delivered_month=organization.delivered.month,
            ),
        )


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

        Raises:
            RecordingFault: There is no policy, and never was a good one.

        """
        try:
            self._rules = CompiledRules(Policy.model_validate_json(items.plain(item or {})["document"]))
        except (KeyError, ValidationError) as problem:
            if self._rules is None:
                raise RecordingFault("the hub's table holds no valid policy; run `natrec apply`") from problem
        self._read_at = now
        return self._rules
