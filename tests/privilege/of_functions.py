"""Every call that the hub's functions make."""

from collections.abc import Iterator

from stacksets.contexts import WORKER_CALLERS
from stacksets.hub_function import HubFunction
from tests.privilege.attempts import Attempt, Keys, Role, role_of
from tests.privilege.places import Places, assumed

# What each function's adapters call; the scenario that records every call holds these to be true.
TABLE = {
    "open_recording": ("BatchGetItem", "GetItem", "ConditionCheckItem", "PutItem", "UpdateItem"),
    "note_recovery": ("UpdateItem",),
    "close_recording": ("BatchGetItem", "GetItem", "PutItem", "UpdateItem"),
    "write_report": ("GetItem", "UpdateItem"),
    "tell_started": ("BatchGetItem", "GetItem", "UpdateItem"),
    "tell": ("BatchGetItem", "GetItem"),
    "tell_digest": ("BatchGetItem",),
    "deliver_notice": ("GetItem", "PutItem"),
    "sweep_plan": ("BatchGetItem",),
    "sweep_batch": ("BatchGetItem", "GetItem", "UpdateItem", "DeleteItem"),
    "refresh_members": ("GetItem", "UpdateItem"),
}
INDEXES = {"tell_digest": ("open", "history"), "sweep_plan": ("open",), "sweep_batch": ("open",)}
ORGANIZATION = ("ListAccountsForParent", "ListOrganizationalUnitsForParent", "ListRoots")


def of_function(at: Places, function: HubFunction) -> Iterator[Attempt]:
    who = role_of(function)
    yield assumed(at, who.key, "lambda.amazonaws.com", None)
    for action in TABLE.get(function.name, ()):
        yield Attempt("uses the table", who, f"dynamodb:{action}", at.table)
    if function.name in TABLE:
        yield from keyed(at, who, "dynamodb", "Decrypt")
    for index in INDEXES.get(function.name, ()):
        yield Attempt("asks the index", who, "dynamodb:Query", f"{at.table}/index/{index}")
    log = at.of_hub(f"{function.logical_id}Logs").removesuffix("*") + "log-stream:2026/11/23/x"
    for action in ("CreateLogStream", "PutLogEvents"):
        yield Attempt("logs", who, f"logs:{action}", log)
    for action in ("PutTelemetryRecords", "PutTraceSegments"):
        yield Attempt("traces", who, f"xray:{action}")
    if function.invoked_by == "events":
        yield Attempt("gives up", who, "sqs:SendMessage", at.of_hub("DeadLetters"))
        yield from keyed(at, who, "sqs", "Decrypt", "GenerateDataKey")
    yield from _of_function(at, function.name, who)


def _of_function(at: Places, name: str, who: Role) -> Iterator[Attempt]:
    if name in WORKER_CALLERS:
        yield Attempt("becomes the worker", who, "sts:AssumeRole", at.worker)
    if name in ("note_recovery", "sweep_batch"):
        yield Attempt("wakes", who, "states:SendTaskSuccess")
    if name in ("open_recording", "sweep_batch"):
        yield Attempt("starts", who, "states:StartExecution", at.of_hub("StateMachine"))
        for action in ("DescribeAccount", "ListParents"):
            yield Attempt("places an account", who, f"organizations:{action}")
    if name in ("open_recording", "tell", "tell_started", "tell_digest", "sweep_batch"):
        yield Attempt("queues notices", who, "sqs:SendMessage", at.of_hub("Notices"))
        yield from keyed(at, who, "sqs", "Decrypt", "GenerateDataKey")
    if name in ("write_report", "close_recording", "tell_started"):
        yield Attempt("writes reports", who, "s3:PutObject", at.report)
        yield from keyed(at, who, "s3", "Decrypt", "GenerateDataKey")
    yield from _of_one(at, name, who)


def _of_one(at: Places, name: str, who: Role) -> Iterator[Attempt]:
    machine, sweep = at.of_hub("StateMachine"), at.of_hub("SweepMachine")
    execution = at.in_hub("states", f"execution:{at.names.state_machine}:e1")
    match name:
        case "sweep_batch":
            yield Attempt("looks at executions", who, "states:ListExecutions", machine)
            yield Attempt("looks at executions", who, "states:DescribeExecution", execution)
        case "write_report":
            prefix: Keys = {"s3:prefix": f"{at.names.record_prefix}AWSLogs/"}
            yield Attempt("lists records", who, "s3:ListBucket", at.archive, prefix)
            yield Attempt("reads answers", who, "athena:GetQueryResults", at.work_group)
            yield Attempt("reads answers", who, "s3:GetObject", at.answer)
            yield Attempt("reads notes", who, "s3:GetObject", at.report)
            yield Attempt("learns what is missing", who, "s3:ListBucket", at.reports)
        case "refresh_members":
            yield Attempt("starts", who, "states:StartExecution", sweep)
            for action in ORGANIZATION:
                yield Attempt("reads the organization", who, f"organizations:{action}")
        case "deliver_notice":
            yield from _delivering(at, who)
        case _:
            pass


def _delivering(at: Places, who: Role) -> Iterator[Attempt]:
    for action in ("ChangeMessageVisibility", "DeleteMessage", "GetQueueAttributes", "ReceiveMessage"):
        yield Attempt("takes notices", who, f"sqs:{action}", at.of_hub("Notices"))
    yield Attempt("keeps what nobody takes", who, "sqs:SendMessage", at.of_hub("DeadNotices"))
    for topic in at.installation.stacks["hub"].of_type("AWS::SNS::Topic"):
        yield Attempt("publishes", who, "sns:Publish", at.of_hub(topic))
    if at.installation.config.notify.slack:
        secret = at.in_hub("secretsmanager", "secret:natrec/slack-AbCdEf")
        yield Attempt("reads a webhook", who, "secretsmanager:GetSecretValue", secret)
    for service in ("sns", "sqs"):
        yield from keyed(at, who, service, "Decrypt", "GenerateDataKey")


def keyed(at: Places, who: Role, service: str, *actions: str) -> Iterator[Attempt]:
    """What a service asks KMS in somebody's name."""
    if at.installation.config.organization.archive.kms != "none":
        for action in actions:
            yield Attempt("uses the key", who, f"kms:{action}", at.hub_key, at.through(service))
