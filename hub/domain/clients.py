"""Who held which address at one moment, kept beside a recording until its report is written."""

import ipaddress
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from hub.domain.gateways import Gateway
from hub.domain.holders import held
from hub.domain.named import Named
from hub.domain.networks import Network

Moment = Literal["opened", "closed"]


def document_name(moment: Moment) -> str:
    """Where it is kept, beside the report."""
    return f"clients-{moment}.json"


@dataclass(frozen=True)
class Clients:
    """The holders of addresses, as far as the account can see.

    Attributes:
        holders: By address, or by a range that was delegated to an interface.
        zone: The availability zone of the gateway; None where it stands in none, or nothing is known.
        problem: Why nothing is known, where nothing is.

    """

    holders: Mapping[str, Named] = field(default_factory=dict)
    zone: str | None = None
    problem: str | None = None

    @cached_property
    def _sizes(self) -> frozenset[str]:
        return _sizes(self.holders)

    def holder(self, address: str) -> Named | None:
        """Who holds an address; None for one that nobody or more than one does."""
        try:
            plain = _plain(address)
        except ValueError:
            return None
        around = map(self.holders.get, _around(plain, self._sizes))
        return self.holders.get(plain) or next(filter(None, around), None)

    def text(self) -> str:
        """As it is kept: each holder once, and the number of the holder for each address."""
        numbers = {who: number for number, who in enumerate(dict.fromkeys(self.holders.values()))}
        document = {
            "zone": self.zone,
            "problem": self.problem,
            "holders": [vars(who) for who in numbers],
            "addresses": {address: numbers[who] for address, who in self.holders.items()},
        }
        return json.dumps(document, ensure_ascii=False) + "\n"


def clients_of(network: Network, gateway: Gateway, owner_tags: Sequence[str]) -> Clients:
    """Who holds which address.

    VPCs of one account may have the same addresses. The gateway's own comes first, for most of its clients
    are there; among the others an address that several hold is nobody's.

    Args:
        network: What EC2 says of the whole account and region.
        gateway: The gateway whose clients are meant.
        owner_tags: Keys of tags that say whose something is.

    """
    own, others = dict[str, Named](), defaultdict[str, list[Named]](list)
    for interface, address, who in held(network, owner_tags):
        if interface.vpc == gateway.vpc:
            own[_plain(address)] = who
        else:
            others[_plain(address)].append(who)
    sizes, taken = _sizes((*own, *others)), {*own, *others}
    alone = {
        address: found[0]
        for address, found in others.items()
        if len(found) == 1 and taken.isdisjoint(_around(address, sizes))
    }
    zones = {each.zone for each in network.interfaces if each.id in gateway.interfaces}
    return Clients({**alone, **own}, zone=zones.pop() if len(zones) == 1 else None)


def read_clients(text: str | None) -> Clients:
    """What was kept; nothing is known where nothing was, or where it cannot be understood."""
    if text is None:
        return Clients()
    try:
        found = json.loads(text)
        holders = [Named(**each) for each in found["holders"]]
        by_address = {str(address): holders[number] for address, number in found["addresses"].items()}
        return Clients(by_address, found["zone"], found["problem"])
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as problem:
        return Clients(problem=f"what was noted of them cannot be read ({type(problem).__name__}: {problem})")


def holders(opened: Clients, closed: Clients, addresses: Iterable[str]) -> dict[str, Named]:
    """Who held these addresses while a recording was open.

    Of an address that changed hands both are told, for either may have caused its traffic.

    Args:
        opened: Noted when the recording opened.
        closed: Noted when it closed.
        addresses: Those that are asked for.

    """
    found = {each: _both(opened.holder(each), closed.holder(each)) for each in addresses}
    return {address: who for address, who in found.items() if who}


def _both(first: Named | None, last: Named | None) -> Named | None:
    if first is None or last is None or first.same == last.same:
        return last or first
    return Succeeded(first.kind, first.id, first.name, _owners(first, last), first.zone, later=last)


def _owners(first: Named, last: Named) -> str | None:
    return ", later ".join(dict.fromkeys(filter(None, (first.owner, last.owner)))) or None


@dataclass(frozen=True)
class Succeeded(Named):
    """A holder whose address another one held before the recording closed."""

    later: Named | None = None

    def __str__(self) -> str:
        return f"{super().__str__()}, later {self.later}"


def _plain(address: str) -> str:
    """The one way to write an address or a range."""
    return str(ipaddress.ip_network(address) if "/" in address else ipaddress.ip_address(address))


def _sizes(addresses: Iterable[str]) -> frozenset[str]:
    """The sizes of all ranges among these, by the version of their addresses, such as `4/28`."""
    ranges = (each.split("/") for each in addresses if "/" in each)
    return frozenset(f"{6 if ':' in network else 4}/{bits}" for network, bits in ranges)


def _around(address: str, sizes: Iterable[str]) -> Iterator[str]:
    """The ranges of these sizes that an address lies in; none for a range."""
    if "/" not in address:
        version = "6" if ":" in address else "4"
        for size in sizes:
            if size.startswith(version):
                yield str(ipaddress.ip_network(f"{address}/{size[2:]}", strict=False))
