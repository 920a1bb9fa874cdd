"""The organization as AWS Organizations tells it, asked from the hub as a delegated administrator."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from hub.adapters.declared import calls
from hub.adapters.faults import code_of, told_as
from hub.adapters.sessions import Sessions
from hub.domain.errors import RecordingFault
from hub.domain.organization import Placement, Roster

if TYPE_CHECKING:
    from mypy_boto3_organizations import OrganizationsClient

# Organizations User Guide, "Quotas": OUs nest five deep below the root; one more ends a loop that cannot be.
_DEEPEST = 7
_ACTIVE = "ACTIVE"


@dataclass(frozen=True)
class AwsOrganization:
    """AWS Organizations, read only."""

    sessions: Sessions

    @property
    def _client(self) -> "OrganizationsClient":
        client: OrganizationsClient = self.sessions.hub("organizations")
        return client

    @calls("place of an account", "organizations:DescribeAccount", "organizations:ListParents")
    def place(self, account: str) -> Placement | None:
        """Walk from the account up to the root: one call per level."""
        with told_as(RecordingFault, f"placing account {account} in the organization"):
            try:
                status = self._client.describe_account(AccountId=account)["Account"]["Status"]
            except ClientError as error:
                if code_of(error) != "AccountNotFoundException":
                    raise
                return None
            return Placement(tuple(reversed(list(self._above(account)))), status != _ACTIVE)

    def _above(self, child: str) -> Iterator[str]:
        for _ in range(_DEEPEST):
            parent = self._client.list_parents(ChildId=child)["Parents"][0]
            yield parent["Id"]
            if parent["Type"] == "ROOT":
                return
            child = parent["Id"]

    @calls(
        "organization",
        "organizations:ListAccountsForParent",
        "organizations:ListOrganizationalUnitsForParent",
        "organizations:ListRoots",
    )
    def roster(self) -> Roster:
        """Every OU and account: one listing per OU."""
        parents: dict[str, str | None] = {}
        accounts: dict[str, str] = {}
        names: dict[str, str] = {}
        suspended: set[str] = set()
        with told_as(RecordingFault, "listing the organization"):
            waiting = [str(root["Id"]) for root in self._client.list_roots()["Roots"]]
            parents |= dict.fromkeys(waiting)
            while waiting:
                unit = waiting.pop()
                for below in self._pages("list_organizational_units_for_parent", "OrganizationalUnits", unit):
                    parents[below["Id"]] = unit
                    waiting.append(below["Id"])
                for account in self._pages("list_accounts_for_parent", "Accounts", unit):
                    accounts[account["Id"]] = unit
                    names[account["Id"]] = account.get("Name", "")
                    if account.get("Status") != _ACTIVE:
                        suspended.add(account["Id"])
        return Roster(parents, accounts, frozenset(suspended), names)

    def _pages(self, operation: Any, field: str, parent: str) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - a literal
        for page in self._client.get_paginator(operation).paginate(ParentId=parent):
            yield from page[field]
