"""What the organization must allow: stack sets act in it, and the hub may read it."""

from dataclasses import dataclass
from typing import Any

from orgconfig.models import OrgConfig
from stacksets.steps import UNCHANGED, Change, Clients

# A member may administer stack sets, and with that read the whole organization (CloudFormation User Guide,
# "Register a delegated administrator"; Organizations User Guide, "Delegated administrator for AWS services").
PRINCIPAL = "member.org.stacksets.cloudformation.amazonaws.com"


@dataclass(frozen=True)
class Trust:
    """The organization's trust, seen from its management account."""

    config: OrgConfig
    clients: Clients

    def access(self) -> Change:
        """Whether stack sets may act in the organization."""
        if self._client("cloudformation").describe_organizations_access()["Status"] == "ENABLED":
            return UNCHANGED
        return Change("create", "stack sets may not act in this organization yet")

    def enable(self) -> None:
        """Let them (CloudFormation User Guide, "Activate trusted access")."""
        self._client("cloudformation").activate_organizations_access()

    def delegation(self) -> Change:
        """Whether the hub may read the organization."""
        pages = self._client("organizations").get_paginator("list_delegated_administrators")
        found = {
            each["Id"]
            for page in pages.paginate(ServicePrincipal=PRINCIPAL)
            for each in page["DelegatedAdministrators"]
        }
        hub = self.config.organization.hub.account
        return (
            UNCHANGED
            if hub in found
            else Change("create", f"the hub {hub} may not read this organization yet")
        )

    def delegate(self) -> None:
        """Let it, as delegated administrator of stack sets."""
        self._client("organizations").register_delegated_administrator(
            AccountId=self.config.organization.hub.account, ServicePrincipal=PRINCIPAL
        )

    def _client(self, service: str) -> Any:  # noqa: ANN401 - a client
        organization = self.config.organization
        return self.clients(organization.management_account, organization.hub.region, service)
