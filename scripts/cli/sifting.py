"""Which part of the history is wanted, and the same as CSV."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any

from orgconfig.errors import NatrecError
from orgconfig.units import UnitError, parse_duration

Document = Mapping[str, Any]

COLUMNS = (
    "id",
    "state",
    "account",
    "account_name",
    "region",
    "gateway",
    "gateway_name",
    "tier",
    "alarms",
    "opened_by",
    "over_quota",
    "opened_at",
    "closed_at",
    "ended_by",
    "reason",
    "text",
    "times",
    "first_at",
    "last_at",
    "delivered_bytes",
    "delivered_objects",
    "headline",
    "report",
)
# What a spreadsheet takes for a formula (OWASP, "CSV Injection"); names and reasons are other people's texts.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Wanted:
    """What must be so of a recording or refusal; None: anything.

    The first five must be equal; of the others, a part is enough, in any case.
    """

    account: str | None = None
    region: str | None = None
    gateway: str | None = None
    state: str | None = None
    tier: str | None = None
    opened_by: str | None = None
    ended_by: str | None = None
    reason: str | None = None

    def admits(self, document: Document) -> bool:
        """Whether it is wanted."""
        given = {each.name: value for each in fields(self) if (value := getattr(self, each.name)) is not None}
        return all(_agrees(name, value, document.get(name)) for name, value in given.items())


def _agrees(name: str, wanted: str, found: str | None) -> bool:
    if name in {"opened_by", "ended_by", "reason"}:
        return found is not None and wanted.casefold() in found.casefold()
    return wanted == found


def began(document: Document) -> datetime:
    """When it was opened, or first refused."""
    return datetime.fromisoformat(document["opened_at"] or document["first_at"])


def moment(option: str, text: str, now: datetime, *, end_of_day: bool = False) -> datetime:
    """The moment that a span back from now, a day or a time names, in UTC where it says nothing else.

    Args:
        option: Who asks, for the error.
        text: As in `24h`, `2026-11-01` or `2026-11-01T06:00`.
        now: The time.
        end_of_day: Whether a day means its end.

    Raises:
        NatrecError: It names none.

    """
    try:
        return now - timedelta(seconds=parse_duration(text))
    except (UnitError, OverflowError):
        pass
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise NatrecError(
            f"{option} cannot be `{text}`", next="Give a span as in 24h or 7d, or a day as in 2026-11-01."
        ) from None
    is_day = len(text) <= len("2026-11-01")
    utc = found if found.tzinfo else found.replace(tzinfo=UTC)
    return utc + timedelta(days=1) if end_of_day and is_day else utc


def as_csv(documents: Iterable[Document]) -> str:
    """One line each below the names of the columns, without the last line's end."""
    written = io.StringIO()
    lines = csv.writer(written, lineterminator="\n")
    lines.writerow(COLUMNS)
    lines.writerows([_cell(document.get(name)) for name in COLUMNS] for document in documents)
    return written.getvalue().rstrip("\n")


def _cell(value: object) -> str:
    text = " ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
