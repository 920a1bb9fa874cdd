"""A gateway's own count of its bytes, in its spoke's CloudWatch."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from hub.adapters import metric_queries
from hub.adapters.declared import through
from hub.adapters.metric_answers import Metrics
from hub.adapters.metric_queries import METRICS
from hub.adapters.sessions import Sessions
from hub.domain.gateways import Availability, GatewayRef
from hub.domain.rises import Series
from hub.domain.suspects import Direction


@dataclass(frozen=True)
class CloudWatchMeter:
    """One request; two for a regional gateway, whose zones a query of its own adds up in each direction.

    A byte is counted where it arrives (`BytesInFromSource`, `BytesInFromDestination`) and again where it
    leaves (`BytesOutToDestination`, `BytesOutToSource`); it is processed once (VPC User Guide, "NAT gateway
    metrics and dimensions"; aws.amazon.com/vpc/pricing), so only arrivals are asked for.
    """

    sessions: Sessions

    @through(Sessions.spoke, Metrics.series)
    def counts(
        self, gateway: GatewayRef, availability: Availability, since: datetime, until: datetime
    ) -> Mapping[Direction, Series]:
        """Its bytes per minute in both directions."""
        place = (gateway.account, gateway.region)
        asking = Metrics(self.sessions.spoke(*place, "cloudwatch"), " ".join(place), since, until)
        queries = [
            metric_queries.of_gateway(metrics, gateway.gateway, availability, direction)
            for direction, metrics in METRICS.items()
        ]
        asked = [queries] if availability == "zonal" else [[each] for each in queries]
        told = {identity: found for each in asked for identity, found in asking.series(each).items()}
        return {direction: next(iter(told[direction].values()), Series()) for direction in METRICS}
