"""Look at the organization again, so that new and moved accounts have their OU's policy."""

from dataclasses import dataclass

from hub.domain.errors import PolicyBroken
from hub.ports import Membership, Organization


@dataclass(frozen=True)
class Refreshed:
    """What a look at the organization found.

    Attributes:
        accounts: How many accounts there are.
        changed: Whether any account or OU differs from the last look.

    """

    accounts: int
    changed: bool


@dataclass(frozen=True)
class RefreshMembers:
    """Read the organization, keep it, and vouch for the policy that is in force."""

    organization: Organization
    membership: Membership

    def __call__(self) -> Refreshed:
        """Refresh once; safe at any time and twice at once.

        Raises:
            PolicyBroken: The policy in the table cannot be understood. The last good one stays in force;
                the failure itself tells the team.

        """
        roster = self.organization.roster()
        changed = self.membership.store(roster)
        problem = self.membership.vouch()
        if problem:
            raise PolicyBroken(problem)
        return Refreshed(len(roster.accounts), changed)
