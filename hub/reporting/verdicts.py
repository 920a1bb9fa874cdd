"""Whether those who were suspected at the start were right, as the records tell."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from hub.domain.suspecting import SUSPECT
from hub.domain.suspects import called
from hub.domain.wording import length
from hub.reporting.findings import Findings

Document = Mapping[str, Any]


def verdicts(found: Findings, recording: Document | None) -> list[dict[str, Any]]:
    """Each suspect with what it made of its direction's bytes, and whether that is what it was suspected of.

    A pod bears the address of its node, so the records do not tell of it; nor do records that are not there.
    """
    suspects = (recording or {}).get("suspects") or []
    return [
        {**each, "made": made, "right": _right(made)} for each in suspects for made in [_made(found, each)]
    ]


def _made(found: Findings, suspect: Document) -> float | None:
    total = found.total(suspect["direction"])
    if not total or not suspect["addresses"]:
        return None
    addresses = set(suspect["addresses"])
    own = [
        each.bytes
        for each in found.talkers
        if each.direction == suspect["direction"] and each.client in addresses
    ]
    return round(sum(own) / total, 6)


def _right(made: float | None) -> bool | None:
    return None if made is None else made >= SUSPECT


def verdict(judged: Sequence[Document], recording: Document | None) -> str | None:
    """All of it in one sentence; None where nobody was suspected."""
    if not judged or not recording:
        return None
    after = _after(recording)
    if len(judged) == 1:
        return _alone(judged[0], after)
    known = [each for each in judged if each["right"] is not None]
    right = sum(each["right"] for each in known)
    if not known:
        return f"Whether the {len(judged)} suspects named {after} were right, the records do not tell."
    parts = ", ".join(_part(each) for each in known)
    return (
        f"Of {len(judged)} suspects named {after}, {right} {'was' if right == 1 else 'were'} right: {parts}."
    )


def _alone(one: Document, after: str) -> str:
    if one["right"] is None:
        return f"Whether the suspect named {after} was right, {called(one)}, the records do not tell."
    return f"The suspect named {after} was {'right' if one['right'] else 'wrong'}: {_part(one)}."


def _part(one: Document) -> str:
    return f"{called(one)} made {one['made']:.0%} of the {one['direction']}"


def _after(recording: Document) -> str:
    opened, named = (datetime.fromisoformat(recording[each]) for each in ("opened_at", "suspected_at"))
    return f"{length(named - opened)} after the start"
