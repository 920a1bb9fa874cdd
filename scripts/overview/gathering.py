"""What an overview is made of, asked of the hub's account: table, queues, sweeps, alarms and metrics."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from hub.adapters.browsing import Browser
from hub.adapters.ledger import TableLedger
from hub.adapters.transactions import Transactions
from hub.adapters.watching import TableWatch
from hub.domain.measures import OPEN, OVERDUE, QUOTA
from hub.domain.recordings import as_document
from hub.usecases.take_stock import TakeStock
from orgconfig.names import Names
from scripts.overview.adding import Added, add_up
from scripts.overview.measuring import measured
from stacksets.inspection.sweeps import Sweep, last_sweeps
from stacksets.inspection.targets import Place

QUEUES = {"notices waiting": "notices_queue", "dead notices": "dead_notices", "dead letters": "dead_letters"}


class Clients(Protocol):
    """Clients of the hub's account and region, by service."""

    def __call__(self, service: str) -> Any:  # noqa: ANN401 - a client
        """A client."""


@dataclass(frozen=True)
class _At:
    moment: datetime

    def now(self) -> datetime:
        """The moment that the overview is of."""
        return self.moment


@dataclass(frozen=True)
class Overview:
    """The hub at one look.

    Attributes:
        namespace: Whose.
        first: Where its history begins.
        now: When it was made.
        open: Recordings that are open.
        overdue: Those of them that are past their limit.
        quotas: Per cent used of the fullest quota, by whose it is.
        history: What the span adds up to.
        queues: Messages in each queue.
        sweeps: The last sweep of each kind.
        alarms: State of each alarm about the hub, by its name.
        measured: What the hub's metrics add up to.
        missing: What could not be asked, and why.

    """

    namespace: str
    first: datetime
    now: datetime
    open: int
    overdue: int
    quotas: Mapping[str, float]
    history: Added
    queues: Mapping[str, int]
    sweeps: Mapping[str, Sweep]
    alarms: Mapping[str, str]
    measured: Mapping[str, float] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        """As JSON shows it; times are UTC ISO 8601."""
        history = asdict(self.history) | {
            "latest": [as_document(each) for each in self.history.latest],
            "days": [{**asdict(each), "day": f"{each.day}"} for each in self.history.days],
        }
        return {
            "namespace": self.namespace,
            "since": self.first.isoformat(),
            "as_of": self.now.isoformat(),
            "open": self.open,
            "overdue": self.overdue,
            "quota_used_percent": dict(self.quotas),
            **history,
            "queues": dict(self.queues),
            "sweeps": {kind: each.document() for kind, each in self.sweeps.items()},
            "alarms": dict(self.alarms),
            "measured": dict(self.measured),
            "missing": list(self.missing),
        }


def gather(clients: Clients, hub: Place, names: Names, first: datetime, now: datetime) -> Overview:
    """Ask for everything; beside the table, what cannot be asked is left out and told.

    Raises:
        RecordingFault: The table cannot be read.

    """
    table = clients("dynamodb")
    browser = Browser(table, names.table)
    ledger = TableLedger(table, names.table, Transactions(table, lambda _: None, lambda: 0.0))
    stock = TakeStock(ledger, TableWatch(table, names.table), _At(now))()
    gauges = {metric: value for each in stock if each.value is None for metric, value in each.values.items()}
    refusals = [each for each in browser.since(first, now) if each["state"] == "refused"]
    missing: list[str] = []

    def asked(what: str, ask: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        try:
            return ask()
        except (ClientError, BotoCoreError) as problem:
            missing.append(f"{what}: {problem}")
            return {}

    return Overview(
        namespace=names.namespace,
        first=first,
        now=now,
        open=int(gauges[OPEN]),
        overdue=int(gauges[OVERDUE]),
        quotas={each.value: each.values[QUOTA] for each in stock if each.value},
        history=add_up(browser.recordings(first, now), refusals, first, now),
        queues=asked("queues", lambda: _queues(clients("sqs"), names)),
        sweeps=asked("sweeps", lambda: last_sweeps(clients("stepfunctions"), hub, names)),
        alarms=asked("alarms", lambda: _alarms(clients("cloudwatch"), names)),
        measured=asked("metrics", lambda: measured(clients("cloudwatch"), hub, names, (first, now))),
        missing=tuple(missing),
    )


def _queues(client: Any, names: Names) -> dict[str, int]:  # noqa: ANN401 - a client
    found = {}
    for words, name in QUEUES.items():
        url = client.get_queue_url(QueueName=getattr(names, name))["QueueUrl"]
        asked = ["ApproximateNumberOfMessages"]
        told = client.get_queue_attributes(QueueUrl=url, AttributeNames=asked)["Attributes"]
        found[words] = int(told[asked[0]])
    return found


def _alarms(client: Any, names: Names) -> dict[str, str]:  # noqa: ANN401 - a client
    pages = client.get_paginator("describe_alarms").paginate(AlarmNamePrefix=names.hub_alarm(""))
    return {each["AlarmName"]: each["StateValue"] for page in pages for each in page["MetricAlarms"]}
