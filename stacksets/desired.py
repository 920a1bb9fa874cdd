"""Where the spoke shall be, decided from the config and the organization as it is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from orgconfig.members import Members

Place = tuple[str, str]


@dataclass(frozen=True)
class Desired:
    """Where the spoke shall be.

    Attributes:
        ous: The OUs and roots aimed at.
        regions: The regions.
        members: The organization.
        excluded: Accounts that are left out although they are below the OUs.
        never: The management account, which no stack set reaches.
        disabled: Regions that are not enabled for the stack set's administrator.

    """

    ous: tuple[str, ...]
    regions: tuple[str, ...]
    members: Members
    excluded: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()
    disabled: frozenset[str] = frozenset()
    _below: dict[tuple[str, ...], frozenset[str]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def below(self, ous: Sequence[str]) -> frozenset[str]:
        """Every account below these OUs, closed ones too."""
        key, wanted = tuple(ous), set(ous)
        if key not in self._below:
            members = self.members
            self._below[key] = frozenset(a for a in members.accounts if wanted.intersection(members.path(a)))
        return self._below[key]

    @property
    def targets(self) -> frozenset[str]:
        """Every account that shall be covered, closed ones too."""
        return self.below(self.ous) - self.excluded - self.never

    @property
    def accounts(self) -> frozenset[str]:
        """Those of them that are active."""
        return self.targets - self.members.suspended

    @property
    def open_regions(self) -> tuple[str, ...]:
        """The regions where instances can be made."""
        return tuple(region for region in self.regions if region not in self.disabled)

    @property
    def places(self) -> frozenset[Place]:
        """Every account and region that can be covered."""
        return frozenset((account, region) for account in self.accounts for region in self.open_regions)

    @property
    def topmost(self) -> tuple[str, ...]:
        """The OUs that are not below another one of them."""
        return tuple(unit for unit in self.ous if not set(self._above(unit)) & set(self.ous))

    def _above(self, unit: str) -> Iterator[str]:
        at = self.members.ous.get(unit)
        while at is not None:
            yield at
            at = self.members.ous.get(at)

    def home(self, account: str, preferred: str = "") -> str:
        """The OU to aim at to reach one account: a preferred one, a desired one, or the root above it."""
        path = self.members.path(account)
        if preferred in path:
            return preferred
        return next((ou for ou in reversed(path) if ou in self.ous), path[0])
