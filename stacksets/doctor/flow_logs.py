"""Whether flow logs may be created and deleted where organizations forbid that by service control policies.

Two witnesses: the policies themselves, read and judged for the very role that will ask; and EC2, asked with
`DryRun` through the role that leads into the account. Neither is enough alone. A dry run tells of the access
role, which policies often exempt and natrec's roles not; and a policy may hang on what is not known here.

Sources: EC2 API Reference, "Common parameters" (`DryRunOperation` where it would be allowed, else
`UnauthorizedOperation`); IAM User Guide, "Access denied error messages" (the message names the kind of policy
that denies). How DeleteFlowLogs answers a dry run with an id that does not exist is documented nowhere, so
that answer proves nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from botocore.exceptions import ClientError

from stacksets.doctor.checks import Check, Place, Verdict, ill, well
from stacksets.doctor.principals import creating, deleting, keys_of
from stacksets.doctor.texts import exempt_roles, exempted, exemption
from stacksets.inspection.asking import NotAskedError, asking, code_of
from stacksets.inspection.control import Ruling, rule
from stacksets.inspection.installation import Installation
from stacksets.inspection.statements import Asked

# What a dry run proves: that the access role may, that a policy of the organization forbids it, or nothing.
Proof = Literal["allowed", "forbidden", "nothing"]
_MADE_UP = {"interface": "eni-00000000000000000", "flow log": "fl-00000000000000000"}


@dataclass(frozen=True)
class Tried:
    """One dry run: what it proves of the access role, and EC2's answer."""

    proof: Proof
    answer: str


@dataclass(frozen=True)
class Ruled:
    """What the policies say to one request."""

    asked: Asked
    ruling: Ruling


@dataclass(frozen=True)
class RightsSeen:
    """Everything that is known of creating, or of deleting.

    Attributes:
        what: `create` or `delete`.
        ruled: The policies' word for each request; None where they could not be read, with why.
        own: Their word for the access role.
        tried: The dry run.
        roles: Natrec's roles as an exemption names them.
        exemption: The condition to paste where the statement is not known.

    """

    what: str
    ruled: Sequence[Ruled] | None
    own: Ruling | None
    tried: Tried
    roles: Sequence[str]
    exemption: dict[str, Any]
    unread: str = ""


def _seen(
    installation: Installation, place: Place, what: str, requests: Callable[..., list[Asked]], tried: Tried
) -> RightsSeen:
    names = installation.config.names
    roles, text = exempt_roles(names, installation.partition), exemption(names, installation.partition)
    try:
        with asking():
            levels = installation.control.levels(place.account)
    except NotAskedError as problem:
        return RightsSeen(what, None, None, tried, roles, text, unread=problem.what)
    asked = requests(installation, place)
    access = _access_role(installation, place)
    own = Asked(
        access,
        asked[0].action,
        asked[0].resource,
        {**asked[0].keys, **keys_of(installation, access, place)},
    )
    found = [Ruled(each, rule(levels, each)) for each in asked]
    return RightsSeen(what, found, rule(levels, own), tried, roles, text)


def _access_role(installation: Installation, place: Place) -> str:
    """The ARN of the role that leads into the account; a session does not tell its role's path."""
    arn = str(installation.client(place, "sts").get_caller_identity()["Arn"])
    role = arn.rpartition("assumed-role/")[2].partition("/")[0]
    return (
        f"arn:{installation.partition}:iam::{place.account}:role/{role}" if ":assumed-role/" in arn else arn
    )


def proof_of(problem: ClientError) -> Tried:
    """What EC2's answer to a dry run proves."""
    code, words = code_of(problem), str(problem.response["Error"].get("Message", ""))
    if code == "DryRunOperation":
        return Tried("allowed", code)
    if code == "UnauthorizedOperation" and "service control policy" in words:
        return Tried("forbidden", code)
    return Tried("nothing", code)


def _try(call: Callable[..., object], **given: object) -> Tried:
    try:
        call(**given, DryRun=True)
    except ClientError as problem:
        return proof_of(problem)
    return Tried("nothing", "no answer to a dry run")


