"""Which accounts the organization has, and where they are in its tree."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from orgconfig.errors import NatrecError

ROOM = 250_000


class TooManyMembersError(NatrecError):
    """The organization does not fit into what is kept of it."""


@dataclass(frozen=True)
class Members:
    """The organization as it was last seen.

    Attributes:
        ous: Each OU's parent; a root has none.
        accounts: Each account's OU or root.
        suspended: Accounts that are closed or suspended.
        names: Accounts' names; empty when there was no room for them.

    """

    ous: Mapping[str, str | None] = field(default_factory=dict)
    accounts: Mapping[str, str] = field(default_factory=dict)
    suspended: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)

    def path(self, account: str) -> tuple[str, ...]:
        """The ids of an account's OUs from the root to its own; empty when the account is not known.

        A parent that is not known ends the path, and so does one that was seen already.
        """
        path: list[str] = []
        at = self.accounts.get(account)
        while at is not None and at not in path:
            path.append(at)
            at = self.ous.get(at)
        return tuple(reversed(path))

    def encode(self, room: int = ROOM) -> bytes:
        """Write everything as compressed JSON, which `decode` reads.

        Args:
            room: The most bytes that it may have. DynamoDB's items hold 400 KB (Developer Guide, "Quotas"),
                names of attributes and whatever else is in the item included.

        Raises:
            TooManyMembersError: It has more, even without the accounts' names, which are left out first.

        """
        encoded = self._encoded()
        if len(encoded) > room and self.names:
            encoded = replace(self, names={})._encoded()  # noqa: SLF001 - our own kind
        if len(encoded) > room:
            raise TooManyMembersError(
                f"{len(self.accounts)} accounts in {len(self.ous)} OUs take {len(encoded)} bytes, "
                f"and there is room for {room}",
                next="Cover fewer OUs, in one installation for each part of the organization.",
            )
        return encoded

    def _encoded(self) -> bytes:
        by_ou: dict[str, dict[str, str]] = {}
        for account, ou in sorted(self.accounts.items()):
            by_ou.setdefault(ou, {})[account] = self.names.get(account, "")
        document = {"ous": self.ous, "accounts": by_ou, "suspended": sorted(self.suspended)}
        text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return zlib.compress(text.encode(), level=9)

    @classmethod
    def decode(cls, encoded: bytes) -> Self:
        """Read what `encode` wrote.

        Raises:
            ValueError: It is something else.

        """
        try:
            document = json.loads(zlib.decompress(encoded))
            named = [(ou, each) for ou, accounts in document["accounts"].items() for each in accounts.items()]
            return cls(
                ous=document["ous"],
                accounts={account: ou for ou, (account, _) in named},
                suspended=frozenset(document["suspended"]),
                names={account: name for _, (account, name) in named if name},
            )
        except (zlib.error, KeyError, TypeError, AttributeError) as problem:
            raise ValueError("this is no list of members") from problem

    @classmethod
    def of_path(cls, account: str, path: tuple[str, ...]) -> Self:
        """As much of an organization as the path of one account tells."""
        parents: list[str | None] = [None, *path]
        return cls(ous=dict(zip(path, parents, strict=False)), accounts={account: path[-1]} if path else {})
