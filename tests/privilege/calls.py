"""Every call that natrec makes, and that AWS makes in its name: all of them must be allowed."""

from collections.abc import Iterator

from stacksets.functions import FUNCTIONS
from tests.privilege.attempts import Attempt, Keys, Other, Role, Service
from tests.privilege.deployed import MEMBER, Installation
from tests.privilege.of_functions import of_function
from tests.privilege.places import Places, assumed

LOG_AND_TRACE = (
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
)
WORKER_LOOKS = (
    # What DescribeAlarmContributors is asked as: no service reference has it, the pattern covers both.
    "cloudwatch:DescribeAlarms",
    "cloudwatch:GetMetricData",
    "ec2:DescribeFlowLogs",
    "ec2:DescribeInstances",
    "ec2:DescribeNatGateways",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeRouteTables",
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
)


def calls(installation: Installation) -> list[Attempt]:
    """All of them."""
    at = Places(installation)
    return [
        *_events(at),
        *_machines(at),
        *(each for function in FUNCTIONS for each in of_function(at, function)),
        *_worker(at),
        *_failsafe(at),
        *_services(at),
    ]


def _events(at: Places) -> Iterator[Attempt]:
    hub = "events.amazonaws.com"
    for role, machine, rule in (
        ("OnsetRole", "StateMachine", "OnsetRule"),
        ("SweepScheduleRole", "SweepMachine", "SweepRule"),
        ("SweepScheduleRole", "SweepMachine", "FullSweepRule"),
    ):
        yield Attempt("starts", Role(f"hub/{role}"), "states:StartExecution", at.of_hub(machine))
        yield assumed(at, f"hub/{role}", hub, at.of_hub(rule))
    for stack, rule in (("spoke", "ForwardRule"), ("management", "AccountsRule")):
        here = at.installation.stacks[stack]
        forwarder = f"{stack}/ForwarderRole"
        yield Attempt("forwards", Role(forwarder), "events:PutEvents", at.of_hub("Bus"))
        yield assumed(at, forwarder, hub, here.arn(rule))
        queue = "ForwardDeadLetters" if stack == "spoke" else "AccountsDeadLetters"
        given_up: Keys = {"aws:SourceArn": here.arn(rule), "aws:SourceAccount": here.account}
        yield Attempt("gives up", Service(hub), "sqs:SendMessage", here.arn(queue), given_up)
    for rule in at.installation.stacks["hub"].of_type("AWS::Events::Rule"):
        gone: Keys = {"aws:SourceArn": at.of_hub(rule), "aws:SourceAccount": at.hub_account}
        yield Attempt(f"{rule} gives up", Service(hub), "sqs:SendMessage", at.of_hub("DeadLetters"), gone)
    for rule, function in (
        ("RecoveryRule", "NoteRecovery"),
        ("AccountsRule", "RefreshMembers"),
        ("RefreshRule", "RefreshMembers"),
        ("DigestRule", "TellDigest"),
    ):
        from_rule: Keys = {"aws:SourceArn": at.of_hub(rule)}
        arn = at.of_hub(f"{function}Function")
        yield Attempt(f"{rule} calls", Service(hub), "lambda:InvokeFunction", arn, from_rule)


def _machines(at: Places) -> Iterator[Attempt]:
    for machine, role in (("recording", "StateMachineRole"), ("sweep", "SweepMachineRole")):
        who = Role(f"hub/{role}")
        logical_id = "StateMachine" if machine == "recording" else "SweepMachine"
        yield assumed(at, who.key, "states.amazonaws.com", at.of_hub(logical_id))
        for function in FUNCTIONS:
            if function.invoked_by == "states" and function.machine == machine:
                arn = at.of_hub(f"{function.logical_id}Function")
                yield Attempt("calls", who, "lambda:InvokeFunction", arn)
        for action in LOG_AND_TRACE:
            yield Attempt("logs and traces", who, action)
    yield from _recording_machine(at, Role("hub/StateMachineRole"))


def _recording_machine(at: Places, who: Role) -> Iterator[Attempt]:
    yield Attempt("stores a token", who, "dynamodb:UpdateItem", at.table)
    yield Attempt("keeps what it cannot read", who, "sqs:SendMessage", at.of_hub("DeadLetters"))
    for action in ("StartQueryExecution", "GetQueryExecution", "StopQueryExecution"):
        yield Attempt("asks", who, f"athena:{action}", at.work_group)
    yield Attempt("asks", who, "athena:GetDataCatalog", at.in_hub("athena", "datacatalog/AwsDataCatalog"))
    table = f"table/{at.names.database}/{at.names.records_table}"
    for rest in ("catalog", f"database/{at.names.database}"):
        yield Attempt("reads the catalog", who, "glue:GetDatabase", at.in_hub("glue", rest))
    for action in ("GetTable", "GetPartition", "GetPartitions", "BatchGetPartition"):
        for rest in ("catalog", f"database/{at.names.database}", table):
            yield Attempt("reads the catalog", who, f"glue:{action}", at.in_hub("glue", rest))
    prefix: Keys = {"s3:prefix": f"{at.names.record_prefix}AWSLogs/"}
    yield Attempt("lists records", who, "s3:ListBucket", at.archive, prefix)
    yield Attempt("finds the region", who, "s3:GetBucketLocation", at.archive)
    yield Attempt("reads records", who, "s3:GetObject", at.record)
    for action in ("GetBucketLocation", "ListBucketMultipartUploads"):
        yield Attempt("finds the answers", who, f"s3:{action}", at.reports)
    yield Attempt("lists answers", who, "s3:ListBucket", at.reports, {"s3:prefix": at.names.answers_prefix})
    for action in ("PutObject", "GetObject", "AbortMultipartUpload", "ListMultipartUploadParts"):
        yield Attempt("keeps answers", who, f"s3:{action}", at.answer)
    if at.installation.config.organization.archive.kms != "none":
        yield Attempt("decrypts records", who, "kms:Decrypt", at.archive_key, decrypting(at))
        for action in ("Decrypt", "GenerateDataKey"):
            yield Attempt("encrypts answers", who, f"kms:{action}", at.hub_key)
            yield Attempt("encrypts dead letters", who, f"kms:{action}", at.hub_key, at.through("sqs"))
        yield Attempt("uses the table's key", who, "kms:Decrypt", at.hub_key, at.through("dynamodb"))


