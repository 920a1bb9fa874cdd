"""What must be denied in member accounts: to the worker, to the failsafe, and to who would be the worker."""

from collections.abc import Iterator

from stacksets.contexts import WORKER_CALLERS
from stacksets.functions import FUNCTIONS
from tests.privilege.attempts import (
    FOREIGN,
    FOREIGN_ORGANIZATION,
    Attempt,
    Keys,
    Other,
    Role,
    role_of,
)
from tests.privilege.deployed import MEMBER
from tests.privilege.places import Places, without

ELSEWHERE = "us-east-1"


def worker_creates(at: Places) -> Iterator[Attempt]:
    worker, new = Role("spoke/WorkerRole"), at.flow_log(name="*")
    create = "ec2:CreateFlowLogs"
    hub, recording = (f"aws:RequestTag/{each}" for each in at.tags)
    eni = at.in_member("ec2", "network-interface/eni-0")
    yield Attempt("makes a flow log without tags", worker, create, new)
    yield Attempt("makes one without a recording", worker, create, new, without(at.requested(), recording))
    yield Attempt("makes one without its hub", worker, create, new, without(at.requested(), hub))
    yield Attempt("makes one for another hub", worker, create, new, {**at.requested(), hub: FOREIGN})
    yield Attempt("records a whole VPC", worker, create, at.in_member("ec2", "vpc/vpc-0"))
    yield Attempt("records a subnet", worker, create, at.in_member("ec2", "subnet/subnet-0"))
    yield Attempt(
        "hands log delivery a role",
        worker,
        "iam:PassRole",
        at.worker,
        {"iam:PassedToService": "vpc-flow-logs.amazonaws.com"},
    )
    yield Attempt(
        "makes one through another region",
        worker,
        create,
        new,
        {**at.requested(), "aws:RequestedRegion": ELSEWHERE},
    )
    yield Attempt("records through another region", worker, create, eni, {"aws:RequestedRegion": ELSEWHERE})
    there = at.in_member("ec2", "vpc-flow-log/*", ELSEWHERE)
    yield Attempt("makes one in another region", worker, create, there, at.requested())
    there = at.in_member("ec2", "network-interface/eni-0", ELSEWHERE)
    yield Attempt("records in another region", worker, create, there)
    creating: Keys = {**at.requested(), "ec2:CreateAction": "CreateFlowLogs"}
    tag = "ec2:CreateTags"
    yield Attempt("tags somebody's flow log", worker, tag, at.flow_log(), at.requested())
    yield Attempt(
        "tags as an instance is made", worker, tag, new, {**creating, "ec2:CreateAction": "RunInstances"}
    )
    yield Attempt("tags an instance", worker, tag, at.in_member("ec2", "instance/i-0"), creating)
    yield Attempt(
        "tags through another region", worker, tag, new, {**creating, "aws:RequestedRegion": ELSEWHERE}
    )
    yield Attempt("takes tags away", worker, "ec2:DeleteTags", at.flow_log(), at.owned())


def worker_deletes(at: Places) -> Iterator[Attempt]:
    hub, recording = (f"aws:ResourceTag/{each}" for each in at.tags)
    delete, mine = "ec2:DeleteFlowLogs", at.flow_log()
    for key in ("spoke/WorkerRole", "spoke/FailsafeRole"):
        who = Role(key)
        yield Attempt("deletes a user's flow log", who, delete, mine)
        yield Attempt("deletes another hub's", who, delete, mine, {**at.owned(), hub: FOREIGN})
        yield Attempt("deletes one without its hub", who, delete, mine, without(at.owned(), hub))
        yield Attempt("deletes one of another region", who, delete, at.flow_log(ELSEWHERE), at.owned())
    failsafe = Role("spoke/FailsafeRole")
    yield Attempt("deletes one without a recording", failsafe, delete, mine, without(at.owned(), recording))
    yield Attempt(
        "ends a delivery elsewhere",
        failsafe,
        "logs:DeleteLogDelivery",
        "*",
        {"aws:RequestedRegion": ELSEWHERE},
    )
    yield Attempt("makes a flow log", failsafe, "ec2:CreateFlowLogs", at.flow_log(name="*"), at.requested())
    yield Attempt("looks around", failsafe, "ec2:DescribeInstances")


