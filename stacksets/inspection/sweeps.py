"""The hub's last sweeps, from the history of their state machine."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

from orgconfig.names import Names
from stacksets.inspection.targets import Place

# The full sweep comes once in twelve quick ones, so that many executions hold one of each.
_LOOKED_AT = 30
KINDS = ("quick", "full")


@dataclass(frozen=True)
class Sweep:
    """One sweep.

    Attributes:
        kind: Quick or full.
        status: As Step Functions has it.
        at: When it ended, or began where it still runs; UTC, ISO 8601.
        summary: What its last step counted.

    """

    kind: str
    status: str
    at: str
    summary: Mapping[str, Any] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """As JSON shows it."""
        return {"kind": self.kind, "status": self.status, "at": self.at, "summary": dict(self.summary)}


def last_sweeps(client: Any, hub: Place, names: Names) -> dict[str, Sweep]:  # noqa: ANN401 - a client
    """The latest sweep of each kind, by its kind; none where none has run or there is no state machine."""
    arn = f"arn:{client.meta.partition}:states:{hub.region}:{hub.account}:stateMachine:{names.sweep_machine}"
    try:
        listed = client.list_executions(stateMachineArn=arn, maxResults=_LOOKED_AT)["executions"]
    except client.exceptions.StateMachineDoesNotExist:
        return {}
    found: dict[str, Sweep] = {}
    for each in listed:
        if len(found) == len(KINDS):
            break
        sweep = sweep_of(client.describe_execution(executionArn=each["executionArn"]))
        found.setdefault(sweep.kind, sweep)
    return found


def sweep_of(execution: Mapping[str, Any]) -> Sweep:
    """One execution as DescribeExecution answers it."""
    asked, counted = json.loads(execution.get("input") or "{}"), json.loads(execution.get("output") or "{}")
    ended = execution.get("stopDate") or execution["startDate"]
    return Sweep(
        str(asked.get("kind", "quick")),
        execution["status"],
        f"{ended.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        counted if isinstance(counted, dict) else {},
    )
