"""Addresses of the VPC by who holds them."""

from collections.abc import Mapping

from hub.domain.named import Named

__all__ = ["Named", "called"]


def called(address: str, names: Mapping[str, Named]) -> str:
    """An address by its holder, or as it is."""
    holder = names.get(address)
    if holder is None:
        return address
    return f"{holder} (team {holder.owner})" if holder.owner else str(holder)
