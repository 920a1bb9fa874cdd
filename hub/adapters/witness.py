"""What CloudWatch in a spoke tells of a rise, minutes before the first record."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from hub.adapters import metric_queries
from hub.adapters.declared import through
from hub.adapters.metric_answers import Metrics as Answers
from hub.adapters.metric_answers import Told
from hub.adapters.metric_queries import BUSIEST, METRICS, PERIOD, Metrics
from hub.adapters.routing import behind
from hub.adapters.sessions import Sessions
from hub.domain.gateways import Availability, GatewayRef
from hub.domain.rises import Series
from hub.domain.suspecting import Client, Evidence, Watched

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch.type_defs import MetricDataQueryTypeDef

_INSTANCE = re.compile(r"i-[0-9a-f]{8,17}")
_POD_PARTS, _SERVICE_PARTS = 3, 2


@dataclass(frozen=True)
class CloudWatchWitness:
    """Asks CloudWatch twice, once for each direction, then EC2 who of the busiest stands behind the gateway.

    GetMetricData takes one Metrics Insights query and metrics beside it (API reference); a regional
    gateway and pods are queries of their own. A thousand metrics analysed cost a cent (CloudWatch pricing).
    """

    sessions: Sessions

    @through(Sessions.spoke, Answers.series, behind)
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
        told = Evidence(found.clients, watched)
        if found.clusters:
            told = _with(told, partial(asking.pods, clusters=found.clusters), partial(Client, kind="pod"))
        if found.tasks:
            told = _with(told, partial(asking.services, tasks=found.tasks), partial(_service, found.tasks))
        return told


def _with(evidence: Evidence, ask: Callable[[Metrics], Told], client: Callable[[str], Client]) -> Evidence:
    """More clients, asked for in both directions."""
    clients, watched = dict(evidence.clients), dict(evidence.watched)
    for direction, one in evidence.watched.items():
        more = ask(METRICS[direction])
        clients |= {each: client(each) for each in more}
        watched[direction] = replace(one, clients={**one.clients, **more})
    return Evidence(clients, watched)


def _service(tasks: Mapping[str, tuple[str, ...]], identity: str) -> Client:
    return Client(identity, addresses=tasks.get(identity, ()), kind="service")


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

    def pods(self, metrics: Metrics, clusters: Collection[str]) -> Told:
        """The busiest workloads of these clusters, by `cluster/namespace/name`."""
        told = self._rates(metric_queries.pods(metrics), _POD_PARTS)
        return {each: series for each, series in told.items() if each.partition("/")[0] in clusters}

    def services(self, metrics: Metrics, tasks: Mapping[str, object]) -> Told:
        """The busiest services with such tasks, by `cluster/service`; all, where a task tells none."""
        told = self._rates(metric_queries.services(metrics), _SERVICE_PARTS)
        return {each: series for each, series in told.items() if each in tasks or "" in tasks}

    def _rates(self, query: "MetricDataQueryTypeDef", parts: int) -> Told:
        """Bytes by the values of so many keys; Container Insights counts them per second."""
        told = self.answers.series([query])[query["Id"]]
        named = {tuple(label.split()): series for label, series in told.items()}
        return {
            "/".join(label): Series(tuple((at, rate * PERIOD) for at, rate in series.points))
            for label, series in named.items()
            if len(label) == parts
        }
