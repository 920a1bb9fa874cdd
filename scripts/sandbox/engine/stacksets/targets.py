"""Which accounts a stack set is aimed at, and who may aim it.

CloudFormation User Guide, "Service-managed StackSets" and "Register a delegated administrator": OUs with
their child OUs, never the management account; the API Reference, DeploymentTargets, has the filters.
"""

from typing import Any

from moto.organizations.models import FakeAccount, OrganizationsBackend, organizations_backends

from scripts.sandbox.engine.cloudformation.faults import refuse

PRINCIPAL = "member.org.stacksets.cloudformation.amazonaws.com"


def organization_of(account: str) -> OrganizationsBackend | None:
    """The organization that an account belongs to, as its management account sees it."""
    management, _ = organizations_backends.master_accounts.get(account, (account, "aws"))
    backend: OrganizationsBackend = organizations_backends[management]["aws"]
    return backend if backend.org else None


def is_delegated(organization: OrganizationsBackend, account: str, principal: str = PRINCIPAL) -> bool:
    """Whether an account is a delegated administrator for a service."""
    return any(admin.account.id == account and principal in admin.services for admin in organization.admins)


def owner_of(caller: str, call_as: str | None) -> str:
    """The management account whose stack sets a caller acts on.

    Raises:
        ValidationError: The caller may not, acts in the wrong role, or trusted access is off.

    """
    organization = organization_of(caller)
    if organization is None:
        raise refuse("Account is not part of an organization")
    if not any(service["ServicePrincipal"] == PRINCIPAL for service in organization.services):
        raise refuse("You must enable organizations access to operate a service managed stack set")
    management = organization.account_id
    if (call_as or "SELF") == "DELEGATED_ADMIN":
        if not is_delegated(organization, caller):
            raise refuse("Account used is not a delegated administrator")
    elif caller != management:
        raise refuse(
            "You must be the management account or delegated admin account of an organization before "
            "operating a SERVICE_MANAGED stack set"
        )
    return management


def unit_of(organization: OrganizationsBackend, account: FakeAccount, units: list[str]) -> str | None:
    """The OU or root of `units` that holds an account, at any depth; the nearest one."""
    parents = {unit.id: unit.parent_id for unit in organization.ou}
    here: str | None = account.parent_id
    while here is not None:
        if here in units:
            return here
        here = parents.get(here)
    return None


def accounts_in(
    organization: OrganizationsBackend, targets: dict[str, Any], *, creating: bool
) -> dict[str, str]:
    """The accounts of `DeploymentTargets`, each with the OU that brings it in.

    Raises:
        ValidationError: The targets are not what a service-managed stack set takes.

    """
    units, listed = list(targets.get("OrganizationalUnitIds") or []), set(targets.get("Accounts") or [])
    how = targets.get("AccountFilterType") or "NONE"
    if not units:
        raise refuse(
            "StackSets with SERVICE_MANAGED permission model can only have OrganizationalUnit as target"
        )
    unknown = sorted(set(units) - {unit.id for unit in organization.ou})
    if unknown:
        raise refuse(f"OrganizationalUnitId {unknown[0]} does not exist")
    if creating and how == "UNION":
        raise refuse("AccountFilterType UNION is not supported for CreateStackInstances")
    if (how == "NONE") == bool(listed):
        raise refuse(f"AccountFilterType {how} does not go with {len(listed)} accounts")
    members = [account for account in organization.accounts if account.id != organization.account_id]
    found = {a.id: unit for a in members if (unit := unit_of(organization, a, units)) is not None}
    if how == "INTERSECTION":
        return {account: unit for account, unit in found.items() if account in listed}
    if how == "DIFFERENCE":
        return {account: unit for account, unit in found.items() if account not in listed}
    if how == "UNION":
        return {**{a.id: a.parent_id for a in members if a.id in listed}, **found}
    return found


def is_suspended(organization: OrganizationsBackend, account: str) -> bool:
    """Whether an account is closed."""
    return any(a.id == account and a.status != "ACTIVE" for a in organization.accounts)
