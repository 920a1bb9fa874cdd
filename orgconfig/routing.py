"""Who is told of a notice: the central team, and whoever has a route to the gateway."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orgconfig.interests import Interest
from orgconfig.policy_parts import NotifyPolicy, RoutePolicy
from orgconfig.subjects import Subject, matches

_ID_LENGTH = 12


@dataclass(frozen=True)
class Audience:
    """Where one notice goes.

    Attributes:
        central: Whether the central team's addresses and chat are told.
        routes: The ids of the routes whose addresses are told.
        slack: The secrets of the channels that are told, each once.

    """

    central: bool
    routes: tuple[str, ...]
    slack: tuple[str, ...]


def route_id(match: Mapping[str, object], kinds: tuple[Interest, ...]) -> str:
    """What a route is called where its addresses are subscribed: the same as long as it means the same."""
    meaning = json.dumps([match, sorted(kinds)], sort_keys=True)
    return hashlib.sha256(meaning.encode()).hexdigest()[:_ID_LENGTH]


def audience(policy: NotifyPolicy, interest: Interest | None, subject: Subject | None) -> Audience:
    """Who is told.

    Args:
        policy: Who wants to be told of what.
        interest: What the notice is about; a test has none, and everybody is told.
        subject: The gateway or the place; None when it is about no place, or about the organization.

    """
    central = interest is None or interest in policy.kinds
    routes = tuple(_reached(policy, interest, subject))
    secrets = [policy.slack_secret if central else None, *(route.slack_secret for route in routes)]
    return Audience(
        central=central,
        routes=tuple(dict.fromkeys(each.id for each in routes if each.email)),
        slack=tuple(dict.fromkeys(filter(None, secrets))),
    )


def routed_tags(policy: NotifyPolicy, tags: Mapping[str, str]) -> dict[str, str]:
    """Those of a gateway's tags that some route asks for; nothing else need be remembered."""
    asked = {key for route in policy.routes if route.match.tag for key in route.match.tag}
    return {key: value for key, value in tags.items() if key in asked}


def _reached(
    policy: NotifyPolicy, interest: Interest | None, subject: Subject | None
) -> Iterator[RoutePolicy]:
    for route in policy.routes:
        if interest is None or (
            interest in route.kinds and subject is not None and matches(route.match, subject)
        ):
            yield route
