"""The hub's history, and how it looks in a terminal."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scripts.cli.deploying import Ways

if TYPE_CHECKING:
    from hub.adapters.browsing import Browser

Document = Mapping[str, Any]


def browser(config: Path, ways: Ways) -> "Browser":
    """The history of the hub that a config names.

    Raises:
        NatrecError: The config or the credentials cannot be used.

    """
    from hub.adapters.browsing import Browser  # noqa: PLC0415 - slow to import
    from stacksets.loading import load_config  # noqa: PLC0415 - slow to import

    loaded = load_config(config)
    hub = loaded.organization.hub
    return Browser(ways.accounts(loaded)(hub.account, hub.region, "dynamodb"), loaded.names.table)


def table(documents: Iterable[Document]) -> str:
    """Two lines for each: what and where, then how it ended."""
    lines = [line for document in documents for line in _lines(document)]
    return "\n".join(lines) or "no recordings"


def _lines(document: Document) -> list[str]:
    when = document["opened_at"] or document.get("first_at")
    place = f"{document['account']} {document['region']} {document['gateway']}"
    return [
        f"{when}  {document['state']:<7}  {place}",
        f"    {document['id']}  {_outcome(document)}",
    ]


def _outcome(document: Document) -> str:
    if document["state"] == "refused":
        times = document["times"]
        return f"{document['reason']}, {times} time{'' if times == 1 else 's'}, last {document['last_at']}"
    amount = document["delivered_bytes"]
    measured = "" if amount is None else f"; {amount:,} bytes in the archive"
    return f"{document['opened_by']}; {document['reason'] or 'going on'}{measured}"


def card(document: Document) -> str:
    """Everything about one, a field a line."""
    shown = {name: value for name, value in document.items() if value not in (None, [], "")}
    width = max(map(len, shown))
    return "\n".join(f"{name.replace('_', ' '):<{width}}  {_words(value)}" for name, value in shown.items())


def _words(value: object) -> str:
    return ", ".join(map(_part, value)) if isinstance(value, list) else str(value)


def _part(value: object) -> str:
    """Suspects are all that has parts of its own."""
    from hub.domain.suspects import line  # noqa: PLC0415 - only for who asks

    return line(value) if isinstance(value, Mapping) else str(value)
