"""What must be denied to whoever comes near records, reports, keys and the hub's own things."""

from collections.abc import Iterator

from stacksets.contexts import ARCHIVE_LISTERS
from stacksets.functions import FUNCTIONS
from stacksets.hub_function import HubFunction
from tests.privilege.attempts import (
    FOREIGN,
    FOREIGN_ORGANIZATION,
    Attempt,
    Keys,
    Other,
    Role,
    Service,
    role_of,
)
from tests.privilege.calls import decrypting, delivered
from tests.privilege.deployed import MEMBER
from tests.privilege.places import Places, without


def archive(at: Places) -> Iterator[Attempt]:
    delivery = Service("delivery.logs.amazonaws.com")
    write, good = "s3:PutObject", delivered(at)
    foreign: Keys = {"aws:SourceOrgID": FOREIGN_ORGANIZATION}
    yield Attempt("delivers for a foreign organization", delivery, write, at.record, {**good, **foreign})
    yield Attempt(
        "delivers for no organization", delivery, write, at.record, without(good, "aws:SourceOrgID")
    )
    yield Attempt(
        "looks for a foreign organization", delivery, "s3:GetBucketAcl", at.archive, {**good, **foreign}
    )
    keeping: Keys = {"s3:x-amz-acl": "private"}
    yield Attempt("keeps what it delivers", delivery, write, at.record, {**good, **keeping})
    source: Keys = {"aws:SourceArn": f"arn:aws:s3:::{FOREIGN}"}
    yield Attempt("delivers from something else", delivery, write, at.record, {**good, **source})
    yield Attempt("delivers beside our folder", delivery, write, f"{at.archive}/other/x", good)
    yield Attempt("deletes records", delivery, "s3:DeleteObject", at.record, good)
    yield Attempt("reads records", delivery, "s3:GetObject", at.record, good)
    yield Attempt("another service writes", Service("logging.s3.amazonaws.com"), write, at.record, good)
    strangers = [
        (Other(f"arn:aws:iam::{MEMBER}:role/admin"), "a member account"),
        (Other(f"arn:aws:iam::{FOREIGN}:role/admin", FOREIGN_ORGANIZATION), "a stranger"),
    ]
    if _archive_is_apart(at):
        strangers.append((Other(f"arn:aws:iam::{at.hub_account}:role/admin"), "an administrator of the hub"))
    for who, words in strangers:
        for action, resource in (
            ("s3:GetObject", at.record),
            ("s3:PutObject", at.record),
            ("s3:DeleteObject", at.record),
            ("s3:PutBucketPolicy", at.archive),
            ("s3:ListBucket", at.archive),
            ("s3:GetBucketLocation", at.archive),
        ):
            keys: Keys = {"s3:prefix": f"{at.names.record_prefix}"} if action == "s3:ListBucket" else {}
            yield Attempt(f"{words} does it", who, action, resource, keys)
    reader = Role("hub/StateMachineRole")
    lister = Other(at.installation.role("hub/StateMachineRole"))
    yield Attempt("lists everything", reader, "s3:ListBucket", at.archive)
    if _archive_is_apart(at):
        yield Attempt(
            "lists all, were it not for the archive",
            lister,
            "s3:ListBucket",
            at.archive,
            {"s3:prefix": "other/"},
        )
    yield Attempt("reads beside our folder", reader, "s3:GetObject", f"{at.archive}/other/x")
    yield Attempt("writes records", reader, write, at.record)
    yield Attempt("deletes records", reader, "s3:DeleteObject", at.record)
    yield Attempt("lists all of the reports", reader, "s3:ListBucket", at.reports)
    yield Attempt("reads reports", reader, "s3:GetObject", at.report)
    yield Attempt("reads somebody's table", reader, "glue:GetTable", at.in_hub("glue", "table/other/other"))
    yield Attempt(
        "asks another workgroup",
        reader,
        "athena:StartQueryExecution",
        at.in_hub("athena", "workgroup/primary"),
    )


def _archive_is_apart(at: Places) -> bool:
    """An administrator of the account that holds the archive may do with it what they like."""
    return at.installation.config.organization.archive.account != at.hub_account


