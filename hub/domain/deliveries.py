"""Notices on their way: one delivery for each notice and destination, made once whatever comes twice."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

from hub.domain.destinations import Destination
from hub.domain.gateways import GatewayRef

NOWHERE = GatewayRef("", "", "")

# How long a delivery that failed rests, doubled each time: an outage of hours is met some times an hour, and
# when it is over, so is the wait within minutes.
_FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=3)


@dataclass(frozen=True)
class Delivery:
    """One notice for one destination.

    Attributes:
        kind: The notice's kind.
        about: What it tells of, once: a recording's id, or what else is told once.
        destination: Who is told.
        payload: What the channel sends, ready.
        place: Where it happened, for the log; empty where that is no place.

    """

    kind: str
    about: str
    destination: Destination
    payload: Mapping[str, Any] = field(repr=False)
    place: GatewayRef = NOWHERE

    @property
    def key(self) -> str:
        """The same for whatever comes twice; 64 characters that every service takes."""
        return _digest(f"{self.about} {self.kind} {self.destination}")

    @property
    def lane(self) -> str:
        """What keeps its order: everything for one destination, one after the other."""
        return _digest(str(self.destination))


def pause(attempt: int, asked: timedelta | None = None) -> timedelta:
    """How long to leave a destination alone that has just refused a notice.

    Args:
        attempt: How often this delivery was tried, from 1.
        asked: What the destination asked for, if anything; less than that would only be refused again.

    """
    doubled: timedelta = _FIRST_PAUSE * 2 ** min(attempt - 1, 16)
    return max(min(doubled, LONGEST_PAUSE), asked or timedelta(0))


def written(delivery: Delivery) -> str:
    """A delivery as a message."""
    return json.dumps(asdict(delivery), separators=(",", ":"), ensure_ascii=False)


def read(message: str) -> Delivery:
    """The delivery of a message.

    Raises:
        ValueError: It is none.

    """
    try:
        values = json.loads(message)
        found = values["destination"]
        destination = Destination(found["channel"], found["name"], tuple(found["routes"]))
        place = GatewayRef(**values["place"]) if "place" in values else NOWHERE
        return Delivery(values["kind"], values["about"], destination, values["payload"], place)
    except (KeyError, TypeError) as problem:
        raise ValueError(f"this is no notice: {problem!r}") from problem


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
