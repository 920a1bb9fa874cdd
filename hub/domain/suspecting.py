"""Who may have caused a rise: the clients whose own traffic rose with the gateway's."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from hub.domain.rises import Part, Rise, Series, part, rise
from hub.domain.suspects import UNSEEN, Direction, Suspect, Suspicion

# What answers a download is an upload of some hundredths; a direction that rose by less than half of the
# other is not what the alarm is about.
_MAIN = 0.5
# From a fifth of the gateway's rise on somebody is worth a look; no more than five can have that much.
SUSPECT = 0.2
# A server's own ups and downs are of this order, whatever the gateway does.
_RISEN = 1.5
# One who has half of the rise leaves less than that to anybody else.
_MOST = 0.5
# Metrics count headers, retries and traffic within the VPC too: some tenths more than the gateway are noise.
_BEYOND = 1.3
_NAMED = 3


@dataclass(frozen=True)
class Client:
    """Who may be behind the gateway.

    Attributes:
        id: The instance's id; of a pod `cluster/namespace/name`; of an ECS service `cluster/service`.
        name: What people call it.
        addresses: Its addresses in the VPC; none of a pod, whose traffic bears its node's.
        kind: A pod is where its cluster's nodes are; which gateway it uses is not told. A service is all of
            its tasks, also those elsewhere.

    """

    id: str
    name: str | None = None
    addresses: tuple[str, ...] = ()
    kind: Literal["instance", "pod", "service"] = "instance"


@dataclass(frozen=True)
class Watched:
    """One direction, as CloudWatch counted it.

    Attributes:
        gateway: The gateway's bytes.
        clients: The bytes of each client, by its id.

    """

    gateway: Series = field(default_factory=Series)
    clients: Mapping[str, Series] = field(default_factory=dict)


@dataclass(frozen=True)
class Evidence:
    """What the spoke could tell.

    Attributes:
        clients: Every client that routes through the gateway and was among the busiest, by its id.
        watched: Both directions.

    """

    clients: Mapping[str, Client] = field(default_factory=dict)
    watched: Mapping[Direction, Watched] = field(default_factory=dict)


def suspicion(evidence: Evidence, alarmed_at: datetime, now: datetime) -> Suspicion:
    """Who may have caused it.

    Args:
        evidence: What the spoke told.
        alarmed_at: When an alarm told of the rise.
        now: The time of the look.

    """
    rises = _rises(evidence, alarmed_at)
    if not rises:
        return Suspicion(now, none="the gateway's own metrics show no rise yet")
    parts = [
        (direction, client, found)
        for direction, of_gateway in rises.items()
        for client, found in _parts(evidence, direction, of_gateway)
    ]
    if not parts:
        return Suspicion(now, none=_unseen(evidence, rises))
    risen = [each for each in parts if _has_risen(each[2])]
    risen.sort(key=lambda each: (-each[2].share, each[1].id))
    if not risen:
        return Suspicion(
            now, none=f"nobody's own traffic rose with it; {UNSEEN} have no metrics that tell it"
        )
    named = tuple(_suspect(*each, [one for one in risen if one != each]) for each in risen[:_NAMED])
    return Suspicion(now, named, explained=_explained(rises, parts))


def _explained(rises: Mapping[Direction, Rise], parts: Iterable[tuple[Direction, Client, Part]]) -> float:
    """What all clients with metrics had of the higher rise; pods not, for their nodes count them too."""
    main = max(rises, key=lambda each: rises[each].height)
    shares = [max(0.0, found.share) for way, client, found in parts if way == main and client.kind != "pod"]
    return round(min(1.0, sum(shares)), 4)


def _rises(evidence: Evidence, alarmed_at: datetime) -> dict[Direction, Rise]:
    """The directions that rose; one that only answers the other is left out."""
    found = {
        direction: of_gateway
        for direction, watched in evidence.watched.items()
        if (of_gateway := rise(watched.gateway, alarmed_at))
    }
    highest = max((each.height for each in found.values()), default=0.0)
    return {direction: each for direction, each in found.items() if each.height >= highest * _MAIN}


def _parts(evidence: Evidence, direction: Direction, of_gateway: Rise) -> list[tuple[Client, Part]]:
    watched = evidence.watched[direction]
    return [
        (client, found)
        for client in evidence.clients.values()
        if (series := watched.clients.get(client.id)) and (found := part(series, watched.gateway, of_gateway))
    ]


def _has_risen(found: Part) -> bool:
    return found.share >= SUSPECT and found.since >= found.before * _RISEN


def _unseen(evidence: Evidence, rises: Mapping[Direction, Rise]) -> str:
    seen = any(evidence.watched[each].clients.keys() & evidence.clients.keys() for each in rises)
    if not seen:
        return (
            f"none of the busiest clients routes through the gateway; {UNSEEN} have no metrics that tell it"
        )
    return "the newest metrics of the clients behind it are older than the rise"


def _suspect(
    direction: Direction, client: Client, found: Part, others: list[tuple[Direction, Client, Part]]
) -> Suspect:
    doubts = list(_doubts(direction, client, found, others))
    return Suspect(
        client=client.id,
        name=client.name,
        addresses=client.addresses,
        direction=direction,
        before=round(found.before),
        since=round(found.since),
        share=round(found.share, 4),
        sureness="possible" if doubts else "likely",
        reason="; ".join(doubts) or "it rose in the same minutes by about as much, and nobody else did",
    )


def _doubts(
    direction: Direction, client: Client, found: Part, others: list[tuple[Direction, Client, Part]]
) -> "list[str]":
    rivals = [each for way, one, each in others if way == direction and one.kind == client.kind]
    doubts = {
        f"its metrics are {found.minutes:.0f}-minute averages": found.minutes > 1,
        "its traffic rose by more than the gateway's, so part of it went elsewhere": found.share > _BEYOND,
        "most of the rise is not its own": found.share < _MOST,
        "others rose as much": found.share >= _MOST and any(each.share >= _MOST for each in rivals),
        "it was as busy earlier in the hour": found.most_before >= found.since,
        "metrics do not tell which gateway a pod uses": client.kind == "pod",
        "metrics of a service are of all its tasks, wherever they send": client.kind == "service",
    }
    return [words for words, holds in doubts.items() if holds]
