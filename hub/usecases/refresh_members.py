"""Look at the organization again, so that new and moved accounts have their OU's policy."""

from contextlib import suppress
from dataclasses import dataclass

from hub.domain.errors import Fault, PolicyBroken
from hub.ports import Clock, Executions, Membership, Organization


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
    """Read the organization, keep it, and vouch for the policy that is in force.

    Attributes:
        organization: What AWS says of it.
        membership: Where it is kept.
        sweeps: The executions of the sweep's state machine.
        clock: Tells one change of the organization from the next.

    """

    organization: Organization
    membership: Membership
    sweeps: Executions
    clock: Clock

    def __call__(self) -> Refreshed:
        """Refresh once; safe at any time and twice at once.

        What has changed may have left the targets while it is recorded: a quick sweep ends that at once, for
        auto-deployment takes the spoke away meanwhile. Where none can be started, the next comes by itself.

        Raises:
            PolicyBroken: The policy in the table cannot be understood. The last good one stays in force;
                the failure itself tells the team.

        """
        roster = self.organization.roster()
        changed = self.membership.store(roster)
        if changed:
            self._sweep()
        problem = self.membership.vouch()
        if problem:
            raise PolicyBroken(problem)
        return Refreshed(len(roster.accounts), changed)

    def _sweep(self) -> None:
        with suppress(Fault):
            self.sweeps.start(f"moved-{self.clock.now():%Y%m%dT%H%M%S%f}", {"kind": "quick"})
