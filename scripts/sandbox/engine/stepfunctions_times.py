"""Times as Step Functions writes them."""

import datetime as dt
from typing import Any


def times_as_text(value: Any) -> Any:
    """Every moment of a result as text."""
    if isinstance(value, dt.datetime):
        return zulu(value)
    if isinstance(value, dict):
        return {key: times_as_text(member) for key, member in value.items()}
    if isinstance(value, list):
        return [times_as_text(member) for member in value]
    return value


def zulu(moment: dt.datetime) -> str:
    """A moment as Step Functions writes it, UTC with milliseconds: `2026-03-26T20:14:13.192Z`."""
    text = moment.astimezone(dt.UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
