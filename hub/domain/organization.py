"""The organization's accounts: which there are, and below which OUs."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Placement:
    """Where one account stands.

    Attributes:
        path: Ids from the root to the account's own OU, both included.
        suspended: Whether it is being closed.

    """

    path: tuple[str, ...]
    suspended: bool = False


@dataclass(frozen=True)
class Roster:
    """The whole organization.

    Attributes:
        parents: Each OU's parent; None for the root.
        accounts: The OU or root that holds each account.
        suspended: Accounts that are being closed.
        names: Account names, for people.

    """

    parents: Mapping[str, str | None]
    accounts: Mapping[str, str]
    suspended: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)
