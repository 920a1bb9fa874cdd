"""What must be denied where others may come in: trusts, the bus, queues, topics, and anything without TLS."""

from collections.abc import Iterator
from dataclasses import replace

from tests.privilege.attempts import (
    FOREIGN,
    FOREIGN_ORGANIZATION,
    Attempt,
    Keys,
    Other,
    Role,
    Service,
)
from tests.privilege.calls import calls, delivered
from tests.privilege.deployed import MEMBER
from tests.privilege.places import Places

NO_TLS: Keys = {"aws:SecureTransport": "false"}


def taking_roles(at: Places) -> Iterator[Attempt]:
    """Each role's own service, for another account, source or nobody; and a person."""
    taken = {call.resource: call for call in calls(at.installation) if call.action == "sts:AssumeRole"}
    for call in taken.values():
        if isinstance(call.who, Service):
            account = call.resource.split(":")[4]
            person = Other(f"arn:aws:iam::{account}:role/developer")
            yield replace(call, what="a person takes it", who=person, keys={})
            yield replace(call, what="another service takes it", who=Service("ec2.amazonaws.com"))
            if call.keys:
                source = str(call.keys["aws:SourceArn"])
                of_foreign = {"aws:SourceAccount": FOREIGN, "aws:SourceArn": source.replace(account, FOREIGN)}
                other = source.rpartition(":")[0] + ":other"
                yield replace(call, what="for another account", keys=of_foreign)
                yield replace(call, what="for nobody told", keys={**call.keys, "aws:SourceAccount": None})
                yield replace(
                    call,
                    what="for another source",
                    keys={**call.keys, "aws:SourceArn": other.replace("stateMachine", "activity")},
                )


def bus(at: Places) -> Iterator[Attempt]:
    put, bus = "events:PutEvents", at.of_hub("Bus")
    forwarder = "role/natrec/natrec-forwarder-eu-west-1"
    yield Attempt(
        "a foreign forwarder", Other(f"arn:aws:iam::{FOREIGN}:{forwarder}", FOREIGN_ORGANIZATION), put, bus
    )
    yield Attempt("somebody else of ours", Other(f"arn:aws:iam::{MEMBER}:role/admin"), put, bus)
    lookalike = f"arn:aws:iam::{MEMBER}:role/natrec-forwarder-eu-west-1"
    yield Attempt("a forwarder of another path", Other(lookalike), put, bus)
    for key in ("spoke/ForwarderRole", "management/ForwarderRole"):
        other = at.in_hub("events", "event-bus/default")
        yield Attempt("forwards to another bus", Role(key), put, other)
        yield Attempt("starts a recording", Role(key), "states:StartExecution", at.of_hub("StateMachine"))
    rule = "arn:aws:events:eu-west-1:{}:rule/{}"
    for function in ("NoteRecovery", "RefreshMembers", "TellDigest"):
        source: Keys = {"aws:SourceArn": rule.format(FOREIGN, "natrec/natrec-recovery")}
        arn = at.of_hub(f"{function}Function")
        yield Attempt(
            "a foreign rule calls it", Service("events.amazonaws.com"), "lambda:InvokeFunction", arn, source
        )
        ours: Keys = {"aws:SourceArn": rule.format(at.hub_account, "somebody-elses")}
        yield Attempt(
            "another rule calls it", Service("events.amazonaws.com"), "lambda:InvokeFunction", arn, ours
        )
        person = Other(f"arn:aws:iam::{FOREIGN}:role/admin", FOREIGN_ORGANIZATION)
        yield Attempt("a stranger calls it", person, "lambda:InvokeFunction", arn)


def queues(at: Places) -> Iterator[Attempt]:
    events = Service("events.amazonaws.com")
    rule = f"arn:aws:events:eu-west-1:{FOREIGN}:rule/any"
    for stack, queue in (
        ("hub", "DeadLetters"),
        ("spoke", "ForwardDeadLetters"),
        ("management", "AccountsDeadLetters"),
    ):
        arn = at.installation.stacks[stack].arn(queue)
        stranger = Other(f"arn:aws:iam::{FOREIGN}:role/admin", FOREIGN_ORGANIZATION)
        yield Attempt("a foreign rule fills it", events, "sqs:SendMessage", arn, {"aws:SourceArn": rule})
        yield Attempt("a stranger reads it", stranger, "sqs:ReceiveMessage", arn)
    alarms, topic = Service("cloudwatch.amazonaws.com"), at.of_hub("Topic")
    own = at.in_hub("cloudwatch", "alarm:natrec-hub-dead-letters")
    told: Keys = {"aws:SourceAccount": at.hub_account, "aws:SourceArn": own}
    other: Keys = {"aws:SourceArn": at.in_hub("cloudwatch", "alarm:somebody-elses")}
    foreign: Keys = {"aws:SourceAccount": FOREIGN, "aws:SourceArn": own.replace(at.hub_account, FOREIGN)}
    yield Attempt("another alarm tells the team", alarms, "sns:Publish", topic, {**told, **other})
    yield Attempt("a foreign alarm tells the team", alarms, "sns:Publish", topic, foreign)
    yield Attempt(
        "an alarm of nobody tells the team", alarms, "sns:Publish", topic, {**told, "aws:SourceAccount": None}
    )
    stranger = Other(f"arn:aws:iam::{FOREIGN}:role/admin", FOREIGN_ORGANIZATION)
    for action, resource in (
        ("sns:Publish", topic),
        ("sns:Subscribe", topic),
        ("sqs:SendMessage", at.of_hub("Notices")),
        ("sqs:ReceiveMessage", at.of_hub("DeadNotices")),
        ("dynamodb:GetItem", at.table),
        ("s3:GetObject", at.report),
        ("states:StartExecution", at.of_hub("StateMachine")),
    ):
        yield Attempt("a stranger does it", stranger, action, resource)


def without_tls(at: Places) -> Iterator[Attempt]:
    """Whoever may otherwise."""
    delivery, reader = Service("delivery.logs.amazonaws.com"), Role("hub/StateMachineRole")
    deliverer = Role("hub/DeliverNoticeRole")
    yield Attempt("delivers without TLS", delivery, "s3:PutObject", at.record, {**delivered(at), **NO_TLS})
    yield Attempt("reads records without TLS", reader, "s3:GetObject", at.record, NO_TLS)
    yield Attempt("keeps answers without TLS", reader, "s3:PutObject", at.answer, NO_TLS)
    yield Attempt(
        "writes reports without TLS", Role("hub/WriteReportRole"), "s3:PutObject", at.report, NO_TLS
    )
    yield Attempt("queues without TLS", Role("hub/TellRole"), "sqs:SendMessage", at.of_hub("Notices"), NO_TLS)
    yield Attempt("gives up without TLS", deliverer, "sqs:SendMessage", at.of_hub("DeadNotices"), NO_TLS)
    for topic in at.installation.stacks["hub"].of_type("AWS::SNS::Topic"):
        yield Attempt("publishes without TLS", deliverer, "sns:Publish", at.of_hub(topic), NO_TLS)
