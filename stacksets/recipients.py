"""Who is subscribed to the hub's topics, and whose secrets its functions read."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from orgconfig.models.notify import Notify
from orgconfig.routing import route_id


@dataclass(frozen=True)
class Subscription:
    """One address that is told.

    Attributes:
        address: The address.
        prefix: How its name within the template begins.
        filter: What it is told of, as SNS filters; None for everything.

    """

    address: str
    prefix: str = "Email"
    filter: Mapping[str, list[str]] | None = None

    @property
    def logical_id(self) -> str:
        """Made from the address, so that an address stays subscribed when another one leaves the list."""
        return f"{self.prefix}{hashlib.sha256(self.address.encode()).hexdigest()[:12]}"


def routed(notify: Notify) -> tuple[Subscription, ...]:
    """Whoever has routes: one subscription each, for a topic takes an address once.

    Whoever is of the central team too is told here only what the central team is not, so nothing twice.
    """
    wanted: dict[str, tuple[list[str], set[str]]] = {}
    for route in notify.routes:
        identity = route_id(route.match.model_dump(exclude_none=True), route.kinds)
        for address in route.email:
            routes, kinds = wanted.setdefault(address, ([], set()))
            routes.append(identity)
            kinds |= set(route.kinds) - set(notify.kinds if address in notify.email else ())
    return tuple(
        Subscription(address, "RoutedEmail", {"route": routes, "interest": [*sorted(kinds), "test"]})
        for address, (routes, kinds) in wanted.items()
        if kinds
    )


def secret_arns(notify: Notify) -> tuple[str, ...]:
    """The secrets of all channels, as ARNs with what CloudFormation fills in.

    Secrets Manager adds a hyphen and six characters to a name (User Guide, "IAM policy examples").
    """
    prefix = "arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:"
    return tuple(name if name.startswith("arn:") else f"{prefix}{name}-??????" for name in notify.secrets)
