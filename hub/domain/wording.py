"""Times, lengths and sizes as people read them."""

from datetime import UTC, datetime, timedelta

_CENT = 0.01


def clock(moment: datetime) -> str:
    """A moment in UTC, to the second."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def iso(moment: datetime | None) -> str | None:
    """A moment in ISO 8601, UTC, to the second; None stays None."""
    return None if moment is None else f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def length(span: timedelta) -> str:
    """A span of time, as in `1 h 5 min`."""
    seconds = round(span.total_seconds())
    parts = ((seconds // 3600, "h"), (seconds % 3600 // 60, "min"), (seconds % 60, "s"))
    return " ".join(f"{amount} {unit}" for amount, unit in parts if amount) or "0 s"


def about(span: timedelta) -> str:
    """A span of time to the minute, from two minutes on."""
    seconds = round(span.total_seconds())
    return length(timedelta(minutes=round(seconds / 60)) if seconds >= 2 * 60 else span)


def usd(amount: float) -> str:
    """US dollars, to the cent."""
    return f"${amount:,.2f}" if amount >= _CENT or not amount else "less than a cent"


def share(part: float, whole: float) -> str:
    """A part of a whole; only what is everything is called so."""
    return "all" if part == whole else f"{min(0.99, part / whole):.0%}"


def size(amount: float) -> str:
    """A number of bytes in decimal units, as AWS bills them."""
    step = 1000
    if amount < step:
        return f"{amount:.0f} bytes"
    for unit in ("kB", "MB", "GB"):
        amount /= step
        if amount < step:
            return f"{amount:.1f} {unit}"
    return f"{amount / step:.1f} TB"
