"""What CloudWatch in a spoke tells of a rise, minutes before the first record."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from hub.adapters import metric_queries
from hub.adapters.metric_answers import Metrics as Answers
from hub.adapters.metric_answers import Told
from hub.adapters.metric_queries import BUSIEST, METRICS, PERIOD, Metrics
from hub.adapters.routing import Behind, behind
from hub.adapters.sessions import Sessions
from hub.domain.gateways import Availability, GatewayRef
from hub.domain.rises import Series
from hub.domain.suspecting import Client, Evidence, Watched
from hub.domain.suspects import Direction

_INSTANCE = re.compile(r"i-[0-9a-f]{8,17}")
_POD_PARTS = 3


@dataclass(frozen=True)
class CloudWatchWitness:
    """Asks CloudWatch twice, once for each direction, then EC2 who of the busiest stands behind the gateway.

    GetMetricData takes one Metrics Insights query and metrics beside it (API reference); a regional
    gateway and pods are queries of their own. A thousand metrics analysed cost a cent (CloudWatch pricing).
    """

    sessions: Sessions

    def evidence(
        self, gateway: GatewayRef, availability: Availability, since: datetime, until: datetime
    ) -> Evidence:
        """What the gateway and the busiest clients behind it had."""
        place = (gateway.account, gateway.region)
        asking = _Asking(Answers(self.sessions.spoke(*place, "cloudwatch"), " ".join(place), since, until))
        watched = {
            direction: asking.direction(metrics, gateway.gateway, availability)
            for direction, metrics in METRICS.items()
        }
        ids = sorted({each for one in watched.values() for each in one.clients})
        found = behind(self.sessions.spoke(*place, "ec2"), gateway, ids[: 2 * BUSIEST])
        return _with_pods(asking, found, watched)


def _with_pods(asking: "_Asking", found: Behind, watched: Mapping[Direction, Watched]) -> Evidence:
    """Pods are asked for where nodes of their cluster stand behind the gateway."""
    if not found.clusters:
        return Evidence(found.clients, watched)
    clients, told = dict(found.clients), dict(watched)
    for direction, one in watched.items():
        pods = asking.pods(METRICS[direction], found.clusters)
        clients |= {each: Client(each, kind="pod") for each in pods}
        told[direction] = replace(one, clients={**one.clients, **pods})
    return Evidence(clients, told)


@dataclass(frozen=True)
class _Asking:
    """What is asked of one spoke, for one span of time."""

    answers: Answers

    def direction(self, metrics: Metrics, gateway: str, availability: Availability) -> Watched:
        """The busiest instances and the gateway."""
        queries = [
            metric_queries.instances(metrics),
            metric_queries.of_gateway(metrics, gateway, availability),
        ]
        asked = [queries] if availability == "zonal" else [[each] for each in queries]
        told = {identity: found for each in asked for identity, found in self.answers.series(each).items()}
        clients = {each: series for each, series in told["instances"].items() if _INSTANCE.fullmatch(each)}
        return Watched(next(iter(told["gateway"].values()), Series()), clients)

    def pods(self, metrics: Metrics, clusters: Iterable[str]) -> Told:
        """The busiest workloads of these clusters, by `cluster/namespace/name`."""
        told = self.answers.series([metric_queries.pods(metrics)])["pods"]
        named = {tuple(label.split()): series for label, series in told.items()}
        return {
            "/".join(parts): Series(tuple((at, rate * PERIOD) for at, rate in series.points))
            for parts, series in named.items()
            if len(parts) == _POD_PARTS and parts[0] in clusters
        }
