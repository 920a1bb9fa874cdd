"""Suspects as an attribute of a recording's item."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from hub.domain.suspects import Suspect, Suspicion, document_of


def write(suspicion: Suspicion | None) -> dict[str, object] | None:
    """Plain values; DynamoDB takes no floats."""
    if suspicion is None:
        return None
    suspects = [document_of(each) | {"share": Decimal(str(each.share))} for each in suspicion.suspects]
    at = suspicion.at.isoformat() if suspicion.at else None
    explained = None if suspicion.explained is None else Decimal(str(suspicion.explained))
    return {**asdict(suspicion), "at": at, "suspects": suspects, "explained": explained}


def read(values: Mapping[str, Any] | None) -> Suspicion | None:
    """The same again; None of a recording for which nobody looked."""
    if values is None:
        return None
    suspects = tuple(map(_suspect, values["suspects"]))
    at = datetime.fromisoformat(values["at"]) if values["at"] else None
    explained = values.get("explained")
    known = {"at": at, "suspects": suspects, "explained": None if explained is None else float(explained)}
    return Suspicion(**{**values, **known})


def _suspect(values: Mapping[str, Any]) -> Suspect:
    numbers = {"before": int(values["before"]), "since": int(values["since"])}
    share = float(values["share"])
    return Suspect(**{**values, **numbers, "share": share, "addresses": tuple(values["addresses"])})
