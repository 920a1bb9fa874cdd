"""What the organization must allow: stack sets act in it, and the hub may read it."""

from dataclasses import dataclass
from typing import Any

from orgconfig.models import OrgConfig
from stacksets.administration import PRINCIPAL, Administrator
from stacksets.steps import UNCHANGED, Change, Clients

__all__ = ["PRINCIPAL", "Trust"]


@dataclass(frozen=True)
class Trust:
    """The organization's trust, seen from whom administers the stack set.

    A delegated administrator is one because both are there; then there is nothing to look at.

    Attributes:
        config: The organization's config.
        clients: How AWS is reached.
        administrator: Who administers; the management account where nobody is named.

    """

    config: OrgConfig
    clients: Clients
    administrator: Administrator | None = None

    def access(self) -> Change:
        """Whether stack sets may act in the organization."""
        if (
            self._delegated
            or self._client("cloudformation").describe_organizations_access()["Status"] == "ENABLED"
        ):
            return UNCHANGED
        return Change("create", "stack sets may not act in this organization yet")

    def enable(self) -> None:
        """Let them (CloudFormation User Guide, "Activate trusted access")."""
        self._client("cloudformation").activate_organizations_access()

    def delegation(self) -> Change:
        """Whether the hub may read the organization."""
        hub = self.config.organization.hub.account
        if self._delegated or hub in self._delegates():
            return UNCHANGED
        return Change("create", f"the hub {hub} may not read this organization yet")

    def delegate(self) -> None:
        """Let it, as delegated administrator of stack sets."""
        self._client("organizations").register_delegated_administrator(
            AccountId=self.config.organization.hub.account, ServicePrincipal=PRINCIPAL
        )

    @property
    def _delegated(self) -> bool:
        return self.administrator is not None and not self.administrator.manages

    def _delegates(self) -> set[str]:
        pages = self._client("organizations").get_paginator("list_delegated_administrators")
        return {
            each["Id"]
            for page in pages.paginate(ServicePrincipal=PRINCIPAL)
            for each in page["DelegatedAdministrators"]
        }

    def _client(self, service: str) -> Any:  # noqa: ANN401 - a client
        organization = self.config.organization
        return self.clients(organization.management_account, organization.hub.region, service)
