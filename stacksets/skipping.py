"""Targets that are left out: regions that are not enabled, suspended accounts. One decision for every verb.

Skipped is not failed: nothing is wrong with natrec there, for nothing of it can be there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError

from orgconfig.models import OrgConfig
from stacksets.administration import Administrator
from stacksets.reasons import Reason, explain
from stacksets.steps import Clients

Found = TypeVar("Found")
# Credentials are not accepted in a region that their account has not enabled (IAM User Guide, "Managing AWS
# STS in an AWS Region"): EC2's code, that of query services, that of JSON services, and an older one.
_REFUSALS = frozenset({"AuthFailure", "InvalidClientTokenId", "UnrecognizedClientException", "OptInRequired"})
ADMINISTRATOR = Reason(
    "skipped",
    "the region is not enabled in the account that administers the stack set",
    "Enable it there and in the management account, if gateways run in it, then run `natrec apply` again.",
)
OWN = Reason(
    "skipped",
    "the region is not enabled in the management account",
    "Enable it there, if gateways run in it, then run `natrec apply` again.",
)
SUSPENDED = explain("", "SKIPPED_SUSPENDED_ACCOUNT")


@dataclass(frozen=True)
class Skipping:
    """What is left out.

    Attributes:
        suspended: Accounts that are suspended or closed.
        disabled: Regions that the stack set's administrator has not enabled.

    """

    suspended: frozenset[str] = frozenset()
    disabled: frozenset[str] = frozenset()

    def reason(self, account: str, region: str, *, there: bool) -> Reason | None:
        """Why a target is left out; None where it is not.

        Args:
            account: Its account.
            region: Its region.
            there: Whether it has an instance; one that was made before its region was disabled goes on.

        """
        if account in self.suspended:
            return SUSPENDED
        return ADMINISTRATOR if region in self.disabled and not there else None


NOTHING = Skipping()


def not_accepted(problem: Exception) -> bool:
    """Whether a region took our credentials for none, or cannot be reached: it is not enabled.

    Only to be asked of credentials that another region has taken.
    """
    if isinstance(problem, ClientError):
        return problem.response.get("Error", {}).get("Code") in _REFUSALS
    return isinstance(problem, EndpointConnectionError)


def looked(look: Callable[[], Found], otherwise: Callable[[], Found], *, disabled: bool = False) -> Found:
    """What a look into a region finds, or what stands in its place where the region is not enabled.

    Args:
        look: Asks AWS there.
        otherwise: Answers instead.
        disabled: Whether it is known already not to be enabled; then nobody is asked.

    """
    if disabled:
        return otherwise()
    try:
        return look()
    except (ClientError, BotoCoreError) as problem:
        if not not_accepted(problem):
            raise
        return otherwise()


def disabled_regions(config: OrgConfig, clients: Clients, administrator: Administrator) -> frozenset[str]:
    """Target regions that the stack set's administrator has not enabled.

    CloudFormation User Guide, "Prepare to perform StackSet operations in Regions that are disabled by
    default": the region must be enabled for the administrator too, else no account gets anything there.
    One call for all accounts; a region that single accounts have not enabled is told by their instances.
    """
    client = clients(administrator.account, config.organization.hub.region, "ec2")
    try:
        found = client.describe_regions(AllRegions=True)["Regions"]
    except ClientError:  # not allowed to ask: then CloudFormation will tell
        return frozenset()
    enabled = {each["RegionName"] for each in found if each["OptInStatus"] != "not-opted-in"}
    return frozenset(config.targets.regions) - enabled
