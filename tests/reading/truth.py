"""Records with a known truth: written leg by leg as AWS documents them, counted apart."""

import gzip
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

Record = dict[str, Any]
START = 1_790_000_040  # not on a minute, on purpose
FIELDS = (
    "version", "account-id", "region", "interface-id", "resource-id", "srcaddr", "dstaddr", "srcport",
    "dstport", "protocol", "packets", "bytes", "start", "end", "action", "tcp-flags", "pkt-srcaddr",
    "pkt-dstaddr", "pkt-src-aws-service", "pkt-dst-aws-service", "flow-direction", "log-status",
)  # fmt: skip
NUMBERS = {"version", "srcport", "dstport", "protocol", "packets", "bytes", "start", "end", "tcp-flags"}
Key = tuple[str, str, str | None, int | None]


@dataclass(frozen=True)
class Nat:
    """A gateway; `addresses` begins with the primary one, a regional gateway's are public."""

    interface: str
    addresses: tuple[str, ...]
    regional: bool = False

    @property
    def primary(self) -> str:
        return self.addresses[0]


ZONAL = Nat("eni-0aa", ("10.0.100.5",))
SEVERAL = Nat("eni-0bb", ("10.0.100.6", "10.0.100.7", "10.0.100.8"))
REGIONAL = Nat("nat-0cc0cc0cc0cc0cc0c", ("198.51.100.10", "198.51.100.11"), regional=True)


@dataclass(frozen=True)
class Leg:
    """One record: addresses as the interface saw them, and as the packet had them.

    Attributes:
        ports: Of the source and of the destination.
        services: AWS services of the packet's source and destination.
        comes_in: Whether the gateway's interface received it.

    """

    source: str
    destination: str
    sender: str
    receiver: str
    ports: tuple[int, int]
    bytes: int
    comes_in: bool
    services: tuple[str, str] = ("-", "-")
    protocol: int = 6
    action: str = "ACCEPT"


@dataclass
class Story:
    """What really went through gateways, and the records of it.

    Attributes:
        truth: Bytes by direction, client, remote and port.
        packets: The same in packets.

    """

    records: list[Record] = field(default_factory=list)
    truth: Counter[Key] = field(default_factory=Counter)
    packets: Counter[Key] = field(default_factory=Counter)

    def flow(
        self,
        nat: Nat,
        client: str,
        remote: str,
        port: int = 443,
        *,
        up: int = 0,
        down: int = 0,
        service: str = "-",
        at: int = 0,
        through: int = 0,
        protocol: int = 6,
    ) -> None:
        """One conversation in one window: up to four records; `through` chooses the gateway's address."""
        own = nat.addresses[through]
        inner = remote if nat.regional else nat.primary
        outer = own if nat.regional else nat.primary
        to, of = ("-", service), (service, "-")
        if up:
            for leg in (
                Leg(
                    client,
                    inner,
                    client,
                    remote,
                    (40001, port),
                    up,
                    comes_in=True,
                    services=to,
                    protocol=protocol,
                ),
                Leg(
                    outer,
                    remote,
                    own,
                    remote,
                    (1025, port),
                    up,
                    comes_in=False,
                    services=to,
                    protocol=protocol,
                ),
            ):
                self.leg(nat, leg, at)
        if down:
            for leg in (
                Leg(
                    remote,
                    outer,
                    remote,
                    own,
                    (port, 1025),
                    down,
                    comes_in=True,
                    services=of,
                    protocol=protocol,
                ),
                Leg(
                    inner,
                    client,
                    remote,
                    client,
                    (port, 40001),
                    down,
                    comes_in=False,
                    services=of,
                    protocol=protocol,
                ),
            ):
                self.leg(nat, leg, at)
        for direction, amount in (("upload", up), ("download", down)):
            if amount:
                self.truth[direction, client, remote, port] += amount
                self.packets[direction, client, remote, port] += packets(amount)

    def leg(self, nat: Nat, leg: Leg, at: int = 0) -> None:
        """One record alone; the truth does not know of it."""
        self.records.append(
            {
                **self._place(nat, at),
                "srcaddr": leg.source,
                "dstaddr": leg.destination,
                "srcport": leg.ports[0],
                "dstport": leg.ports[1],
                "protocol": leg.protocol,
                "packets": packets(leg.bytes),
                "bytes": leg.bytes,
                "action": leg.action,
                "tcp-flags": 0,
                "pkt-srcaddr": leg.sender,
                "pkt-dstaddr": leg.receiver,
                "pkt-src-aws-service": leg.services[0],
                "pkt-dst-aws-service": leg.services[1],
                "flow-direction": "ingress" if leg.comes_in else "egress",
                "log-status": "OK",
            }
        )

    def silent(self, nat: Nat, status: str = "NODATA", at: int = 0) -> None:
        """A window without records."""
        self.records.append({**self._place(nat, at), "log-status": status})

    def rejected(self, nat: Nat, source: str, amount: int) -> None:
        """Somebody on the internet knocks."""
        own = nat.primary
        self.leg(nat, Leg(source, own, source, own, (55000, 22), amount, comes_in=True, action="REJECT"))

    @staticmethod
    def _place(nat: Nat, at: int) -> Record:
        return {
            "version": 9,
            "account-id": "444444444444",
            "region": "eu-west-1",
            "interface-id": "-" if nat.regional else nat.interface,
            "resource-id": nat.interface if nat.regional else "-",
            "start": START + at,
            "end": START + at + 59,
        }

    def total(self, direction: str) -> int:
        return sum(amount for key, amount in self.truth.items() if key[0] == direction)

    def totals(self) -> dict[str, int]:
        """As a report tells them."""
        return {direction: self.total(direction) for direction in ("upload", "download")}


