"""A storm: many gateways in alarm within a second, and limits that let few of them be recorded at once."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

from scripts.stories import ledgers, witnesses
from scripts.stories.events import contributor_change, now
from scripts.stories.places import Document, Gateway, Organization, eventually, expect
from scripts.stories.sweeps import sweep_runs

ALARM = "natrec-standard-download-zonal"
ENTRIES = 10  # PutEvents takes no more
# Of younger news the sweep concludes nothing: the storm is told to a hub that was half a minute late.
SETTLED = timedelta(seconds=31)
# EC2 may cut the time of a creation to the second.
CUT = timedelta(seconds=1)
SWEEPS = 40  # at most; a dozen are enough
ADMITTED_WITHIN = 10  # seconds


@dataclass(frozen=True)
class Limits:
    """How many may be recorded at once and in a day, in all and in one account."""

    active: int
    a_day: int
    account_active: int
    account_a_day: int


@dataclass(frozen=True)
class Sighting:
    """What was open at one moment.

    Attributes:
        flow_logs: Recordings with a flow log that had been created before the moment and was seen after it.
        leased: Gateways with a lease.
        counted: The organization's counter.

    """

    flow_logs: frozenset[str]
    leased: frozenset[str]
    counted: int


@dataclass
class Storm:
    """What was done and seen.

    Attributes:
        fleet: The gateways that went into alarm.
        limits: What the policy allows.
        pause: Seconds between two sightings.
        patience: Seconds for each part of it.
        told: How many events told of it, duplicates included.
        sightings: What was open, again and again while it lasted.
        seconds: How long each part of it took.
        began: When it was made.
        calms: Whether traffic calms at gateways that are recorded.
        before: Executions of earlier storms.

    """

    organization: Organization
    limits: Limits
    fleet: tuple[Gateway, ...]
    pause: float
    patience: float
    told: int = 0
    sightings: list[Sighting] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    began: datetime = field(default_factory=now)
    calms: threading.Event = field(default_factory=threading.Event)
    before: int = 0
    _calm: set[str] = field(default_factory=set)

    @contextmanager
    def timed(self, part: str) -> Iterator[None]:
        """Note how long a part takes."""
        began = now()
        yield
        self.seconds[part] = round((now() - began).total_seconds(), 1)

    def watch(self) -> None:
        """Look once at what is open; whatever was so at two looks has been recorded for long enough."""
        threading.Event().wait(self.pause)
        before = self.sightings[-1].leased if self.sightings else frozenset()
        self.sightings.append(_sighted(self.organization))
        if self.calms.is_set():
            due = (before & self.sightings[-1].leased) - self._calm
            for place in by_place([gateway for gateway in self.fleet if gateway.id in due]):
                tell(place, "OK", now())
            self._calm |= due


def fleet(organization: Organization, count: int) -> tuple[Gateway, ...]:
    """So many zonal gateways, spread evenly over all accounts and regions."""
    line = organization.line
    places = [(account, region) for account in line["accounts"] for region in line["regions"]]
    each, more = divmod(count, len(places))
    numbers = [each + (at < more) for at in range(len(places))]
    return tuple(
        gateway
        for place, number in zip(places, numbers, strict=True)
        for gateway in organization.gateways(*place, number)
    )


def by_place(gateways: Sequence[Gateway]) -> list[list[Gateway]]:
    """The gateways of each account and region; those of one follow each other."""
    return [list(place) for _, place in groupby(gateways, lambda each: (each.account, each.region))]


def tell(gateways: Sequence[Gateway], state: str, at: datetime) -> None:
    """CloudWatch tells the same of all these gateways of one place."""
    entries = [contributor_change(gateway, ALARM, state, at) for gateway in gateways]
    client = gateways[0].client("events")
    for first in range(0, len(entries), ENTRIES):
        answer = client.put_events(Entries=entries[first : first + ENTRIES])
        expect(answer["FailedEntryCount"] == 0, answer)


def rage(storm: Storm, times: int = 2) -> None:
    """The storm, from its first onset until the day's recordings are used up, closed and reported."""
    with _meanwhile(storm.watch):
        _strike(storm, times)
        storm.calms.set()
        with storm.timed("recorded"):
            for _ in range(SWEEPS):
                if _opened(storm) < storm.limits.a_day:
                    _sweep(storm)
            eventually(lambda: _is_calm(storm), storm.patience, every=0.5)
    with storm.timed("last sweep"):
        sweep_runs(storm.organization)


def strike(storm: Storm) -> None:
    """Its first minute only: every gateway is in alarm, and each has its answer."""
    with _meanwhile(storm.watch):
        _strike(storm, times=1)


def abate(storm: Storm) -> None:
    """Every gateway recovers; answers when nothing is recorded any more."""
    for place in by_place(storm.fleet):
        tell(place, "OK", now())
    eventually(lambda: _is_calm(storm), storm.patience, every=0.5)


def _strike(storm: Storm, times: int) -> None:
    with storm.timed("told"):
        _break_loose(storm, times)
    with storm.timed("answered"):
        eventually(lambda: _all_answered(storm), storm.patience, every=1.0)


def _break_loose(storm: Storm, times: int) -> None:
    places = by_place(storm.fleet)
    at = now() - SETTLED
    moments = [at + timedelta(seconds=number / len(places)) for number in range(len(places))]
    with ThreadPoolExecutor(8) as threads:
        told = [
            threads.submit(tell, gateways, "ALARM", moment)
            for _ in range(times)
            for gateways, moment in zip(places, moments, strict=True)
        ]
    for each in told:
        each.result()
    storm.told = times * len(storm.fleet)


def _all_answered(storm: Storm) -> bool:
    """Whether every event has become an execution, and none runs but those that record."""
    executions = witnesses.executions(storm.organization)
    recording = ledgers.used(storm.organization, "active#now")
    return len(executions) == storm.before + storm.told and _running(executions) <= recording


def _is_calm(storm: Storm) -> bool:
    return not _running(witnesses.executions(storm.organization))


def _running(executions: Sequence[Document]) -> int:
    return sum(each["status"] == "RUNNING" for each in executions)


def _opened(storm: Storm) -> int:
    return ledgers.used(storm.organization, f"opened_day#{now():%Y-%m-%d}")


def _sweep(storm: Storm) -> None:
    """Sweep as soon as there is room, and let what it offers be admitted before there is another sweep.

    In a long storm the hub's own schedule sweeps too: of two at once one may offer more than is admitted.
    """
    eventually(lambda: ledgers.used(storm.organization, "active#now") < storm.limits.active, storm.patience)
    before = _opened(storm)
    offered = sweep_runs(storm.organization)["offered"]
    for _ in range(ADMITTED_WITHIN):
        if _opened(storm) >= before + offered:
            return
        threading.Event().wait(1)


def _sighted(organization: Organization) -> Sighting:
    at = now()
    leased, counted = ledgers.leased(organization), ledgers.used(organization, "active#now")
    flow_logs = {
        tag["Value"]
        for each in witnesses.flow_logs(organization)
        for tag in each["Tags"]
        if tag["Key"] == organization.names.recording_tag and each["CreationTime"] <= at - CUT
    }
    return Sighting(frozenset(flow_logs), leased, counted)


@contextmanager
def _meanwhile(again: Callable[[], None]) -> Iterator[None]:
    """Do something again and again on another thread; its failure is the story's."""
    over = threading.Event()

    def repeat() -> None:
        while not over.is_set():
            again()

    with ThreadPoolExecutor(1) as thread:
        repeated = thread.submit(repeat)
        try:
            yield
        finally:
            over.set()
        repeated.result()
