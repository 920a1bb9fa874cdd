"""The hub's functions: what each one is given to run with, and what it may call. Nothing else is granted."""

from dataclasses import dataclass
from typing import Literal

Right = Literal[
    "assume_workers",
    "wake_executions",
    "watch_executions",
    "start_executions",
    "start_sweeps",
    "list_archive",
    "read_answers",
    "write_reports",
    "read_reports",
    "queue_notices",
    "read_history",
    "deliver_notices",
    "read_organization",
    "place_accounts",
]

_READ = ("dynamodb:GetItem",)
# A transaction needs the rights of its parts; there is no action of its own (DynamoDB Developer Guide,
# "Using IAM with DynamoDB transactions").
_SETTLE = (*_READ, "dynamodb:UpdateItem")


@dataclass(frozen=True)
class HubFunction:
    """One Lambda function of the hub.

    Attributes:
        name: Its handler's module.
        purpose: For whoever finds it in the console.
        timeout: Seconds; below the state machine's own limit where that calls it.
        memory: Megabytes; they buy processor time as well, so a cold start.
        table_actions: What it does to the table.
        index_actions: What it does to the index of what is watched.
        rights: What else it may do.
        invoked_by: `states` waits for the answer; `events` does not, so failures need a queue; `queue` gives
            its messages out again until they are done.
        machine: Which state machine calls it, where one does.

    """

    name: str
    purpose: str
    timeout: int
    memory: int
    table_actions: tuple[str, ...]
    rights: tuple[Right, ...]
    index_actions: tuple[str, ...] = ()
    invoked_by: Literal["states", "events", "queue"] = "states"
    machine: Literal["recording", "sweep"] = "recording"

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
        table_actions=("dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", "dynamodb:PutItem", *_SETTLE),
        rights=("assume_workers", "place_accounts", "queue_notices", "start_executions"),
    ),
    HubFunction(
        name="note_recovery",
        purpose="Notes that an alarm has recovered, or that somebody stops a recording; wakes its wait.",
        timeout=30,
        memory=512,
        table_actions=("dynamodb:UpdateItem",),
        rights=("wake_executions",),
        invoked_by="events",
    ),
    HubFunction(
        name="close_recording",
        purpose="Deletes a recording's flow logs, disarms the failsafe, settles its usage.",
        timeout=120,
        memory=512,
        table_actions=("dynamodb:BatchGetItem", "dynamodb:PutItem", *_SETTLE),
        rights=("assume_workers", "write_reports"),
    ),
    HubFunction(
        name="write_report",
        purpose="Writes the report of a recording, and charges what was delivered.",
        timeout=120,
        memory=1024,
        table_actions=_SETTLE,
        rights=("list_archive", "read_answers", "read_reports", "write_reports"),
    ),
    HubFunction(
        name="tell_started",
        purpose="Looks around in the account of a recording that has begun, and sends its first notice.",
        timeout=45,
        memory=512,
        table_actions=("dynamodb:BatchGetItem", *_READ, "dynamodb:UpdateItem"),
        rights=("assume_workers", "queue_notices", "write_reports"),
    ),
    HubFunction(
        name="tell",
        purpose="Writes a notice, and puts it on its way.",
        timeout=30,
        memory=512,
        table_actions=("dynamodb:BatchGetItem", *_READ),
        rights=("queue_notices",),
    ),
    HubFunction(
        name="tell_digest",
        purpose="Tells of the day before, where the config wants a digest.",
        timeout=120,
        memory=512,
        table_actions=("dynamodb:BatchGetItem",),
        index_actions=("dynamodb:Query",),
        rights=("queue_notices", "read_history"),
        invoked_by="events",
    ),
    HubFunction(
        name="deliver_notice",
        purpose="Brings a notice to whoever is told, once.",
        timeout=30,
        memory=512,
        table_actions=(*_READ, "dynamodb:PutItem"),
        rights=("deliver_notices",),
        invoked_by="queue",
    ),
    HubFunction(
        name="sweep_plan",
        purpose="Shares a sweep out into batches.",
        timeout=60,
        memory=512,
        table_actions=("dynamodb:BatchGetItem",),
        index_actions=("dynamodb:Query",),
        rights=(),
        machine="sweep",
    ),
    HubFunction(
        name="sweep_batch",
        purpose="Visits targets: closes what was lost, deletes what nobody wants, offers what was missed.",
        timeout=840,
        memory=1024,
        table_actions=("dynamodb:BatchGetItem", "dynamodb:DeleteItem", *_SETTLE),
        index_actions=("dynamodb:Query",),
        rights=(
            "assume_workers",
            "wake_executions",
            "watch_executions",
            "start_executions",
            "queue_notices",
            "place_accounts",
        ),
        machine="sweep",
    ),
    HubFunction(
        name="sweep_summary",
        purpose="Adds a sweep up, as one line of metrics.",
        timeout=30,
        memory=256,
        table_actions=(),
        rights=(),
        machine="sweep",
    ),
    HubFunction(
        name="refresh_members",
        purpose="Reads which accounts the organization has, and below which OUs.",
        timeout=300,
        memory=512,
        table_actions=(*_READ, "dynamodb:UpdateItem"),
        rights=("read_organization", "start_sweeps"),
        invoked_by="events",
    ),
)
