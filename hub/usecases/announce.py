"""A notice is put on its way to whoever is told of such."""

from collections.abc import Callable
from dataclasses import dataclass

from hub.domain.deliveries import Delivery
from hub.domain.destinations import Destination
from hub.domain.gateways import GatewayRef
from hub.domain.notices import Notice, interest
from hub.ports import Clock, Ledger, Outbox

Render = Callable[[Notice, Destination], dict[str, object]]


@dataclass(frozen=True)
class Announce:
    """Tell everybody who wants to know, without waiting for any of them.

    Attributes:
        ledger: Knows the policy, which says who.
        outbox: Where the deliveries wait.
        render: The notice as a channel sends it.

    """

    ledger: Ledger
    outbox: Outbox
    render: Render
    clock: Clock

    def publish(self, notice: Notice) -> tuple[Destination, ...]:
        """Put one delivery for each destination on its way; answers the destinations.

        Raises:
            Transient: Not all of them; the same again does no harm.

        """
        rules = self.ledger.rules(self.clock.now())
        told = rules.recipients(interest(notice.kind), notice.place, notice.tags)
        place = GatewayRef(notice.place.account, notice.place.region, notice.place.gateway)
        self.outbox.put(
            Delivery(notice.kind, notice.about, each, self.render(notice, each), place) for each in told
        )
        return told
