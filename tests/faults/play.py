"""One recording of the stage: what it is made of, and what is left of it."""

from dataclasses import dataclass, field
from typing import Any

from hub.adapters import items
from hub.domain.gateways import GatewayRef
from hub.domain.recordings import Recording
from tests.contract.tables import DynamoTable
from tests.faults.functions import StagedHub
from tests.faults.interpreter import Run


@dataclass
class Play:
    """One recording, as it went.

    Attributes:
        place: Its gateway.
        run: Its execution.
        notices: Who queued each notice that the queue took.
        hubs: The functions whose processes live.
        problems: What could not be done beside the execution.
        waits: The task token of the execution, while it waits.
        woken: Whether that wait was ended by its token.
        stopped: Whether somebody stops the execution while it waits.
        offered: The executions that the sweep started for an onset.
        succeeding: The input of those that carry on a recording that was lost, by name.

    """

    place: GatewayRef
    run: Run
    table: DynamoTable
    hubs: dict[str, StagedHub] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    waits: str | None = None
    woken: bool = False
    stopped: bool = False
    offered: list[str] = field(default_factory=list)
    succeeding: dict[str, dict[str, Any]] = field(default_factory=dict)

    def items(self) -> list[dict[str, Any]]:
        """Everything in its table."""
        found: list[dict[str, Any]] = [*self.table.client.scan(TableName=self.table.name)["Items"]]
        return found


@dataclass(frozen=True)
class Left:
    """What is there when all is over.

    Attributes:
        open: Recordings that are open.
        active: What the counters say of that.
        opened: What they count as opened.
        kept: Recordings that should count.

    """

    flow_logs: int
    failsafes: int
    lease: bool
    open: int
    active: int
    opened: int
    kept: int


def recordings_of(found: list[dict[str, Any]]) -> list[Recording]:
    kept = [each for each in found if each["sk"]["S"] == "RECORDING"]
    return [items.recording_of(each) for each in kept if each["state"]["S"] != "refused"]
