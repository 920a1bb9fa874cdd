"""Who administers the stack set: the management account itself, or the hub as delegated administrator.

Found out, not asked: the management account where credentials lead into it, else the hub.
"""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from orgconfig.errors import NatrecError
from orgconfig.models import OrgConfig
from stacksets.stack_sets import CallAs
from stacksets.steps import Clients, UnreachableError

# A member may administer stack sets, and with that read the whole organization (CloudFormation User Guide,
# "Register a delegated administrator"; Organizations User Guide, "Delegated administrator for AWS services").
PRINCIPAL = "member.org.stacksets.cloudformation.amazonaws.com"


@dataclass(frozen=True)
class Administrator:
    """Who it is.

    Attributes:
        account: Whose credentials call CloudFormation and Organizations.
        call_as: What CloudFormation is told of it.

    """

    account: str
    call_as: CallAs

    @property
    def manages(self) -> bool:
        """Whether it is the management account, which alone can do some things."""
        return self.call_as == "SELF"


def administrator(config: OrgConfig, clients: Clients) -> Administrator:
    """Find out who administers; AWS is only read.

    Raises:
        NatrecError: The credentials are another organization's, or nobody who can be reached may administer.

    """
    organization = config.organization
    management, hub = organization.management_account, organization.hub
    try:
        client = clients(management, hub.region, "organizations")
    except UnreachableError as refused:
        return _delegated(config, clients, refused)
    _check(config, client, management)
    return Administrator(management, "SELF")


def _delegated(config: OrgConfig, clients: Clients, refused: UnreachableError) -> Administrator:
    hub = config.organization.hub
    try:
        client = clients(hub.account, hub.region, "organizations")
    except UnreachableError:
        raise refused from None  # neither of the two: the first is what most people have
    _check(config, client, hub.account)
    cloudformation = clients(hub.account, hub.region, "cloudformation")
    try:
        status = cloudformation.describe_organizations_access(CallAs="DELEGATED_ADMIN")["Status"]
    except ClientError as error:
        raise _not_delegated(config, error.response["Error"]["Message"]) from error
    if status != "ENABLED":
        raise _not_delegated(config, f"trusted access of stack sets is {status}")
    return Administrator(hub.account, "DELEGATED_ADMIN")


def _not_delegated(config: OrgConfig, why: str) -> NatrecError:
    organization = config.organization
    hub, management = organization.hub, organization.management_account
    return NatrecError(
        f"the hub {hub.account} may not administer stack sets ({why}), and no credentials lead into the "
        f"management account {management}",
        f"account {hub.account}",
        "Name them (--management-profile), or let its administrator run, once:\n"
        f"  aws cloudformation activate-organizations-access --region {hub.region}\n"
        f"  aws organizations register-delegated-administrator --account-id {hub.account} "
        f"--service-principal {PRINCIPAL}",
    )


def _check(config: OrgConfig, client: Any, account: str) -> None:  # noqa: ANN401 - a client
    """Nothing is done to another organization than the config's (any member may ask which it is in)."""
    organization = config.organization
    place = f"account {account}"
    try:
        found = client.describe_organization()["Organization"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "AWSOrganizationsNotInUseException":
            raise
        raise NatrecError(
            "it is in no organization", place, "Look at `organization` in the config and at AWS_PROFILE."
        ) from error
    told = (found["Id"], found["MasterAccountId"])
    if told != (organization.id, organization.management_account):
        raise NatrecError(
            f"it is in organization {told[0]} of management account {told[1]}; the config says "
            f"{organization.id} of {organization.management_account}",
            place,
            "Look at `organization` in the config and at AWS_PROFILE.",
        )
