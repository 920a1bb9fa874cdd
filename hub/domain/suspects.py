"""Suspects, as a recording keeps them and a person reads them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from hub.domain.named import line as one_line
from hub.domain.wording import iso, size

Direction = Literal["upload", "download"]
DIRECTIONS: tuple[Direction, ...] = ("upload", "download")
Sureness = Literal["likely", "possible"]
# Who may be behind a gateway without anything that says so.
UNSEEN = "functions, tasks without Container Insights and clients behind a transit gateway"
# Metrics count headers and other traffic too: what is left of a rise that is explained this far is noise.
_WHOLE = 0.9
# A denial names role, action, resource and policy; whoever reads a notice needs its beginning.
_LONGEST = 300


@dataclass(frozen=True)
class Suspect:
    """A client that may have caused the rise.

    Attributes:
        client: Its id.
        name: What people call it.
        addresses: Its addresses, by which the report will know it.
        direction: A download is what the client received.
        before: Its bytes per minute before.
        since: Its bytes per minute since.
        share: Its rise in parts of the gateway's.
        sureness: How sure that is.
        reason: Why, in words.

    """

    client: str
    name: str | None
    addresses: tuple[str, ...]
    direction: Direction
    before: int
    since: int
    share: float
    sureness: Sureness
    reason: str


@dataclass(frozen=True)
class Suspicion:
    """What was found when it was looked for.

    Attributes:
        at: When it was found; None when it could not be looked for.
        suspects: The largest share first; at most three.
        none: Why there are none, in words.
        failed: Why they could not be looked for, in words.
        explained: What all clients with metrics, named or not, had of the rise; None where nobody is named.

    """

    at: datetime | None = None
    suspects: tuple[Suspect, ...] = ()
    none: str | None = None
    failed: str | None = None
    explained: float | None = None


def document_of(suspect: Suspect) -> dict[str, Any]:
    """A suspect in the shape that commands and reports share."""
    return {
        "client": suspect.client,
        "name": suspect.name,
        "addresses": list(suspect.addresses),
        "direction": suspect.direction,
        "before": suspect.before,
        "since": suspect.since,
        "share": suspect.share,
        "sureness": suspect.sureness,
        "reason": suspect.reason,
    }


def as_document(suspicion: Suspicion | None) -> dict[str, Any]:
    """What a recording says of its suspects; nothing, when nobody looked."""
    found = suspicion.suspects if suspicion else ()
    return {
        "suspects": [document_of(each) for each in found],
        "suspected_at": iso(suspicion.at) if suspicion else None,
        "suspects_explain": suspicion.explained if suspicion else None,
        "no_suspects": (suspicion.none or suspicion.failed) if suspicion else None,
    }


def called(suspect: Mapping[str, Any]) -> str:
    """A suspect's document by its id and its name."""
    return f"{suspect['client']} {suspect['name']}" if suspect["name"] else str(suspect["client"])


def line(suspect: Mapping[str, Any]) -> str:
    """A suspect's document in one line."""
    rose = f"from {size(suspect['before'])} to {size(suspect['since'])} a minute"
    return (
        f"{called(suspect)}: {suspect['direction']} rose {rose}, {_share(suspect['share'])}. "
        f"{suspect['sureness'].capitalize()}: {suspect['reason']}."
    )


def _share(share: float) -> str:
    return f"{share:.0%} of the gateway's rise" if share <= 1 else "all of the gateway's rise"


def paragraph(suspicion: Suspicion) -> str:
    """What the notice of the start says: one line each, with how sure it is and why."""
    if suspicion.failed:
        return f"Suspects could not be looked for: {one_line(suspicion.failed, _LONGEST)}"
    if suspicion.none:
        return f"No suspect: {suspicion.none}."
    lines = [line(document_of(each)) for each in suspicion.suspects]
    suspects = "A suspect, by its" if len(lines) == 1 else "Suspects, by their"
    head = f"{suspects} own network metrics; the report will tell whether that was right:"
    return "\n".join([head, *(f"  {each}" for each in lines), *_rest(suspicion.explained)])


def _rest(explained: float | None) -> list[str]:
    """What nobody who is named explains, and who might."""
    if explained is None or explained >= _WHOLE:
        return []
    return [f"Clients with metrics explain {explained:.0%} of the rise; {UNSEEN} have none that tell it."]