def worker_elsewhere(at: Places) -> Iterator[Attempt]:
    worker, there = Role("spoke/WorkerRole"), {"aws:RequestedRegion": ELSEWHERE}
    delete: Keys = {**at.owned(), **there}
    yield Attempt("deletes through another region", worker, "ec2:DeleteFlowLogs", at.flow_log(), delete)
    for action in ("ec2:DescribeInstances", "cloudwatch:GetMetricData", "logs:CreateLogDelivery"):
        yield Attempt("looks at another region", worker, action, "*", dict(there))
    arm = "scheduler:CreateSchedule"
    yield Attempt("arms in another region", worker, arm, at.schedule(ELSEWHERE))
    yield Attempt("arms through another region", worker, arm, at.schedule(), dict(there))
    yield Attempt("arms in another group", worker, arm, at.schedule(group="default"))
    passing = "iam:PassRole"
    role = at.installation.role("spoke/FailsafeRole")
    to_scheduler: Keys = {"iam:PassedToService": "scheduler.amazonaws.com"}
    yield Attempt(
        "hands its role to a machine", worker, passing, role, {"iam:PassedToService": "ec2.amazonaws.com"}
    )
    admin = f"arn:aws:iam::{MEMBER}:role/admin"
    yield Attempt("hands over an administrator's role", worker, passing, admin, to_scheduler)
    for action, resource in (
        ("s3:PutBucketPolicy", at.archive),
        ("s3:PutObject", at.record),
        ("s3:GetObject", at.record),
        ("logs:PutResourcePolicy", "*"),
        ("iam:CreateRole", admin),
        ("sts:AssumeRole", admin),
        ("ec2:DeleteNatGateway", at.in_member("ec2", "natgateway/nat-0")),
        ("ec2:TerminateInstances", at.in_member("ec2", "instance/i-0")),
        ("events:PutEvents", at.of_hub("Bus")),
    ):
        yield Attempt(f"does {action}", worker, action, resource)


def becoming_the_worker(at: Places) -> Iterator[Attempt]:
    assume = "sts:AssumeRole"
    named = f"arn:aws:iam::{FOREIGN}:role/natrec/natrec-hub-open-recording"
    hub_admin = f"arn:aws:iam::{at.hub_account}:role/admin"
    yield Attempt("becomes the worker", Other(named, FOREIGN_ORGANIZATION), assume, at.worker)
    yield Attempt("becomes it in our organization", Other(named), assume, at.worker)
    yield Attempt("becomes it in the hub", Other(hub_admin), assume, at.worker)
    yield Attempt(
        "becomes it in the same account", Other(f"arn:aws:iam::{MEMBER}:role/admin"), assume, at.worker
    )
    twin = Other(at.installation.role("hub/OpenRecordingRole"), FOREIGN_ORGANIZATION)
    yield Attempt("becomes it once the hub has left", twin, assume, at.worker)
    for function in FUNCTIONS:
        if function.name not in WORKER_CALLERS:
            yield Attempt("becomes the worker", role_of(function), assume, at.worker)
    for function in FUNCTIONS:
        if function.name in WORKER_CALLERS:
            out: Keys = {"aws:ResourceOrgID": FOREIGN_ORGANIZATION}
            admin = f"arn:aws:iam::{MEMBER}:role/OrganizationAccountAccessRole"
            yield Attempt("becomes a worker outside", role_of(function), assume, at.worker, out)
            yield Attempt("becomes an administrator", role_of(function), assume, admin)
