"""A policy that says the same of every gateway."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from hub.domain.destinations import Destination
from hub.domain.gateways import GatewayRef
from hub.domain.notices import Interest, Place
from hub.domain.organization import Placement
from hub.domain.refusals import Refusal
from hub.domain.targets import Target
from hub.domain.terms import Terms
from tests import factories


@dataclass
class FixedRules:
    """One policy for all; `tagged` holds for gateways that have any `natrec:` tag."""

    everywhere: Terms = field(default_factory=factories.terms)
    tagged: Terms | None = None
    outside: Refusal | None = None
    muted: Refusal | None = None
    known: frozenset[str] | None = None
    covered: tuple[Target, ...] = ()
    owners: tuple[str, ...] = ("owner", "team")
    names: Mapping[str, str] = field(default_factory=dict)
    told: tuple[Destination, ...] = (Destination("mail", "central"), Destination("slack", "natrec/slack"))

    def knows(self, account: str) -> bool:
        return self.known is None or account in self.known

    def targets(self) -> tuple[Target, ...]:
        return self.covered

    def placed(self, account: str, placement: Placement | None) -> "FixedRules":
        stranger = Refusal("not_a_member", f"the organization has no account {account}")
        return replace(self, outside=None if placement else stranger)

    def mute(self, gateway: GatewayRef, tags: Mapping[str, str], now: datetime) -> Refusal | None:  # noqa: ARG002 - the port's shape
        return self.muted

    def refusal(self, gateway: GatewayRef) -> Refusal | None:  # noqa: ARG002 - the port's shape
        return self.outside

    def terms(self, gateway: GatewayRef, tags: Mapping[str, str]) -> Terms:  # noqa: ARG002 - the port's shape
        by_tag = any(name.startswith("natrec:") for name in tags)
        return self.tagged if by_tag and self.tagged else self.everywhere

    def account_name(self, account: str) -> str:
        return self.names.get(account, "")

    def recipients(
        self,
        about: Interest | None,  # noqa: ARG002 - the port's shape
        place: Place,
        tags: Mapping[str, str],  # noqa: ARG002 - the port's shape
    ) -> tuple[Destination, ...]:
        return self.told if place.account else self.told[:1]

    def owner_tags(self) -> tuple[str, ...]:
        return self.owners
