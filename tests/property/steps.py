"""Executions between their steps, and the trap that kills a step or lets something overtake it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeVar, cast

from hub.domain.alarms import Transition
from hub.domain.errors import Transient
from hub.domain.recordings import Ending, Recording
from hub.events import transition
from tests import factories
from tests.fakes import FakeSpoke, FakeSpokes, ManualClock

Step = Literal["open", "store", "wait", "close", "deliver", "report", "over"]
When = Literal["before", "after"]
Port = TypeVar("Port")

# What a step calls; the sweep calls nearly everything.
OPERATIONS: dict[Step, tuple[str, ...]] = {
    "open": (
        "picture",
        "describe_gateway",
        "admit",
        "admit",
        "create_flow_logs",
        "create_flow_logs",
        "arm_failsafe",
        "save_started",
        "join",
        "note_refusal",
    ),
    "store": ("store_token",),
    "close": ("find", "find_flow_logs", "delete_flow_logs", "disarm_failsafe", "release", "save_unadmitted"),
    "report": ("find", "save_delivery"),
}
OF_THE_SWEEP = (
    *OPERATIONS["close"],
    "list_flow_logs",
    "contributors",
    "note_recovery",
    "wake",
    "start",
    "join",
    "picture",
)


class KilledError(Transient):
    """The trap's own fault, which the hub takes for one that may pass."""


@dataclass
class Trap:
    """Lies in wait for one operation of any port: it fails, before or after its effect, or is overtaken."""

    operation: str | None = None
    when: When = "before"
    meanwhile: Callable[[], object] | None = None

    def around(self, name: str, act: Callable[[], Any]) -> Any:  # noqa: ANN401 - any operation's answer
        if name != self.operation:
            return act()
        self.operation, when, meanwhile = None, self.when, self.meanwhile
        if meanwhile is None:
            if when == "after":
                act()
            raise KilledError(f"{name}: killed {when} it")
        if when == "after":
            answer = act()
            meanwhile()
            return answer
        meanwhile()
        return act()


class _Trapped:
    def __init__(self, target: object, trap: Trap) -> None:
        self._target, self._trap = target, trap

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any attribute
        found = getattr(self._target, name)
        if not callable(found):
            return found
        return lambda *args, **named: self._trap.around(name, lambda: found(*args, **named))


def trapped(target: Port, trap: Trap) -> Port:
    """The same port, with the trap before every operation."""
    return cast("Port", _Trapped(target, trap))


@dataclass(frozen=True)
class TrappedSpokes:
    """Every spoke with the trap before it."""

    spokes: FakeSpokes
    trap: Trap

    def at(self, account: str, region: str) -> FakeSpoke:
        return trapped(self.spokes.at(account, region), self.trap)


@dataclass
class Execution:
    """One execution, between two steps.

    Attributes:
        stopped: Whether somebody stopped it by hand; a step that ran then runs on, and nothing follows.
        waits_since: When it stored its token.

    """

    arn: str
    started: datetime
    onset: Transition
    step: Step = "open"
    stopped: bool = False
    recording: Recording | None = None
    token: str | None = None
    woken: bool = False
    ending: Ending = "recovered"
    tries: int = 0
    waits_since: datetime | None = None

    @property
    def runs(self) -> bool:
        return self.step != "over" and not self.stopped

    def opened(self) -> Recording:
        """Its recording.

        Raises:
            LookupError: It has none.

        """
        if self.recording is None:
            raise LookupError(f"{self.arn} has no recording")
        return self.recording


@dataclass
class Executions:
    """Step Functions, as far as the hub asks it; `woken` hears of every wait that its token ends."""

    clock: ManualClock
    woken: Callable[[Execution], object]
    all: list[Execution] = field(default_factory=list)
    names: set[str] = field(default_factory=set)

    def running(self) -> frozenset[str]:
        return frozenset(each.arn for each in self.all if each.runs)

    def is_running(self, execution: str) -> bool:
        return execution in self.running()

    def wake(self, task_token: str, recovered_at: datetime | None = None) -> None:  # noqa: ARG002 - the port's shape
        for each in self.all:
            if each.token == task_token and each.step in {"store", "wait"}:
                each.woken = True
                self.woken(each)

    def start(self, name: str, event: Mapping[str, object]) -> bool:
        if name in self.names:
            return False
        self.names.add(name)
        # A successor closes what the sweep closes right after starting it, and reports: nothing stays open.
        if "lost" not in event:
            self.begin(transition(dict(event)))
        return True

    def begin(self, onset: Transition) -> Execution:
        begun = Execution(factories.execution_arn(f"e{len(self.all)}"), self.clock.now(), onset)
        self.all.append(begun)
        return begun
