"""What an overview asks of CloudWatch: the metrics of what the hub's table does not keep, added up."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.domain.measures import FINDINGS, NOTICES, NOTICES_FAILED, PROBLEMS, UNREACHABLE
from orgconfig.names import Names
from stacksets.inspection.targets import Place

DAY = 86400
_BADLY = ("ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted")


@dataclass(frozen=True)
class Asked:
    """One metric, and what it is called; those of one name are added up.

    Attributes:
        words: How the page calls it.
        namespace: Its namespace.
        metric: Its name.
        dimensions: Its dimensions.
        highest: Whether it is a gauge, of which only the highest value says something.

    """

    words: str
    namespace: str
    metric: str
    dimensions: tuple[tuple[str, str], ...] = ()
    highest: bool = False

    def query(self, identity: str) -> dict[str, Any]:
        """As GetMetricData takes it; of a span that is older than 63 days it takes whole hours at least."""
        named = [{"Name": name, "Value": value} for name, value in self.dimensions]
        metric = {"Namespace": self.namespace, "MetricName": self.metric, "Dimensions": named}
        statistic = "Maximum" if self.highest else "Sum"
        return {"Id": identity, "MetricStat": {"Metric": metric, "Period": DAY, "Stat": statistic}}


def measured(
    client: Any,  # noqa: ANN401 - a client
    hub: Place,
    names: Names,
    span: tuple[datetime, datetime],
) -> dict[str, float]:
    """Each number by its words; what was never sent counts for nothing.

    Args:
        client: CloudWatch of the hub's account and region.
        hub: Where that is.
        names: The installation's.
        span: From when to when.

    """
    prefix = f"arn:{client.meta.partition}:states:{hub.region}:{hub.account}:stateMachine:"
    asked = {f"m{number}": each for number, each in enumerate(_all(names, prefix))}
    queries = [each.query(identity) for identity, each in asked.items()]
    found = dict.fromkeys((each.words for each in asked.values()), 0.0)
    for identity, values in _values(client, queries, span).items():
        one = asked[identity]
        found[one.words] += max(values) if one.highest else sum(values)
    return found


def _all(names: Names, prefix: str) -> Iterator[Asked]:
    own = names.namespace
    yield Asked("notices delivered", own, NOTICES.name)
    yield Asked("attempts to deliver that failed", own, NOTICES_FAILED.name)
    yield Asked("mended by sweeps", own, FINDINGS.name)
    yield Asked("not done by sweeps", own, PROBLEMS.name)
    yield Asked("spokes out of reach at once, at most", own, UNREACHABLE.name, highest=True)
    for machine in (names.state_machine, names.sweep_machine):
        for metric in _BADLY:
            arn = (("StateMachineArn", prefix + machine),)
            yield Asked("executions that ended badly", "AWS/States", metric, arn)


def _values(
    client: Any,  # noqa: ANN401 - a client
    queries: list[dict[str, Any]],
    span: tuple[datetime, datetime],
) -> Mapping[str, list[float]]:
    pages = client.get_paginator("get_metric_data").paginate(
        StartTime=span[0], EndTime=span[1], MetricDataQueries=queries
    )
    found: defaultdict[str, list[float]] = defaultdict(list)
    for each in (each for page in pages for each in page["MetricDataResults"] if each["Values"]):
        found[each["Id"]] += each["Values"]
    return found
