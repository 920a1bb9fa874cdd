"""What the query found, as numbers: talkers, minutes, and what makes a recording incomplete."""

import ipaddress
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from hub.reporting.slots import MINUTE, spread, step_for

Direction = Literal["upload", "download"]
DIRECTIONS: tuple[Direction, ...] = ("upload", "download")
# Of a packet to an IPv4 remote, an IPv6 client sees these 96 bits and then the remote (RFC 6052).
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True)
class Talker:
    """One client and one remote at one port, in one direction.

    Attributes:
        client: Its address in the VPC.
        remote: The far end; None where the record format does not tell.
        port: The remote's port.
        protocol: IANA's number.
        service: The AWS service of the remote as flow logs name it, if it is one.

    """

    direction: Direction
    client: str
    remote: str | None
    port: int | None
    protocol: int | None
    service: str | None
    bytes: int
    packets: int


@dataclass(frozen=True)
class Minute:
    """The bytes of both directions whose records began in one minute.

    Attributes:
        at: Seconds since 1970, UTC; a multiple of 60, or of a finer slot's seconds.

    """

    at: int
    upload: int = 0
    download: int = 0


@dataclass(frozen=True)
class Findings:
    """Everything that one query answers.

    Attributes:
        talkers: The largest of each direction, sorted by bytes.
        minutes: Every minute with records, in order.
        slots: The same time in finer slots, with the bytes of each record spread over its own time; none
            where that was not asked for, or where so much was recorded that minutes tell as much.
        step: Seconds of such a slot.
        totals: The bytes of each direction, of all talkers, told or not.
        records: How many records there were, of all kinds.
        marked: How many records say `NODATA`, `SKIPDATA` or `REJECT`.
        rejected: Bytes of rejected traffic; they count for nothing else.
        began: When the first record begins, in seconds since 1970; None without any.
        ended: When the last one ends.

    """

    talkers: tuple[Talker, ...] = ()
    minutes: tuple[Minute, ...] = ()
    slots: tuple[Minute, ...] = ()
    step: int = MINUTE
    totals: Mapping[Direction, int] = field(default_factory=dict)
    records: int = 0
    marked: Mapping[str, int] = field(default_factory=dict)
    rejected: int = 0
    began: int | None = None
    ended: int | None = None

    def total(self, direction: Direction) -> int:
        """The bytes of one direction."""
        return self.totals.get(direction, 0)

    def share(self, talker: Talker) -> float:
        """A talker's part of its direction, from 0 to 1."""
        total = self.total(talker.direction)
        return talker.bytes / total if total else 0.0


def main_direction(found: Findings) -> Direction:
    """The direction with more bytes."""
    return max(DIRECTIONS, key=found.total)


Row = Mapping[str, object]


def findings(rows: Iterable[Row], slot: int = MINUTE) -> Findings:
    """Read the query's answer.

    Args:
        rows: By column; numbers may be text, as Athena has them.
        slot: The seconds by which it was asked.

    """
    talkers: list[Row] = []
    counted: list[Row] = []
    for row in rows:
        (talkers if _number(row["is_talker"]) else counted).append(row)
    told = sorted(map(_talker, talkers), key=lambda each: (-each.bytes, each.client, str(each.remote)))
    marked: Counter[str] = Counter()
    for row in counted:
        if row["direction"] not in {*DIRECTIONS, "outer"}:
            marked[str(row["direction"])] += _number(row["records"])
    began = min((at for row in counted if (at := _maybe(row["began"])) is not None), default=None)
    ended = max((at for row in counted if (at := _maybe(row["ended"])) is not None), default=None)
    step = max(slot, step_for(timedelta(seconds=(ended or 0) - (began or 0))))
    return Findings(
        talkers=tuple(told),
        minutes=_minutes(counted),
        slots=_slots(counted, step) if step < MINUTE else (),
        step=step,
        totals={direction: _sum(counted, direction, "bytes") for direction in DIRECTIONS},
        records=sum(_number(row["records"]) for row in counted),
        marked=dict(marked),
        rejected=_sum(counted, "REJECT", "bytes"),
        began=began,
        ended=ended,
    )


def _minutes(counted: Iterable[Row]) -> tuple[Minute, ...]:
    """A format without times has none."""
    minutes: dict[int, Counter[str]] = {}
    for row in counted:
        at = _maybe(row["slot"])
        if at is not None and row["direction"] in DIRECTIONS:
            minutes.setdefault(at - at % MINUTE, Counter())[str(row["direction"])] += _number(row["bytes"])
    return tuple(Minute(at, **minutes[at]) for at in sorted(minutes))


def _slots(counted: Iterable[Row], step: int) -> tuple[Minute, ...]:
    """Records of one slot are spread together, from the first one's begin to the last one's end."""
    told: dict[str, Counter[int]] = {}
    for row in counted:
        began, ended, direction = _maybe(row["began"]), _maybe(row["ended"]), str(row["direction"])
        if began is not None and ended is not None and direction in DIRECTIONS:
            told.setdefault(direction, Counter()).update(spread(_number(row["bytes"]), began, ended, step))
    every = sorted({at for each in told.values() for at in each})
    return tuple(Minute(at, **{direction: each[at] for direction, each in told.items()}) for at in every)


def _sum(counted: Iterable[Row], direction: str, column: str) -> int:
    return sum(_number(row[column]) for row in counted if row["direction"] == direction)


def _talker(row: Row) -> Talker:
    return Talker(
        direction="upload" if row["direction"] == "upload" else "download",
        client=str(row["client"]),
        remote=_remote(row["remote"]),
        port=_maybe(row["port"]),
        protocol=_maybe(row["protocol"]),
        service=str(row["service"]) if row["service"] else None,
        bytes=_number(row["bytes"]),
        packets=_number(row["packets"]),
    )


def _remote(address: object) -> str | None:
    if not address:
        return None
    try:
        parsed = ipaddress.ip_address(str(address))
    except ValueError:
        return str(address)
    if parsed.version == _NAT64.version and parsed in _NAT64:
        return str(ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF))
    return str(address)


def _number(value: object) -> int:
    """Sums of nothing are empty: a record without data has no bytes."""
    return int(str(value)) if value not in {None, ""} else 0


def _maybe(value: object) -> int | None:
    return None if value in {None, ""} else int(str(value))