def decrypting(at: Places) -> Keys:
    """What KMS is told by S3 when an object of the archive is read."""
    return {**at.through("s3"), "kms:EncryptionContext:aws:s3:arn": at.archive}


def _worker(at: Places) -> Iterator[Attempt]:
    who = Role("spoke/WorkerRole")
    yield Attempt("makes a flow log", who, "ec2:CreateFlowLogs", at.flow_log(name="*"), at.requested())
    for resource in ("network-interface/eni-0123456789abcdef0", "natgateway/nat-0123456789abcdef0"):
        yield Attempt("makes a flow log", who, "ec2:CreateFlowLogs", at.in_member("ec2", resource))
    creating: Keys = {**at.requested(), "ec2:CreateAction": "CreateFlowLogs"}
    yield Attempt("tags it as it is made", who, "ec2:CreateTags", at.flow_log(name="*"), creating)
    yield Attempt("deletes it", who, "ec2:DeleteFlowLogs", at.flow_log(), at.owned())
    for action in WORKER_LOOKS:
        yield Attempt("looks and delivers", who, action)
    for action in ("CreateSchedule", "DeleteSchedule", "GetSchedule"):
        yield Attempt("arms and disarms", who, f"scheduler:{action}", at.schedule())
    passing: Keys = {"iam:PassedToService": "scheduler.amazonaws.com"}
    role = at.installation.role("spoke/FailsafeRole")
    yield Attempt("hands over the failsafe's role", who, "iam:PassRole", role, passing)


def _failsafe(at: Places) -> Iterator[Attempt]:
    who = Role("spoke/FailsafeRole")
    group = at.in_member("scheduler", f"schedule-group/{at.names.schedule_group}")
    yield assumed(at, who.key, "scheduler.amazonaws.com", group)
    yield Attempt("deletes", who, "ec2:DeleteFlowLogs", at.flow_log(), at.owned())
    yield Attempt("ends the delivery", who, "logs:DeleteLogDelivery")


def delivered(at: Places, **keys: str | None) -> Keys:
    """What log delivery tells of itself."""
    source = f"arn:aws:logs:{at.region}:{MEMBER}:*"
    organization = at.installation.config.organization.id
    return {"aws:SourceOrgID": organization, "aws:SourceAccount": MEMBER, "aws:SourceArn": source, **keys}


def _services(at: Places) -> Iterator[Attempt]:
    delivery, alarms = Service("delivery.logs.amazonaws.com"), Service("cloudwatch.amazonaws.com")
    full: Keys = {"s3:x-amz-acl": "bucket-owner-full-control"}
    yield Attempt("writes records", delivery, "s3:PutObject", at.record, {**delivered(at), **full})
    yield Attempt("writes without a header", delivery, "s3:PutObject", at.record, delivered(at))
    for action in ("GetBucketAcl", "ListBucket"):
        yield Attempt("looks", delivery, f"s3:{action}", at.archive, delivered(at))
    alarm = at.in_hub("cloudwatch", f"alarm:{at.names.hub_alarm('dead-letters')}")
    told: Keys = {"aws:SourceAccount": at.hub_account, "aws:SourceArn": alarm}
    yield Attempt("tells the team", alarms, "sns:Publish", at.of_hub("Topic"), told)
    if at.installation.config.organization.archive.kms != "none":
        for action in ("Encrypt", "Decrypt", "ReEncryptFrom", "GenerateDataKey", "DescribeKey"):
            yield Attempt("encrypts records", delivery, f"kms:{action}", at.archive_key, delivered(at))
        for service in (alarms, Service("events.amazonaws.com")):
            for action in ("Decrypt", "GenerateDataKey"):
                yield Attempt("encrypts what it tells", service, f"kms:{action}", at.hub_key)
                whose: Keys = {"aws:SourceAccount": at.hub_account}
                yield Attempt("says for whom it encrypts", service, f"kms:{action}", at.hub_key, whose)
        for stack in at.installation.stacks["hub"].of_type("AWS::Logs::LogGroup"):
            for action in ("Encrypt", "Decrypt", "ReEncryptFrom", "GenerateDataKey"):
                yield Attempt("encrypts logs", at.logs, f"kms:{action}", at.hub_key, at.logged(stack))
        owner = Other(f"arn:aws:iam::{at.archive_key.split(':')[4]}:role/admin")
        yield Attempt("keeps the key usable", owner, "kms:PutKeyPolicy", at.archive_key)
