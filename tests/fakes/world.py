"""What else the hub talks to: executions, the team, the archive, the reports."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from hub.domain.destinations import Destination
from hub.domain.errors import RecordingFault
from hub.domain.gateways import Availability, GatewayRef
from hub.domain.notices import Notice
from hub.domain.organization import Placement, Roster
from hub.domain.recordings import Recording
from hub.domain.rises import Series
from hub.domain.suspecting import Client, Evidence, Watched
from hub.domain.suspects import DIRECTIONS, Direction
from hub.notices.mail import letter


@dataclass
class FakeExecutions:
    """Executions that run until a test ends them; the list of them may lag behind."""

    alive: set[str] = field(default_factory=set)
    unlisted: set[str] = field(default_factory=set)
    started: dict[str, Mapping[str, object]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    woken: list[str] = field(default_factory=list)
    recovered: dict[str, datetime | None] = field(default_factory=dict)
    faults: list[Exception] = field(default_factory=list)
    unstartable: Exception | None = None

    def wake(self, task_token: str, recovered_at: datetime | None = None) -> None:
        if self.faults:
            raise self.faults.pop(0)
        self.woken.append(task_token)
        self.recovered[task_token] = recovered_at

    def is_running(self, execution: str) -> bool:
        if self.faults:
            raise self.faults.pop(0)
        self.asked.append(execution)
        return execution in self.alive

    def running(self) -> frozenset[str]:
        return frozenset(self.alive - self.unlisted)

    def start(self, name: str, event: Mapping[str, object]) -> bool:
        if self.faults:
            raise self.faults.pop(0)
        if self.unstartable:
            raise self.unstartable
        return self.started.setdefault(name, event) is event


@dataclass
class FakeOrganization:
    """An organization that a test fills; it counts how often it is asked."""

    accounts: dict[str, Placement] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def place(self, account: str) -> Placement | None:
        self.asked.append(account)
        return self.accounts.get(account)

    def roster(self) -> Roster:
        parents: dict[str, str | None] = {}
        for placement in self.accounts.values():
            parents |= dict(zip(placement.path, (None, *placement.path), strict=False))
        return Roster(
            parents=parents,
            accounts={account: placement.path[-1] for account, placement in self.accounts.items()},
            suspended=frozenset(each for each, placement in self.accounts.items() if placement.suspended),
        )


@dataclass
class FakeMembership:
    """Keeps the last roster, and a policy that a test may break."""

    kept: Roster | None = None
    problem: str | None = None

    def store(self, roster: Roster) -> bool:
        changed = roster != self.kept
        self.kept = roster
        return changed

    def vouch(self) -> str | None:
        return self.problem


@dataclass
class FakeWitness:
    """Metrics that a test fills; it fails as a test says.

    Attributes:
        told: The bytes of both directions, by who had them; the gateway's own under its id.
        behind: Who routes through each gateway.

    """

    told: dict[Direction, dict[str, Series]] = field(default_factory=dict)
    behind: dict[str, dict[str, Client]] = field(default_factory=dict)
    faults: list[Exception] = field(default_factory=list)

    def evidence(
        self, gateway: GatewayRef, availability: Availability, since: datetime, until: datetime
    ) -> Evidence:
        if self.faults:
            raise self.faults.pop(0)
        assert availability in {"zonal", "regional"}
        watched = {}
        for direction in DIRECTIONS:
            found = {
                each: Series(tuple(point for point in series.points if since <= point[0] < until))
                for each, series in self.told.get(direction, {}).items()
            }
            there = {each: series for each, series in found.items() if series.points}
            watched[direction] = Watched(there.pop(gateway.gateway, Series()), there)
        known = {each for one in watched.values() for each in one.clients}
        behind = self.behind.get(gateway.gateway, {})
        return Evidence({each: client for each, client in behind.items() if each in known}, watched)


@dataclass
class FakeMeter:
    """The bytes of gateways that a test fills; it fails as a test says."""

    told: dict[Direction, dict[str, Series]] = field(default_factory=dict)
    faults: list[Exception] = field(default_factory=list)

    def counts(
        self, gateway: GatewayRef, availability: Availability, since: datetime, until: datetime
    ) -> Mapping[Direction, Series]:
        if self.faults:
            raise self.faults.pop(0)
        assert availability in {"zonal", "regional"}
        found = {each: self.told.get(each, {}).get(gateway.gateway, Series()) for each in DIRECTIONS}
        return {
            each: Series(tuple(point for point in series.points if since <= point[0] < until))
            for each, series in found.items()
        }


@dataclass
class FakeNotices:
    """Keeps what the team would read."""

    sent: list[Notice] = field(default_factory=list)

    def read(self) -> str:
        """The latest as a mail, whose lines one need not know."""
        _, text = letter(self.sent[-1])
        return " ".join(text.split())

    def publish(self, notice: Notice) -> tuple[Destination, ...]:
        self.sent.append(notice)
        return ()


@dataclass
class FakeArchive:
    """Objects by the flow log they belong to, each with its size and when it arrived."""

    objects: dict[str, list[tuple[int, datetime]]] = field(default_factory=dict)

    def deliver(self, flow_log: str, size: int, at: datetime) -> None:
        self.objects.setdefault(flow_log, []).append((size, at))

    def measure(self, recording: Recording, until: datetime) -> tuple[int, int]:
        sizes = [
            size for each in recording.flow_logs for size, at in self.objects.get(each, ()) if at <= until
        ]
        return len(sizes), sum(sizes)


@dataclass
class FakeReports:
    """Documents by their URL."""

    written: dict[str, str] = field(default_factory=dict)
    unreadable: Exception | None = None

    def place(self, recording: str, name: str) -> str:
        return f"s3://reports/recordings/{recording}/{name}"

    def write(self, recording: str, name: str, text: str) -> None:
        self.written[self.place(recording, name)] = text

    def read(self, recording: str, name: str) -> str | None:
        if self.unreadable:
            raise self.unreadable
        return self.written.get(self.place(recording, name))


@dataclass
class FakePaid:
    """What a test says is paid."""

    said: dict[str, float] = field(default_factory=dict)

    def prices(self) -> Mapping[str, float]:
        return self.said


@dataclass
class FakeAnswers:
    """Answers by their query; a query that nobody asked has none."""

    answered: dict[str, list[dict[str, str | None]]] = field(default_factory=dict)

    def rows(self, query: str) -> Iterable[Mapping[str, str | None]]:
        if query not in self.answered:
            raise RecordingFault(f"reading the answer of query {query}: it was not found")
        return list(self.answered[query])
