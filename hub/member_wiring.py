"""What reads the organization; apart, for no other function does."""

from dataclasses import dataclass
from functools import cache, cached_property

from hub.adapters.clock import SystemClock
from hub.adapters.membership import TableMembership
from hub.adapters.organization import AwsOrganization
from hub.adapters.steps import StepFunctions
from hub.settings import Settings
from hub.usecases.refresh_members import RefreshMembers
from hub.wiring import Hub


@dataclass(frozen=True)
class MemberHub(Hub):
    """The hub, ready to learn which accounts there are."""

    @cached_property
    def refresh_members(self) -> RefreshMembers:
        """The organization may have changed."""
        membership = TableMembership(self._sessions.hub("dynamodb"), self.settings.table)
        sweeps = StepFunctions(self._sessions, self.settings.sweep_machine_arn)
        return RefreshMembers(AwsOrganization(self._sessions), membership, sweeps, self.clock)


@cache
def hub() -> MemberHub:
    """The hub of this container."""
    return MemberHub(Settings.from_environment(), SystemClock())
