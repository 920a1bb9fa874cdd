"""What a function of the hub is: how it is run, and what its role is for."""

from collections.abc import Callable, Mapping
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
_ON_ITEMS = (
    "BatchGetItem",
    "ConditionCheckItem",
    "DeleteItem",
    "GetItem",
    "PutItem",
    "Query",
    "UpdateItem",
)
_DECRYPT = ("kms:Decrypt",)
_ENCRYPT = ("kms:Decrypt", "kms:GenerateDataKey")
# What KMS is asked in the caller's name where table, queues, topics, reports are under a key (SQS Developer
# Guide, "Key management"; SNS Developer Guide, "Managing Amazon SNS encryption keys"; S3 User Guide, "Using
# server-side encryption with AWS KMS keys"). Who writes into a table has its own key decrypted, too (DynamoDB
# Developer Guide, "DynamoDB encryption at rest usage notes"; github.com/aws/aws-cdk/issues/10010).
_ASKED_OF_KMS: Mapping[str, tuple[str, ...]] = {
    "sqs:SendMessage": _ENCRYPT,
    "sqs:ReceiveMessage": _DECRYPT,
    "sns:Publish": _ENCRYPT,
    "s3:PutObject": _ENCRYPT,
    "s3:GetObject": _DECRYPT,
    **{f"dynamodb:{each}": _DECRYPT for each in _ON_ITEMS},
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

    @property
    def asked_of_kms(self) -> dict[str, tuple[str, ...]]:
        """What each service asks of the hub's key in its name, as `{"sqs": ("kms:Decrypt",)}`."""
        asked: dict[str, set[str]] = {}
        for action, _ in self.calls:
            if action in _ASKED_OF_KMS:
                asked.setdefault(action.partition(":")[0], set()).update(_ASKED_OF_KMS[action])
        return {service: tuple(sorted(asked[service])) for service in sorted(asked)}

    def on(self, what: On) -> tuple[str, ...]:
        """The actions that it calls on one kind of thing."""
        return tuple(sorted(action for action, on in self.calls if on == what))
