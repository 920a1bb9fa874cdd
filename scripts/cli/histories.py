"""The hub's history, and how it looks in a terminal."""

import textwrap
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orgconfig.errors import NatrecError
from scripts.cli.deploying import Ways

if TYPE_CHECKING:
    from hub.adapters.browsing import Browser

Document = Mapping[str, Any]
_NARROWEST = 30


def browser(config: Path, ways: Ways) -> "Browser":
    """The history of the hub that a config names.

    Raises:
        NatrecError: The config or the credentials cannot be used.

    """
    from hub.adapters.browsing import Browser  # noqa: PLC0415 - slow to import
    from stacksets.loading import load_config  # noqa: PLC0415 - slow to import

    loaded = load_config(config)
    return Browser(in_hub(config, ways)("dynamodb"), loaded.names.table)


def in_hub(config: Path, ways: Ways) -> Callable[[str], Any]:
    """Clients in the hub that a config names, by service.

    Raises:
        NatrecError: The config or the credentials cannot be used.

    """
    from stacksets.loading import load_config  # noqa: PLC0415 - slow to import

    loaded = load_config(config)
    hub, accounts = loaded.organization.hub, ways.accounts(loaded)
    return lambda service: accounts(hub.account, hub.region, service)


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


def card(document: Document, columns: int | None = None) -> str:
    """Everything about one, a field a line; where so many columns are there, longer ones go on below."""
    shown = {name: value for name, value in document.items() if value not in (None, [], "")}
    width = max(map(len, shown)) + 2
    lines = []
    for name, value in shown.items():
        words = _words(value)
        first, *rest = _folded(words, columns - width) if columns else [words]
        lines += [f"{name.replace('_', ' '):<{width}}{first}", *(" " * width + each for each in rest)]
    return "\n".join(lines)


def _folded(words: str, room: int) -> list[str]:
    """Never within an id or an ARN, which somebody may want to copy."""
    room = max(_NARROWEST, room)
    return textwrap.wrap(words, room, break_long_words=False, break_on_hyphens=False) or [""]


def _words(value: object) -> str:
    match value:
        case list():
            return ", ".join(map(_part, value))
        case dict():
            return ", ".join(f"{name} {_words(part)}" for name, part in value.items())
        case float():
            return f"{value:,.1f}"
        case int():
            return f"{value:,}"
        case _:
            return str(value)


def page_of(document: Document, s3: Any) -> bytes:  # noqa: ANN401 - a client
    """The page of a recording's report, as it lies in the hub's bucket.

    Raises:
        NatrecError: There is none, or it cannot be read.

    """
    from botocore.exceptions import ClientError  # noqa: PLC0415 - slow to import

    if not document.get("report"):
        raise NatrecError(f"{document['id']} has no report", next="One that is open has none yet.")
    bucket, _, key = document["report"].removeprefix("s3://").partition("/")
    page = key.removesuffix(".json") + ".html"
    try:
        body: bytes = s3.get_object(Bucket=bucket, Key=page)["Body"].read()
    except ClientError as problem:
        raise NatrecError(f"s3://{bucket}/{page} cannot be read: {problem}") from problem
    return body


def _part(value: object) -> str:
    """Suspects are all that has parts of its own."""
    from hub.domain.suspects import line  # noqa: PLC0415 - only for who asks

    return line(value) if isinstance(value, Mapping) else str(value)
