"""Targets of the sweep: one account and region each, and how they are shared out in batches."""

import zlib
from dataclasses import dataclass

from hub.domain.gateways import GatewayRef


@dataclass(frozen=True, order=True)
class Target:
    """One account and region."""

    account: str
    region: str

    @classmethod
    def of(cls, gateway: GatewayRef) -> "Target":
        """Where a gateway is."""
        return cls(gateway.account, gateway.region)

    def __str__(self) -> str:
        return f"{self.account} {self.region}"

    def batch(self, of: int) -> int:
        """Which of so many batches it belongs to.

        Derived from the target alone, so that a target that comes or goes between planning and sweeping
        never moves another one into a batch that is over already.
        """
        return zlib.crc32(str(self).encode()) % of
