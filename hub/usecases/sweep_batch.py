"""Visit the targets of one batch at once; what goes wrong at one of them keeps no other from its visit."""

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime

from hub.domain.errors import Fault, SpokeUnreachable
from hub.domain.gateways import GatewayRef
from hub.domain.reconciling import Watched
from hub.domain.sweeping import Kind, Remark, Tally, total
from hub.domain.targets import Target
from hub.ports import Executions, Rules, Watch
from hub.usecases.plan_sweep import PlanSweep
from hub.usecases.tell_spoke import TellSpoke
from hub.usecases.visit import Run
from hub.usecases.visit_target import VisitTarget

THREADS = 16


@dataclass(frozen=True)
class SweepBatch:
    """One batch of one sweep; two at once do no harm."""

    plan: PlanSweep
    watch: Watch
    visit: VisitTarget
    executions: Executions
    tell: TellSpoke
    threads: int = THREADS

    def __call__(self, kind: Kind, batch: int, of: int) -> Tally:
        """Sweep once.

        Args:
            kind: Quick or full.
            batch: Which batch.
            of: Of how many.

        """
        watched: defaultdict[Target, list[Watched]] = defaultdict(list)
        for each in self.watch.gateways():
            watched[Target.of(each.gateway)].append(each)
        targets = sorted(each for each in self.plan.targets(kind) if each.batch(of) == batch)
        outages = self.watch.outages()
        leased = any(each.item.recording for target in targets for each in watched[target])
        run = Run(kind, self._running(), self._rules()) if leased else Run(kind)
        with ThreadPoolExecutor(self.threads) as threads:
            visits = [
                threads.submit(self._visit, target, tuple(watched[target]), run, outages.get(target))
                for target in targets
            ]
        return total(visit.result() for visit in visits)

    def _running(self) -> frozenset[str]:
        """One list for all of them; who is not in it is asked for by name."""
        try:
            return self.executions.running()
        except Fault:
            return frozenset()

    def _rules(self) -> Rules | None:
        """Not those of a minute ago: a sweep is started because accounts have moved just now."""
        try:
            return self.plan.ledger.rules(self.plan.clock.now(), latest=True)
        except Fault:
            return None

    def _visit(
        self, target: Target, watched: tuple[Watched, ...], run: Run, out_since: datetime | None
    ) -> Tally:
        try:
            tally = self.visit(target, watched, run)
        except SpokeUnreachable as problem:
            # A role that is missing and one that denies look alike; only where we have work is it a failure.
            fault = str(problem)
            lasting = replace(_problem(target, fault), unreachable=1, lasting=(fault,))
            tally = lasting if watched else Tally(skipped=1)
        except Exception as problem:  # noqa: BLE001 - one target must not end the visits of all others
            return replace(_problem(target, f"{target}: {type(problem).__name__}: {problem}"), targets=1)
        try:
            self.tell(target, watched, tally, out_since)
        except Fault as problem:
            return tally + _problem(target, str(problem))
        return tally


def _problem(target: Target, problem: str) -> Tally:
    """One problem of a target as a whole."""
    place = GatewayRef(target.account, target.region, "")
    return Tally(problems=(problem,), remarks=(Remark(place, problem=problem),))
