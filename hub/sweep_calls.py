"""What a sweep's state machine hands to its functions, and what they answer; `sweep.asl.json` reads both."""

from collections import Counter
from collections.abc import Mapping

from hub.calls import Call, Ended
from hub.domain.sweeping import FINDINGS
from hub.domain.sweeping import Kind as SweepKind


class Sweeping(Call, frozen=True, kw_only=True):
    """SweepPlan: which sweep; a run that was started by hand without saying is a quick one."""

    kind: SweepKind = "quick"


class SweepingBatch(Sweeping, frozen=True, kw_only=True):
    """SweepBatch: one of the batches of a plan."""

    batch: int = 0
    of: int = 1


class Swept(Call, frozen=True, kw_only=True):
    """What one batch answered; one that failed answers its error."""

    targets: int = 0
    skipped: int = 0
    unreachable: int = 0
    findings: Mapping[str, int] = {}
    problems: int = 0
    failed: Ended | None = None


class Summarizing(Sweeping, frozen=True, kw_only=True):
    """SweepSummary: all batches of one run."""

    swept: tuple[Swept, ...] = ()


def planned_answer(kind: SweepKind, batches: int) -> dict[str, object]:
    """The batches by their numbers: a state's output is limited to 256 KB."""
    items = [{"kind": kind, "batch": batch, "of": batches} for batch in range(batches)]
    return {"kind": kind, "batches": items}


def summary_answer(call: Summarizing) -> dict[str, int]:
    """Everything added up; `failed` counts batches that ended without an answer."""
    findings: Counter[str] = Counter(dict.fromkeys(FINDINGS, 0))
    for each in call.swept:
        findings.update(each.findings)
    return {
        "batches": len(call.swept),
        "failed": sum(each.failed is not None for each in call.swept),
        "targets": sum(each.targets for each in call.swept),
        "skipped": sum(each.skipped for each in call.swept),
        "unreachable": sum(each.unreachable for each in call.swept),
        "problems": sum(each.problems for each in call.swept),
        **findings,
    }