def read_create(installation: Installation, place: Place) -> RightsSeen:
    """Creating, as the policies have it and as EC2 answers."""
    ec2, config = installation.client(place, "ec2"), installation.config
    names = config.names
    tags = {
        names.hub_tag: installation.hub.account,
        names.recording_tag: "dry-run",
        names.expires_tag: "never",
    }
    bucket = f"arn:{installation.partition}:s3:::{config.organization.archive.bucket}/{names.record_prefix}"
    tried = _try(
        ec2.create_flow_logs,
        ResourceType="NetworkInterface",
        ResourceIds=[_interface(ec2)],
        TrafficType="ALL",
        LogDestinationType="s3",
        LogDestination=bucket,
        TagSpecifications=[
            {
                "ResourceType": "vpc-flow-log",
                "Tags": [{"Key": key, "Value": each} for key, each in tags.items()],
            }
        ],
    )
    return _seen(installation, place, "create", creating, tried)


def read_delete(installation: Installation, place: Place) -> RightsSeen:
    """Deleting, in the same way; with an id that exists where there is one."""
    ec2 = installation.client(place, "ec2")
    there = ec2.describe_flow_logs(MaxResults=5)["FlowLogs"]
    tried = _try(ec2.delete_flow_logs, FlowLogIds=[there[0]["FlowLogId"] if there else _MADE_UP["flow log"]])
    if not there and tried.proof == "allowed":
        tried = Tried("nothing", f"{tried.answer} to an id that does not exist")
    return _seen(installation, place, "delete", deleting, tried)


def _interface(ec2: Any) -> str:  # noqa: ANN401 - a client
    """An interface of a gateway there, so that the dry run meets something real."""
    open_ones = [{"Name": "state", "Values": ["available"]}]
    for gateway in ec2.describe_nat_gateways(Filter=open_ones, MaxResults=5)["NatGateways"]:
        for address in gateway.get("NatGatewayAddresses", []):
            if "NetworkInterfaceId" in address:
                return str(address["NetworkInterfaceId"])
    return _MADE_UP["interface"]


def judge(seen: RightsSeen) -> Verdict:
    """The policies decide for natrec's roles; the dry run tests that they were read right."""
    if seen.ruled is None:
        return _unread(seen)
    for outcome in ("denied", "unclear"):
        for each in seen.ruled:
            if each.ruling.outcome == outcome:
                return _refused(seen, each)
    if seen.tried.proof == "forbidden" and seen.own and seen.own.outcome == "allowed":
        return ill(
            "EC2 forbids it to the access role by a service control policy, and none of those read does",
            "Ask again; where it stays so, exempt natrec's roles in the policy that CloudTrail names "
            "for that call.",
            seen.exemption,
        )
    return well(f"no service control policy denies it; the dry run: {seen.tried.answer}")


def _unread(seen: RightsSeen) -> Verdict:
    if seen.tried.proof == "forbidden":
        found = f"a service control policy forbids to {seen.what} flow logs, at least to the access role"
        return ill(found, _EXEMPT, seen.exemption)
    return ill(
        f"could not be told: the service control policies could not be read ({seen.unread}), and the dry run "
        f"({seen.tried.answer}) tells of the access role only",
        "Ask with the management account's credentials, or a delegated administrator's.",
    )


def _refused(seen: RightsSeen, ruled: Ruled) -> Verdict:
    ruling, asked = ruled.ruling, ruled.asked
    # In every region it is the same policy that says so: one finding, not one for each region.
    role = asked.principal.rpartition("/")[2].removesuffix(str(asked.keys.get("aws:RequestedRegion", "")))
    what = f"{asked.action} to {role}*"
    if ruling.policy is None or ruling.statement is None:
        return ill(
            f"no service control policy on {ruling.target} allows {what}",
            f"Attach one to {ruling.target} that allows it, such as FullAWSAccess.",
        )
    policy = {"Version": "2012-10-17", "Statement": [exempted(ruling.statement, seen.roles)]}
    if ruling.outcome == "unclear":
        sid = ruling.statement.get("Sid", "a statement")
        return ill(
            f"the service control policy {ruling.policy} may deny {what}: {sid} has conditions that "
            "cannot be judged from here",
            _EXEMPT,
            policy,
        )
    return ill(f"the service control policy {ruling.policy} denies {what}", _EXEMPT, policy)


_EXEMPT = "Exempt natrec's roles: put this in place of the statement that denies."

CHECKS = (
    Check("create flow logs", "target", read_create, judge),
    Check("delete flow logs", "target", read_delete, judge),
)
