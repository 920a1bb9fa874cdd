"""One visit of one target: what the steps of the sweep share, and what came of them."""

import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from hub.domain.errors import Fault, RecordingFault
from hub.domain.gateways import GatewayRef
from hub.domain.quotas import CounterKey, Limit, first_exhausted
from hub.domain.reconciling import Watched
from hub.domain.recordings import Recording
from hub.domain.sweeping import Finding, Kind, Remark, Tally
from hub.domain.targets import Target
from hub.ports import Rules, Spoke


@dataclass(frozen=True)
class Run:
    """What all visits of one batch share.

    Attributes:
        kind: Quick or full.
        running: The executions that run, as far as a list tells.
        rules: The policy as it is now; None where it could not be read, and where nothing is leased.

    """

    kind: Kind
    running: frozenset[str] = frozenset()
    rules: Rules | None = None
    _promised: Counter[CounterKey] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def foreseen(self, usage: Mapping[CounterKey, int]) -> Counter[CounterKey]:
        """Usage with what this batch's own offers will add."""
        with self._lock:
            return Counter(usage) + self._promised

    def promise(self, limits: Iterable[Limit], usage: Mapping[CounterKey, int]) -> bool:
        """Set a place aside for one offer; False when a visit at the same time was faster.

        Args:
            limits: What the recording would have to pass.
            usage: What of it is used, as the table knows.

        """
        wanted = tuple(limit for limit in limits if limit.charged_at_open)
        with self._lock:
            if first_exhausted(wanted, Counter(usage) + self._promised):
                return False
            self._promised.update(limit.counter for limit in wanted)
            return True

    def take_back(self, limits: Iterable[Limit]) -> None:
        """The offer was not made."""
        with self._lock:
            self._promised.subtract(limit.counter for limit in limits if limit.charged_at_open)


@dataclass(frozen=True)
class Tended:
    """An open recording that is as it should be: its execution looks after it."""

    recording: Recording
    watched: Watched


@dataclass(frozen=True)
class Visit:
    """One visit.

    Attributes:
        target: Where.
        spoke: Its spoke.
        watched: The gateways there that the table lists.
        run: The batch that it belongs to.
        now: When it began; everything seen is newer.
        found: What was found and mended.
        problems: What could not be done.
        lasting: Those of them that trying again will not mend.
        remarks: Each finding and problem, with whose it is.

    """

    target: Target
    spoke: Spoke
    watched: tuple[Watched, ...]
    run: Run
    now: datetime
    found: Counter[Finding] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    lasting: list[str] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    def note(
        self,
        finding: Finding,
        gateway: GatewayRef | None = None,
        recording: str | None = None,
        times: int = 1,
    ) -> None:
        """Something was found, and mended.

        Args:
            finding: What.
            gateway: Of which gateway, where that is known.
            recording: Of which recording, where it is about one.
            times: How often.

        """
        self.found[finding] += times
        self.remarks.append(Remark(gateway or self.place, finding, recording=recording, times=times))

    @property
    def place(self) -> GatewayRef:
        """The target, as the place of what is about no one gateway."""
        return GatewayRef(self.target.account, self.target.region, "")

    @contextmanager
    def part(self, gateway: GatewayRef | None = None, recording: str | None = None) -> Iterator[None]:
        """A fault inside ends this part of the visit only; of what it is about, the log is told."""
        try:
            yield
        except Fault as problem:
            self.problems.append(f"{self.target}: {problem}")
            remark = Remark(gateway or self.place, problem=str(problem), recording=recording)
            self.remarks.append(remark)
            if isinstance(problem, RecordingFault):
                self.lasting.append(str(problem))

    def tally(self) -> Tally:
        """The visit, counted."""
        return Tally(
            1,
            findings=dict(self.found),
            problems=tuple(self.problems),
            lasting=tuple(self.lasting),
            remarks=tuple(self.remarks),
        )
