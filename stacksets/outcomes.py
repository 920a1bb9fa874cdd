"""What became of each instance of a stack set, and who is told while it happens."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from stacksets.reasons import Reason, explain, explain_instance
from stacksets.steps import Step

State = Literal["waiting", "running", "done", "failed", "skipped"]

# StackSetOperationResultSummary in the CloudFormation API reference.
_STATES: Mapping[str, State] = {
    "PENDING": "waiting",
    "RUNNING": "running",
    "SUCCEEDED": "done",
    "FAILED": "failed",
    "CANCELLED": "failed",
}


@dataclass(frozen=True)
class Outcome:
    """One account and region.

    Attributes:
        state: What became of it.
        reason: Why it failed or was skipped; None otherwise.

    """

    account: str
    region: str
    state: State
    reason: Reason | None = None

    def document(self) -> dict[str, str]:
        """As JSON shows it."""
        reason = self.reason
        told = {"reason": reason.what, "advice": reason.advice, "told": reason.told} if reason else {}
        return {"account": self.account, "region": self.region, "status": self.state, **told}


@dataclass(frozen=True)
class Tally:
    """How far an operation is.

    Attributes:
        action: CREATE, UPDATE or DELETE.
        operation: Its id.
        outcomes: Of every account and region that it is about.

    """

    action: str
    operation: str
    outcomes: tuple[Outcome, ...]

    def count(self, state: State) -> int:
        """How many are in this state."""
        return sum(each.state == state for each in self.outcomes)

    @property
    def ended(self) -> int:
        """How many are done, failed or skipped."""
        return len(self.outcomes) - self.count("waiting") - self.count("running")

    def regions(self) -> dict[str, Counter[State]]:
        """The states in each region."""
        found: dict[str, Counter[State]] = {}
        for each in self.outcomes:
            found.setdefault(each.region, Counter())[each.state] += 1
        return dict(sorted(found.items()))

    def __str__(self) -> str:
        states: tuple[State, ...] = ("done", "running", "waiting", "failed", "skipped")
        counts = [(self.count(state), state) for state in states]
        return ", ".join(f"{count} {state}" for count, state in counts if count or state == "done")


class Watch(Protocol):
    """Who is told while steps are carried out."""

    def begin(self, step: Step) -> None:
        """A step begins."""

    def end(self, step: Step) -> None:
        """It is done."""

    def tell(self, text: str) -> None:
        """Something worth a line, such as waiting for somebody else."""

    def tally(self, tally: Tally) -> None:
        """An operation of the stack set has gone on."""


@dataclass(frozen=True)
class Told:
    """Tells steps and what is worth a line, nothing in between."""

    say: Callable[[str], None]

    def begin(self, step: Step) -> None:
        """A line."""
        self.say(str(step))

    def end(self, step: Step) -> None:
        """Nothing."""

    def tell(self, text: str) -> None:
        """A line."""
        self.say(text)

    def tally(self, tally: Tally) -> None:
        """Nothing."""


def of_results(summaries: Iterable[Mapping[str, Any]]) -> tuple[Outcome, ...]:
    """Outcomes as ListStackSetOperationResults tells them."""
    return tuple(_of_result(each) for each in summaries)


def _of_result(summary: Mapping[str, Any]) -> Outcome:
    account, region, told = summary["Account"], summary["Region"], str(summary.get("StatusReason") or "")
    state = _STATES[summary["Status"]]
    if state != "failed" and not told:
        return Outcome(account, region, state)
    reason = explain(told, summary["Status"])
    if state == "done" and reason.kind != "skipped":  # a remark about a success
        return Outcome(account, region, state)
    return Outcome(account, region, reason.kind if state in {"failed", "done"} else state, reason)


def of_instance(instance: Mapping[str, Any]) -> Outcome:
    """The outcome of an instance as ListStackInstances tells it."""
    account, region = instance["Account"], instance["Region"]
    if instance["Status"] == "CURRENT":
        return Outcome(account, region, "done")
    detailed = (instance.get("StackInstanceStatus") or {}).get("DetailedStatus")
    if detailed in {"PENDING", "RUNNING"}:
        return Outcome(account, region, _STATES[detailed])
    reason = explain_instance(instance)
    return Outcome(account, region, reason.kind, reason)
