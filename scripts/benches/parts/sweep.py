"""Sweeps: what a target costs in calls, time and dollars, by the hub's own code over a canned AWS.

Each batch is a new function, as if none were warm. What it is billed follows from the processor time, for at
a gigabyte Lambda gives a share of one processor only (Lambda Developer Guide, "Configure Lambda function
memory": 1,769 MB are one), or from its wall time at usual latencies, whichever is longer.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from botocore.httpsession import create_urllib3_context, get_cert_path

from hub.adapters.clock import SystemClock
from hub.domain.sweeping import Kind
from hub.usecases.plan_sweep import TARGETS_PER_BATCH
from orgconfig.prices import prices_of
from scripts.benches.canned import CannedAws
from scripts.benches.configs import unlimited, written
from scripts.benches.findings import Curve, Figure, Findings
from scripts.benches.options import Options
from scripts.benches.running import Say
from scripts.benches.swept import SweptHub, acting_for, enlarge, open_many, places, settings_of
from scripts.benches.targets import ACCOUNTS, CALLS_A_RECORDING, REGIONS, SWEEPS_USD
from scripts.stories.places import Organization
from scripts.stories.running import sandbox
from scripts.stories.sweeps import paused
from stacksets.costs import sweeps
from stacksets.functions import FUNCTIONS

_MEMORY = next(each.memory for each in FUNCTIONS if each.name == "sweep_batch")
SHARE = min(1.0, _MEMORY / 1769)
# Between regions; to the hub's own it is less.
LATENCY = 0.05
# Of the largest organizations so many batches are swept; the others would be alike.
_SAMPLE = 2
# Recordings that are open in as many places.
_OPEN = (25, 50)
_TABLE = "dynamodb"


@dataclass(frozen=True)
class Swept:
    """A full sweep.

    Attributes:
        accounts: Of the organization, each in 17 regions.
        targets: Of them.
        batches: That the sweep has.
        sampled: Targets in those that were run.
        calls: For each target, beside the table's.
        cpu: Seconds of processor for each target, TLS included.
        tls: Of them those of new TLS connections.
        wall: Seconds of a batch at usual latencies, the longest.

    """

    accounts: int
    targets: int
    batches: int
    sampled: int
    calls: float
    cpu: float
    tls: float
    wall: float

    @property
    def gb_seconds(self) -> float:
        """Of Lambda for each target."""
        return max(self.cpu / SHARE, self.wall * self.batches / self.targets) * _MEMORY / 1024

    def usd(self, region: str) -> float:
        """What all sweeps of a month cost."""
        return sweeps(prices_of(region), self.targets, self.gb_seconds)


@dataclass(frozen=True)
class Quick:
    """Quick sweeps over so many open recordings, each in a place of its own.

    Attributes:
        recordings: That are open.
        cold: Calls of the first one, by operation.
        warm: Calls of the next one, five minutes later.

    """

    recordings: int
    cold: Mapping[str, int]
    warm: Mapping[str, int]


def measure(options: Options, say: Say) -> Findings:
    """Full sweeps of organizations of growing size, then quick ones."""
    say("starting a sandbox, for its table")
    with written(unlimited(0)) as config, sandbox("-c", config) as running:
        organization = Organization(running.line)
        with paused(organization), acting_for(organization):
            bench = Bench(organization, say)
            full = [bench.full(accounts) for accounts in options.accounts]
            quick = [bench.quick(recordings) for recordings in _OPEN]
            region = str(organization.line["hub"]["region"])
    details = {
        "full": [{**asdict(each), "usd_a_month": each.usd(region)} for each in full],
        "quick": [asdict(each) for each in quick],
    }
    return Findings(tuple(figures(full, quick, region)), (_curve(full, region),), details)


class Bench:
    """Sweeps in one sandbox."""

    def __init__(self, organization: Organization, say: Say) -> None:
        """Take the sandbox whose table is used."""
        self._settings = settings_of(organization)
        self._say = say
        self._tls = _connecting()
        self._aws = CannedAws()

    def _hub(self, aws: CannedAws) -> SweptHub:
        """That of a new function."""
        aws.archive = self._settings.archive_bucket
        aws.meets_another()
        return SweptHub(self._settings, SystemClock(), aws)

    def full(self, accounts: int) -> Swept:
        """Some batches of a sweep of everything, each by a new function."""
        covered = places(accounts, REGIONS)
        enlarge(self._hub(CannedAws()), covered)
        batches = -(-len(covered) // TARGETS_PER_BATCH["full"])
        self._say(f"full sweep of {len(covered):,} targets: {min(batches, _SAMPLE)} of {batches} batches")
        aws = CannedAws(LATENCY)
        runs = [_run(self._hub(aws), "full", at, batches) for at in range(min(batches, _SAMPLE))]
        seen = sum(each.targets for each in runs)
        tls = aws.connections * self._tls / seen
        calls = sum(beside_table(aws.calls).values()) / seen
        cpu, wall = sum(each.cpu for each in runs) / seen, max(each.wall for each in runs)
        return Swept(accounts, len(covered), batches, seen, calls, cpu + tls, tls, wall)

    def quick(self, recordings: int) -> Quick:
        """A sweep while so many recordings are open, and the next one by the same function."""
        self._say(f"quick sweeps with {recordings} recordings open")
        aws, more = self._aws, places(max(_OPEN), 1)[len(self._aws.executions) : recordings]
        enlarge(self._hub(CannedAws()), places(max(_OPEN), 1))
        open_many(self._hub(aws), aws, more)
        hub, counted = self._hub(aws), []
        for _ in ("cold", "warm"):
            aws.forget()
            batches = hub.plan_sweep("quick")
            for batch in range(batches):
                _run(hub, "quick", batch, batches)
            counted.append(beside_table(aws.calls))
        return Quick(recordings, *counted)


@dataclass(frozen=True)
class _Run:
    targets: int
    cpu: float
    wall: float


def _run(hub: SweptHub, kind: Kind, batch: int, of: int) -> _Run:
    """One batch; whatever it could not do would make it cheaper than it is.

    Raises:
        ValueError: A target was not swept.

    """
    cpu, wall = time.process_time(), time.perf_counter()
    tally = hub.sweep_batch(kind, batch, of)
    if tally.problems or tally.skipped:
        raise ValueError(f"{tally.skipped} targets were skipped; problems: {tally.problems[:3]}")
    return _Run(tally.targets, time.process_time() - cpu, time.perf_counter() - wall)


def _connecting() -> float:
    """Seconds of processor for a new TLS connection without its handshake: the SDK reads its bundle."""
    best = float("inf")
    for _ in range(5):
        began = time.process_time()
        create_urllib3_context().load_verify_locations(get_cert_path(verify=True))
        best = min(best, time.process_time() - began)
    return best


def beside_table(calls: Mapping[str, int]) -> dict[str, int]:
    """Without those to the table."""
    return {name: count for name, count in sorted(calls.items()) if not name.startswith(f"{_TABLE}:")}


def figures(full: Sequence[Swept], quick: Sequence[Quick], region: str) -> Iterator[Figure]:
    """What is promised of a month's sweeps, and of the calls of a quick one."""
    largest = full[-1]
    usd = largest.usd(region)
    yield Figure(
        "sweeps",
        f"${usd:.2f} for {largest.targets:,} targets",
        f"{largest.calls:.1f} calls and {largest.cpu * 1000:.0f} ms of processor for each, "
        f"{largest.tls * 1000:.0f} of them for TLS; a batch takes {largest.wall:.0f} s",
        usd <= SWEEPS_USD if largest.accounts >= ACCOUNTS or usd > SWEEPS_USD else None,
    )
    fewer, more = quick[0], quick[-1]
    warm, cold = _slope(fewer, more, "warm"), _slope(fewer, more, "cold")
    once = sum(more.warm.values()) - warm * more.recordings
    yield Figure(
        "quick",
        f"{warm:.1f} for each open recording, {once:.0f} for all",
        f"{cold:.1f} for each by a function that has assumed no role yet",
        warm <= CALLS_A_RECORDING,
    )


def _slope(fewer: Quick, more: Quick, kind: str) -> float:
    """Calls for each further recording."""
    first, last = (sum(getattr(each, kind).values()) for each in (fewer, more))
    return float((last - first) / (more.recordings - fewer.recordings))


def _curve(full: Sequence[Swept], region: str) -> Curve:
    lines = {
        "dollars a month": tuple((each.targets, each.usd(region)) for each in full),
        "processor seconds of a full sweep": tuple((each.targets, each.cpu * each.targets) for each in full),
        "AWS calls of a full sweep": tuple((each.targets, each.calls * each.targets) for each in full),
    }
    return Curve("sweep", "Sweeps of accounts in 17 regions", "targets", "", lines)