def functions(at: Places) -> Iterator[Attempt]:
    """What each function has no business with."""
    reports_readers = {"write_report"}
    for function in FUNCTIONS:
        who = role_of(function)
        yield Attempt("reads records", who, "s3:GetObject", at.record)
        yield Attempt("deletes the table", who, "dynamodb:DeleteTable", at.table)
        yield Attempt("scans the table", who, "dynamodb:Scan", at.table)
        yield Attempt("changes the archive's policy", who, "s3:PutBucketPolicy", at.archive)
        yield Attempt(
            "makes a flow log in the hub", who, "ec2:CreateFlowLogs", at.in_hub("ec2", "vpc-flow-log/*")
        )
        if function.name not in reports_readers:
            yield Attempt("reads reports", who, "s3:GetObject", at.report)
        if function.name not in ARCHIVE_LISTERS:
            prefix: Keys = {"s3:prefix": at.names.record_prefix}
            yield Attempt("lists records", who, "s3:ListBucket", at.archive, prefix)
        if function.name != "deliver_notice":
            secret = at.in_hub("secretsmanager", "secret:natrec/slack-AbCdEf")
            yield Attempt("reads a webhook", who, "secretsmanager:GetSecretValue", secret)
            yield Attempt("tells the team by itself", who, "sns:Publish", at.of_hub("Topic"))
        if function.name != "tell_digest":
            yield Attempt("reads the history", who, "dynamodb:Query", f"{at.table}/index/history")
    writer, deliverer = Role("hub/WriteReportRole"), Role("hub/DeliverNoticeRole")
    yield Attempt("lists beside our folder", writer, "s3:ListBucket", at.archive, {"s3:prefix": "other/"})
    yield Attempt("overwrites an answer", writer, "s3:PutObject", at.answer)
    yield Attempt("deletes a report", writer, "s3:DeleteObject", at.report)
    yield Attempt(
        "reads another secret",
        deliverer,
        "secretsmanager:GetSecretValue",
        at.in_hub("secretsmanager", "secret:other-AbCdEf"),
    )
    yield Attempt("publishes elsewhere", deliverer, "sns:Publish", at.in_hub("sns", "other"))
    yield Attempt(
        "starts an execution",
        Role("hub/NoteRecoveryRole"),
        "states:StartExecution",
        at.of_hub("StateMachine"),
    )
    yield Attempt(
        "starts another machine", Role("hub/OnsetRole"), "states:StartExecution", at.of_hub("SweepMachine")
    )
    yield Attempt(
        "starts a recording",
        Role("hub/SweepScheduleRole"),
        "states:StartExecution",
        at.of_hub("StateMachine"),
    )
    yield Attempt(
        "stops an execution",
        Role("hub/SweepBatchRole"),
        "states:StopExecution",
        at.in_hub("states", "execution:natrec-recording:e"),
    )
    yield Attempt(
        "moves an account",
        Role("hub/RefreshMembersRole"),
        "organizations:MoveAccount",
        f"arn:aws:organizations::{at.installation.config.organization.management_account}:account/{at.installation.config.organization.id}/{MEMBER}",
    )
    yield Attempt(
        "calls what no machine calls",
        Role("hub/StateMachineRole"),
        "lambda:InvokeFunction",
        at.of_hub("RefreshMembersFunction"),
    )


def keys(at: Places) -> Iterator[Attempt]:
    delivery, alarms = Service("delivery.logs.amazonaws.com"), Service("cloudwatch.amazonaws.com")
    reader = Role("hub/StateMachineRole")
    good = delivered(at)
    foreign: Keys = {"aws:SourceOrgID": FOREIGN_ORGANIZATION}
    yield Attempt(
        "encrypts for a foreign organization",
        delivery,
        "kms:GenerateDataKey",
        at.archive_key,
        {**good, **foreign},
    )
    yield Attempt("deletes the key", delivery, "kms:ScheduleKeyDeletion", at.archive_key, good)
    for service in (alarms, Service("events.amazonaws.com")):
        whose: Keys = {"aws:SourceAccount": FOREIGN}
        yield Attempt("encrypts for a stranger", service, "kms:GenerateDataKey", at.hub_key, whose)
        yield Attempt("takes the key away", service, "kms:DisableKey", at.hub_key)
    strange = {"kms:EncryptionContext:aws:logs:arn": at.in_hub("logs", "log-group:/aws/lambda/other")}
    yield Attempt("encrypts others' logs", at.logs, "kms:GenerateDataKey", at.hub_key, strange)
    yield Attempt("encrypts no logs", at.logs, "kms:Decrypt", at.hub_key)
    yield Attempt("lets others use the key", at.logs, "kms:CreateGrant", at.hub_key)
    via: Keys = {"kms:ViaService": f"ec2.{at.region}.amazonaws.com"}
    context: Keys = {"kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::somebody-elses"}
    yield Attempt(
        "decrypts by itself",
        reader,
        "kms:Decrypt",
        at.archive_key,
        without(decrypting(at), "kms:ViaService"),
    )
    yield Attempt(
        "decrypts for another service", reader, "kms:Decrypt", at.archive_key, {**decrypting(at), **via}
    )
    yield Attempt(
        "decrypts another bucket", reader, "kms:Decrypt", at.archive_key, {**decrypting(at), **context}
    )
    yield Attempt(
        "encrypts with the archive's key", reader, "kms:GenerateDataKey", at.archive_key, decrypting(at)
    )
    admin = Other(f"arn:aws:iam::{at.hub_account}:role/admin")
    member = Other(f"arn:aws:iam::{MEMBER}:role/admin")
    if _archive_is_apart(at):
        yield Attempt(
            "an administrator of the hub decrypts", admin, "kms:Decrypt", at.archive_key, decrypting(at)
        )
    yield Attempt("a member account decrypts records", member, "kms:Decrypt", at.archive_key, decrypting(at))
    yield Attempt("a member account decrypts reports", member, "kms:Decrypt", at.hub_key)
    for function in FUNCTIONS:
        yield from _beside_its_services(at, function)


def _beside_its_services(at: Places, function: HubFunction) -> Iterator[Attempt]:
    """The key through services that a function has no business with, and by itself."""
    who = role_of(function)
    yield Attempt("decrypts by itself", who, "kms:Decrypt", at.hub_key)
    for service in ("dynamodb", "s3", "sns", "sqs"):
        if service not in function.asked_of_kms:
            yield Attempt("decrypts what it never calls", who, "kms:Decrypt", at.hub_key, at.through(service))
    reads_only = {"dynamodb"} & set(function.asked_of_kms)
    for service in reads_only:
        yield Attempt("makes a table's key", who, "kms:GenerateDataKey", at.hub_key, at.through(service))
