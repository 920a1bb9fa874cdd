"""Traffic through a gateway of the sandbox: what CloudWatch would count and flow logs would record of it.

Metrics and records are two views of the same bytes: `Meter` says how many have flowed at any moment, and
both take differences of it.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from scripts.sandbox import metrics
from scripts.sandbox.conversations import Direction, Plan, plan
from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.delivery import deliver
from scripts.sandbox.engine.flow_logs import FlowLog, active, deletion_observers
from scripts.sandbox.minutes import MINUTE, Minutes
from scripts.sandbox.records import no_data, records, unknown_site
from scripts.sandbox.sites import Place, find

# How much flows the other way: requests and acknowledgements.
ANSWER_SHARE = 0.03
EVERY = 2.0
# A minute is told this much before it begins, so that a busy machine never lets the last one grow stale.
LEAD = timedelta(seconds=5)

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Meter:
    """A steady flow from `start` to `end`, in bytes per second."""

    start: datetime
    end: datetime
    upload_rate: float
    download_rate: float

    def between(self, first: datetime, last: datetime) -> tuple[int, int]:
        """Bytes up and down in a span; spans that touch add up without a byte lost or counted twice."""

        def flowed(rate: float, moment: datetime) -> int:
            inside = min(max(moment, self.start), self.end)
            return int(rate * (inside - self.start).total_seconds())

        up = flowed(self.upload_rate, last) - flowed(self.upload_rate, first)
        return up, flowed(self.download_rate, last) - flowed(self.download_rate, first)


def meter(start: datetime, mbps: float, seconds: float, direction: Direction) -> Meter:
    """A flow of so many megabits per second in one direction, and its answers in the other."""
    main, answer = mbps * 1e6 / 8, mbps * 1e6 / 8 * ANSWER_SHARE
    end = start + timedelta(seconds=seconds)
    return Meter(start, end, main, answer) if direction == "upload" else Meter(start, end, answer, main)


@dataclass
class Run:
    """One traffic: it tells metrics and records of it until it ends or is stopped."""

    engine: Engine
    place: Place
    meter: Meter
    plan: Plan
    clock: Clock
    stopping: threading.Event
    direction: Direction = "download"
    minutes: Minutes = field(default_factory=Minutes)
    done: threading.Event = field(default_factory=threading.Event)
    recorded: dict[str, tuple[FlowLog, datetime]] = field(default_factory=dict)
    counted: datetime | None = None

    def __post_init__(self) -> None:
        self.first = self.minutes.begin(self.direction, self.meter.start)

    def drive(self) -> None:
        """Step every two seconds until the end, or until told to stop."""
        try:
            while not self.stopping.is_set():
                now = self.clock()
                self.step(now)
                if now >= self.meter.end:
                    self.calm(now)
                    return
                rest = (self.meter.end - now).total_seconds()
                self.stopping.wait(min(EVERY, max(rest, 0.01)))
        finally:
            self.done.set()

    def step(self, now: datetime) -> None:
        """Publish the minutes that begin, and deliver what flowed since the last step."""
        minute = self.counted or self.meter.start
        while minute - LEAD <= now and minute < self.meter.end:
            talks = self.plan.during(*self.meter.between(minute, minute + MINUTE))
            at = self.first + (minute - self.meter.start)
            metrics.publish(self.engine, self.place, talks, at)
            self.minutes.told(at)
            minute += MINUTE
            self.counted = minute
        self._record(now)

    def calm(self, now: datetime) -> None:
        """Publish that nothing flows any more, where nothing does."""
        at, calm = self.minutes.end(self.direction, now)
        if calm:
            metrics.publish(self.engine, self.place, [], at, calm)

    @property
    def watched(self) -> str:
        """What flow logs of the gateway are on: its interface, or a regional gateway itself."""
        return self.place.site.interface or self.place.site.gateway

    def _record(self, now: datetime) -> None:
        site = self.place.site
        for flow_log in active(site.account, site.region):
            if flow_log.resource_id == self.watched and flow_log.id not in self.recorded:
                self.recorded[flow_log.id] = (flow_log, max(flow_log.created, self.meter.start))
        for flow_log, since in list(self.recorded.values()):
            until = min(now, self.meter.end, flow_log.deleted or now)
            self._deliver(flow_log, since, until)
            finished = self.meter.end if flow_log.deleted else max(since, until)
            self.recorded[flow_log.id] = (flow_log, finished)

    def _deliver(self, flow_log: FlowLog, since: datetime, until: datetime) -> None:
        found = []
        while since < until:
            edge = min(until, since.replace(second=0, microsecond=0) + MINUTE)
            talks = self.plan.during(*self.meter.between(since, edge))
            found += records(self.place.site, talks, since, edge, opening=since == self.meter.start)
            since = edge
        deliver(self.engine, flow_log, found, until)


class Traffic:
    """Starts traffic and stops it with the engine."""

    def __init__(
        self, engine: Engine, clock: Clock = lambda: datetime.fromtimestamp(time.time(), UTC)
    ) -> None:
        self._engine, self._clock = engine, clock
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._runs: list[Run] = []
        self._minutes: defaultdict[str, Minutes] = defaultdict(Minutes)
        deletion_observers.append(self._end_idle)
        engine.at_stop(self.stop)

    def start(  # noqa: PLR0917 - the order of the command line
        self,
        account: str,
        region: str,
        gateway: str,
        mbps: float,
        seconds: float,
        direction: Direction = "download",
        seed: int = 0,
    ) -> Run:
        """Let traffic flow through a gateway; answers at once.

        Args:
            account: The gateway's account.
            region: The gateway's region.
            gateway: `nat-...`, zonal or regional.
            mbps: Megabits per second in the direction.
            seconds: How long.
            direction: `download` from the internet or `upload` to it.
            seed: Decides who the culprit is.

        Returns:
            The running traffic; its `done` is set when it has ended.

        Raises:
            ValueError: Nothing can flow: no such gateway, no client behind it, or no positive amount.

        """
        if mbps <= 0 or seconds <= 0:
            raise ValueError("traffic needs a positive rate and duration")
        place = find(self._engine, account, region, gateway)
        flow = meter(self._clock(), mbps, seconds, direction)
        story = plan(place.clients, direction, seed)
        minutes = self._minutes[gateway]
        run = Run(self._engine, place, flow, story, self._clock, self._stopping, direction, minutes)
        self._runs = [each for each in self._runs if not each.done.is_set()] + [run]
        thread = threading.Thread(target=run.drive, name=f"traffic {gateway}", daemon=True)
        self._threads.append(thread)
        thread.start()
        return run

    def _end_idle(self, flow_log: FlowLog) -> None:
        """Through its gateway nothing has flowed: AWS delivers a record that says so."""
        busy = any(run.watched == flow_log.resource_id and not run.done.is_set() for run in self._runs)
        ours = flow_log.asked.destination_type == "s3" and flow_log.resource_id.startswith(("eni-", "nat-"))
        if busy or flow_log.delivered or not ours:
            return
        end = flow_log.deleted or self._clock()
        site = unknown_site(flow_log.account, flow_log.region, flow_log.resource_id)
        idle = [no_data(site, flow_log.created, end)]
        self._engine.workers.submit(deliver, self._engine, flow_log, idle, end)

    def stop(self) -> None:
        """Stop all traffic and wait for its threads."""
        self._stopping.set()
        if self._end_idle in deletion_observers:
            deletion_observers.remove(self._end_idle)
        for thread in self._threads:
            thread.join()
