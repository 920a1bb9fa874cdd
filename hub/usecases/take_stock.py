"""What is open now, and how full the quotas are: the hub's gauges, read as every sweep begins."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from hub.domain.gateways import GatewayRef
from hub.domain.measures import Measured, of_stock
from hub.domain.quotas import Limit, Scope, limits
from hub.ports import Clock, Ledger, Watch


@dataclass(frozen=True)
class TakeStock:
    """Count what is open, and what of each account's and the organization's quotas is used."""

    ledger: Ledger
    watch: Watch
    clock: Clock

    def __call__(self) -> tuple[Measured, ...]:
        """The gauges; of quotas only where something is watched, for nothing else uses them."""
        now = self.clock.now()
        watched = list(self.watch.gateways())
        leases = [each.item.expires_at for each in watched if each.item.recording]
        overdue = sum(expires is not None and expires <= now for expires in leases)
        places = {each.gateway.account: each.gateway for each in watched}
        return of_stock(len(leases), overdue, self._used(places.values()))

    def _used(self, places: Iterable[GatewayRef]) -> dict[Scope, float]:
        """Per cent of the fullest quota, by whose it is; one gateway stands for its account."""
        now = self.clock.now()
        rules = self.ledger.rules(now)
        wanted: dict[Limit, None] = {}
        for place in places:
            shared = (each for each in limits(place, rules.terms(place, {}), now) if each.shared)
            wanted |= dict.fromkeys(each for each in shared if each.limit)
        usage = self.ledger.usage(each.counter for each in wanted)
        used: defaultdict[Scope, float] = defaultdict(float)
        for limit in wanted:
            scope = limit.counter.scope
            used[scope] = max(used[scope], 100 * usage.get(limit.counter, 0) / limit.limit)
        return dict(used)
