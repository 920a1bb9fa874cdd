"""Durations, sizes and datapoints as people write them, and back.

Durations are whole seconds, sizes whole bytes. Every error says what is allowed. For each value that
can be written, `parse(format(value)) == value`.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_SECONDS = {"d": DAY, "h": HOUR, "m": MINUTE, "s": 1}
_DURATION = re.compile(r"\s*".join(rf"(?:(\d{{1,9}})\s*{unit})?" for unit in _SECONDS), re.ASCII)
_BYTES = {
    "TiB": 2**40, "TB": 10**12, "GiB": 2**30, "GB": 10**9,
    "MiB": 2**20, "MB": 10**6, "KiB": 2**10, "KB": 10**3, "B": 1,
}  # fmt: skip
_BY_ANY_CASE = {unit.lower(): factor for unit, factor in _BYTES.items()}
_SIZE = re.compile(r"(\d{1,15}(?:\.\d{1,15})?)\s*([A-Za-z]*)", re.ASCII)
_DATAPOINTS = re.compile(r"(\d{1,9})\s+of\s+(\d{1,9})", re.ASCII)
_MOST = 10**15  # well within what JSON and DynamoDB numbers hold exactly

DURATIONS = "a duration such as 30s, 15m, 6h, 90d or 1h30m"
SIZES = "a size such as 500 MB, 6 GB, 4 GiB or whole bytes"
DATAPOINTS = "datapoints such as 3 of 5"


class UnitError(ValueError):
    """A duration, size or datapoints value that cannot be read; the message says what is allowed."""


@dataclass(frozen=True)
class Datapoints:
    """How many of the last datapoints must be over the threshold for an alarm: `to_alarm` of `out_of`."""

    to_alarm: int
    out_of: int

    def __str__(self) -> str:
        return f"{self.to_alarm} of {self.out_of}"


def shown(value: object) -> str:
    """A value as an error names it, never longer than a line."""
    if value is None:
        return "empty"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    short = 60
    return f"`{text}`" if len(text) <= short else f"`{text[:short]}...`"


def parse_duration(text: object) -> int:
    """Read `30s`, `15m`, `6h`, `90d` or a combination such as `1h30m`.

    Returns:
        Whole seconds.

    Raises:
        UnitError: It is something else; a bare number too, for its unit would be a guess.

    """
    if isinstance(text, int) and not isinstance(text, bool):
        raise UnitError(f"must be {DURATIONS}; {text} has no unit: write {text}s for seconds")
    match = _DURATION.fullmatch(text.strip()) if isinstance(text, str) and text.strip() else None
    if match is None:
        raise UnitError(f"must be {DURATIONS}; this is {shown(text)}")
    amounts = zip(_SECONDS.values(), match.groups(default="0"), strict=True)
    return sum(factor * int(amount) for factor, amount in amounts)


def format_duration(seconds: int) -> str:
    """Write whole seconds the way `parse_duration` reads them, as in `1h30m`; nothing is rounded."""
    parts = []
    rest = seconds
    for unit, factor in _SECONDS.items():
        amount, rest = divmod(rest, factor)
        if amount:
            parts.append(f"{amount}{unit}")
    return "".join(parts) or "0s"


def parse_size(text: object) -> int:
    """Read `6 GB`, `500MB`, `1.5 TB` (decimal), `4 GiB` (binary) or whole bytes.

    Returns:
        Whole bytes.

    Raises:
        UnitError: It is something else, or not a whole number of bytes.

    """
    if isinstance(text, int) and not isinstance(text, bool) and 0 <= text < _MOST:
        return text
    match = _SIZE.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        raise UnitError(f"must be {SIZES}; this is {shown(text)}")
    amount, unit = match[1], match[2] or "B"
    if unit.endswith("b") and unit != unit.lower():
        raise UnitError(f"must be {SIZES}; `{unit}` reads as bits: write `{unit[:-1]}B`")
    factor = _BY_ANY_CASE.get(unit.lower())
    if factor is None:
        raise UnitError(f"must be {SIZES}; `{unit}` is none of {', '.join(reversed(_BYTES))}")
    size = Decimal(amount) * factor
    if size != int(size):
        raise UnitError(f"must be {SIZES}; `{text}` is not a whole number of bytes")
    return int(size)


def format_size(size: int) -> str:
    """Write whole bytes the way `parse_size` reads them, in the largest unit that rounds nothing."""
    for unit, factor in _BYTES.items():
        if size and size % factor == 0:
            return f"{size // factor} {unit}"
    return "0 B"


def parse_datapoints(text: object) -> Datapoints:
    """Read `3 of 5`: three datapoints over the threshold among the last five.

    Raises:
        UnitError: It is something else, or the first number is not between 1 and the second.

    """
    if isinstance(text, Datapoints):
        return text
    match = _DATAPOINTS.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        raise UnitError(f"must be {DATAPOINTS}; this is {shown(text)}")
    points = Datapoints(int(match[1]), int(match[2]))
    if not 1 <= points.to_alarm <= points.out_of:
        raise UnitError(f"must be {DATAPOINTS}, the first between 1 and the second; this is {shown(text)}")
    return points
