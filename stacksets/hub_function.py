"""What a function of the hub is: how it is run, and what its role is for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from hub.adapters.declared import Call, On, declared

Machine = Literal["recording", "sweep"]
InvokedBy = Literal["states", "events", "queue"]
# What Lambda itself does with a function's role (Lambda Developer Guide, "Configuring Lambda execution role
# permissions" for SQS, and "Adding a dead-letter queue" for what is invoked without waiting).
_BY_LAMBDA: dict[InvokedBy, frozenset[Call]] = {
    "states": frozenset(),
    "events": frozenset({Call("sqs:SendMessage", "dead letters")}),
    "queue": frozenset(
        Call(f"sqs:{each}", "waiting notices")
        for each in ("DeleteMessage", "GetQueueAttributes", "ReceiveMessage")
    ),
}


@dataclass(frozen=True)
class HubFunction:
    """One Lambda function of the hub.

    Attributes:
        name: Its handler's module.
        purpose: For whoever finds it in the console.
        timeout: Seconds; below the state machine's own limit where that calls it.
        memory: Megabytes; they buy processor time as well, so a cold start.
        uses: The adapters' methods that its use cases call, as the hub's wiring puts them together.
        invoked_by: `states` waits for the answer; `events` does not, so failures need a queue; `queue` gives
            its messages out again until they are done.
        machine: Which state machine calls it, where one does.
        starts: Which state machine's executions it starts, watches and wakes, where it does.

    """

    name: str
    purpose: str
    timeout: int
    memory: int
    uses: tuple[Callable[..., Any], ...] = ()
    invoked_by: InvokedBy = "states"
    machine: Machine = "recording"
    starts: Machine = "recording"

    @property
    def logical_id(self) -> str:
        """How names within the template begin, as in `OpenRecording`."""
        return "".join(part.capitalize() for part in self.name.split("_"))

    @property
    def handler(self) -> str:
        """What Lambda calls."""
        return f"hub.handlers.{self.name}.handler"

    @property
    def calls(self) -> frozenset[Call]:
        """Everything that its role is for, beside its log and its traces."""
        return _BY_LAMBDA[self.invoked_by].union(*map(declared, self.uses))

    def on(self, what: On) -> tuple[str, ...]:
        """The actions that it calls on one kind of thing."""
        return tuple(sorted(action for action, on in self.calls if on == what))
