"""Who holds an address of the VPC, as people know it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Named:
    """The holder of one address.

    Attributes:
        kind: What it is, such as `instance`, `ECS task` or `Lambda function`.
        id: Its id or name in AWS.
        name: What people call it; its Name tag, where it has one.
        owner: Whose it is, as its tags tell.
        zone: The availability zone it is in.

    """

    kind: str
    id: str
    name: str | None = None
    owner: str | None = None
    zone: str | None = None

    def __str__(self) -> str:
        return f"{self.id} {self.name}" if self.name and self.name != self.id else self.id


def called(address: str, names: Mapping[str, Named]) -> str:
    """An address by its holder, or as it is."""
    holder = names.get(address)
    if holder is None:
        return address
    return f"{holder} (team {holder.owner})" if holder.owner else str(holder)
