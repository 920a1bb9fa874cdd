"""The hub's functions: what each one is given to run with, and what it may call. Nothing else is granted."""

from dataclasses import dataclass
from typing import Literal

Right = Literal[
    "assume_workers",
    "wake_executions",
    "watch_executions",
    "read_archive",
    "write_reports",
    "publish_notices",
    "read_organization",
    "place_accounts",
]

_READ = ("dynamodb:GetItem",)
# A transaction needs the rights of its parts; there is no action of its own (DynamoDB Developer Guide,
# "Using IAM with DynamoDB transactions").
_SETTLE = (*_READ, "dynamodb:ConditionCheckItem", "dynamodb:PutItem", "dynamodb:UpdateItem")


@dataclass(frozen=True)
class HubFunction:
    """One Lambda function of the hub.

    Attributes:
        name: Its handler's module.
        purpose: For whoever finds it in the console.
        timeout: Seconds; below the state machine's own limit where that calls it.
        memory: Megabytes; they buy processor time as well, so a cold start.
        table_actions: What it does to the table.
        index_actions: What it does to the index of open leases.
        rights: What else it may do.
        invoked_by: `states` waits for the answer; `events` does not, so failures need a queue.

    """

    name: str
    purpose: str
    timeout: int
    memory: int
    table_actions: tuple[str, ...]
    rights: tuple[Right, ...]
    index_actions: tuple[str, ...] = ()
    invoked_by: Literal["states", "events"] = "states"

    @property
    def logical_id(self) -> str:
        """How names within the template begin, as in `OpenRecording`."""
        return "".join(part.capitalize() for part in self.name.split("_"))

    @property
    def handler(self) -> str:
        """What Lambda calls."""
        return f"hub.handlers.{self.name}.handler"


FUNCTIONS = (
    HubFunction(
        name="open_recording",
        purpose="Admits or refuses a recording, creates its flow logs, arms the failsafe.",
        timeout=60,
        memory=512,
        table_actions=("dynamodb:BatchGetItem", *_SETTLE),
        rights=("assume_workers", "place_accounts"),
    ),
    HubFunction(
        name="note_recovery",
        purpose="Notes that an alarm has recovered, and wakes the execution that waits for it.",
        timeout=30,
        memory=512,
        table_actions=(*_READ, "dynamodb:UpdateItem"),
        rights=("wake_executions",),
        invoked_by="events",
    ),
    HubFunction(
        name="close_recording",
        purpose="Deletes a recording's flow logs, disarms the failsafe, settles its usage.",
        timeout=120,
        memory=512,
        table_actions=_SETTLE,
        rights=("assume_workers",),
    ),
    HubFunction(
        name="write_report",
        purpose="Measures what was delivered and writes the report.",
        timeout=120,
        memory=1024,
        table_actions=_SETTLE,
        rights=("read_archive", "write_reports"),
    ),
    HubFunction(
        name="tell",
        purpose="Sends a notice.",
        timeout=30,
        memory=512,
        table_actions=_READ,
        rights=("publish_notices",),
    ),
    HubFunction(
        name="sweep",
        purpose="Closes recordings whose execution was lost.",
        timeout=300,
        memory=512,
        table_actions=_SETTLE,
        index_actions=("dynamodb:Query",),
        rights=("assume_workers", "watch_executions"),
        invoked_by="events",
    ),
    HubFunction(
        name="refresh_members",
        purpose="Reads which accounts the organization has, and below which OUs.",
        timeout=300,
        memory=512,
        table_actions=(*_READ, "dynamodb:UpdateItem"),
        rights=("read_organization",),
        invoked_by="events",
    ),
)