def packets(amount: int) -> int:
    return -(-amount // 1400)


def told(document: Mapping[str, Any]) -> dict[Key, int]:
    """The talkers of a report, as the truth counts them."""
    return {
        (each["direction"], each["client"], each["remote"], each["port"]): each["bytes"]
        for each in document["talkers"]
    }


def crowd(story: Story, nat: Nat, seed: int, clients: int = 6, flows: int = 20) -> None:
    """Many conversations of a few clients with whoever there is, none of them left out of a report."""
    chance = random.Random(seed)  # noqa: S311 - a story, not a secret
    for _ in range(flows):
        story.flow(
            nat,
            f"10.0.{seed}.{chance.randrange(10, 10 + clients)}",
            f"52.{chance.randrange(1, 9)}.{chance.randrange(1, 9)}.{chance.randrange(1, 9)}",
            chance.choice((443, 443, 80, 5432)),
            up=chance.choice((0, chance.randrange(40, 10**6))),
            down=chance.choice((0, chance.randrange(40, 10**8))),
            service=chance.choice(("-", "S3", "AMAZON")),
            at=60 * chance.randrange(10),
            through=chance.randrange(len(nat.addresses)),
        )


def write_text(
    path: Path, records: Iterable[Record], fields: Sequence[str] = FIELDS, *, header: bool = True
) -> Path:
    """As VPC delivers text: gzipped, with a header unless told otherwise."""
    lines = [" ".join(fields)] if header else []
    lines += [" ".join(str(record.get(name, "-")) for name in fields) for record in records]
    path.parent.mkdir(parents=True, exist_ok=True)
    data = "\n".join(lines).encode() + b"\n"
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def write_parquet(path: Path, records: Sequence[Record], fields: Sequence[str] = FIELDS) -> Path:
    """As VPC delivers parquet: underscores for hyphens, numbers empty where there is none."""
    kinds = {name: "BIGINT" if name in NUMBERS else "VARCHAR" for name in fields}
    columns = ", ".join(f'"{name.replace("-", "_")}" {kind}' for name, kind in kinds.items())
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as engine:
        engine.execute(f"CREATE TABLE t ({columns})")
        rows = [[record.get(name, None if name in NUMBERS else "-") for name in fields] for record in records]
        places = ", ".join("?" * len(fields))
        engine.executemany(f"INSERT INTO t VALUES ({places})", rows)  # noqa: S608 - question marks only
        engine.execute(f"COPY t TO '{path}' (FORMAT parquet, COMPRESSION gzip)")
    return path
