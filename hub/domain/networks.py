"""What has an address in an account and region, as EC2 tells it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Tags = Mapping[str, str]


@dataclass(frozen=True)
class Interface:
    """A network interface.

    Attributes:
        primary: Its first private IPv4 address; None where it has none.
        addresses: Every private address, IPv4 and IPv6, the primary one included.
        prefixes: Ranges that are delegated to it, such as `10.0.1.16/28`.
        instance: The instance it is attached to.
        type: EC2's `InterfaceType`; `interface` says nothing.

    """

    id: str
    vpc: str
    zone: str | None = None
    primary: str | None = None
    addresses: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    instance: str | None = None
    type: str = "interface"
    description: str = ""
    tags: Tags = field(default_factory=dict)


@dataclass(frozen=True)
class Network:
    """Everything that has an address in one account and region, and the tags of its instances by id."""

    interfaces: tuple[Interface, ...] = ()
    instances: Mapping[str, Tags] = field(default_factory=dict)
