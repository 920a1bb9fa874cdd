"""AWS Organizations where moto is wrong about delegated administrators and trusted access."""

from typing import Any

from moto.cloudformation.responses import CloudFormationResponse
from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult, EmptyResult
from moto.organizations.models import (
    FakeDelegatedAdministrator,
    FakeServiceAccess,
    OrganizationsBackend,
    organizations_backends,
)
from moto.organizations.responses import OrganizationsResponse

from scripts.sandbox.engine.cloudformation.faults import refuse
from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.seams import replace
from scripts.sandbox.engine.stacksets.targets import PRINCIPAL, is_delegated, organization_of


class AccessDenied(JsonRESTError):  # noqa: N818 - AWS's name
    """A member that is no delegated administrator asks about the organization."""

    code = 400

    def __init__(self) -> None:
        super().__init__("AccessDeniedException", "You don't have permissions to access this resource.")


def backend_for(account: str, action: str) -> OrganizationsBackend:
    """The organization as an account may see it.

    Organizations User Guide, "Delegated administrator for AWS services": a delegated administrator may call
    the read-only operations, any other member only DescribeOrganization.

    Args:
        account: The calling account.
        action: The operation, such as `ListAccounts`.

    Raises:
        AccessDenied: The account is a member that may not.

    """
    own: OrganizationsBackend = organizations_backends[account]["aws"]
    organization = organization_of(account)
    # moto itself answers these from any member.
    if organization is None or organization is own or action in ("DescribeOrganization", "LeaveOrganization"):
        return own
    reads = action.startswith(("List", "Describe"))
    if not reads or not any(admin.account.id == account for admin in organization.admins):
        raise AccessDenied
    return organization


def _enabled(organization: OrganizationsBackend) -> bool:
    return any(service["ServicePrincipal"] == PRINCIPAL for service in organization.services)


def _activate(self: CloudFormationResponse) -> EmptyResult:
    """CloudFormation's ActivateOrganizationsAccess: trusted access for stack sets.

    CloudFormation User Guide, "Activate trusted access": only an administrator in the management account.
    """
    organization = organization_of(self.current_account)
    if organization is None or organization.account_id != self.current_account:
        raise refuse("Only the management account can activate organizations access")
    organization.enable_aws_service_access(ServicePrincipal=PRINCIPAL)
    return EmptyResult()


def _describe_access(self: CloudFormationResponse) -> ActionResult:
    """CloudFormation's DescribeOrganizationsAccess.

    API reference: callable by the management account, and by a delegated administrator with `CallAs`.
    """
    organization = organization_of(self.current_account)
    if organization and organization.account_id != self.current_account:
        delegated = self._get_param("CallAs") == "DELEGATED_ADMIN"
        if not delegated or not is_delegated(organization, self.current_account):
            raise refuse("Account used is not a delegated administrator")
    return ActionResult({"Status": "ENABLED" if organization and _enabled(organization) else "DISABLED"})


def install(_: Engine) -> None:
    """Know the principal of stack sets, and let delegated administrators read the organization."""
    for listed in (FakeDelegatedAdministrator.SUPPORTED_SERVICES, FakeServiceAccess.TRUSTED_SERVICES):
        if PRINCIPAL not in listed:
            listed.append(PRINCIPAL)

    def seen(_: Any) -> Any:
        return property(lambda self: backend_for(self.current_account, self._get_action()))

    replace(OrganizationsResponse, "organizations_backend", seen)
    CloudFormationResponse.activate_organizations_access = _activate  # type: ignore[attr-defined]
    CloudFormationResponse.describe_organizations_access = _describe_access  # type: ignore[attr-defined]
