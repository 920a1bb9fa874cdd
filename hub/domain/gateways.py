"""Which gateway, and what a flow log of it is attached to."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

GATEWAY_ID = re.compile(r"nat-[0-9a-f]{8,17}")

Availability = Literal["zonal", "regional"]


@dataclass(frozen=True)
class GatewayRef:
    """A gateway's place in the organization; account and region come from an event's envelope only.

    Attributes:
        account: Its account.
        region: Its region.
        gateway: Its id; empty for an alarm that names none.

    """

    account: str
    region: str
    gateway: str

    @property
    def is_named(self) -> bool:
        """Whether there is a gateway to speak of."""
        return bool(self.gateway)

    def __str__(self) -> str:
        return f"{self.gateway} in {self.account} {self.region}"


@dataclass(frozen=True)
class Gateway:
    """What AWS says of a gateway.

    Attributes:
        ref: Its place.
        availability: `zonal` with an interface, or `regional` without a visible one.
        vpc: Id of its VPC.
        interfaces: Every distinct network interface; empty for a regional gateway.
        addresses: Its private addresses, or the public ones of a regional gateway.
        tags: Its tags.

    """

    ref: GatewayRef
    availability: Availability
    vpc: str
    interfaces: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str | None:
        """The Name tag, if it has one."""
        return self.tags.get("Name") or None

    @property
    def flow_log_type(self) -> Literal["NetworkInterface", "RegionalNatGateway"]:
        """CreateFlowLogs' ResourceType."""
        return "RegionalNatGateway" if self.availability == "regional" else "NetworkInterface"

    @property
    def flow_log_resources(self) -> tuple[str, ...]:
        """CreateFlowLogs' ResourceIds."""
        return (self.ref.gateway,) if self.availability == "regional" else self.interfaces
