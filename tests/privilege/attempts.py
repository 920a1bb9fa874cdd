"""What somebody may try, and how the simulator is asked about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from stacksets.hub_function import HubFunction
from tests.privilege.deployed import Document, Installation
from tests.privilege.simulator import Request

EVERYTHING = "everything"
# For whoever stands outside: nothing of their own holds them back, so it is ours that must.
EVERYTHING_DOCUMENT: Document = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}
Keys = dict[str, str | None]
FOREIGN, FOREIGN_ORGANIZATION = "999999999999", "o-foreignorgid"


@dataclass(frozen=True)
class Role:
    """One of ours, by stack and logical id: `hub/TellRole`."""

    key: str


@dataclass(frozen=True)
class Service:
    """A service of AWS."""

    name: str


@dataclass(frozen=True)
class Other:
    """A role that is not ours, whose own policies allow everything."""

    arn: str
    organization: str | None = None


@dataclass(frozen=True)
class Attempt:
    """Somebody does something.

    Attributes:
        what: In words, for the matrix.
        who: Who it is.
        action: As policies write it.
        resource: The ARN acted on; `*` where the action knows none.
        keys: Condition keys beside those that AWS always tells; None takes one of these away.

    """

    what: str
    who: Role | Service | Other
    action: str
    resource: str = "*"
    keys: Mapping[str, str | None] = field(default_factory=dict)


def role_of(function: HubFunction) -> Role:
    """A function's role."""
    return Role(f"hub/{function.logical_id}Role")


def told(attempt: Attempt) -> str:
    """One line of the matrix: who, what, which action on which resource."""
    return (
        f"{_named(attempt.who)}: {attempt.what}: {attempt.action} {attempt.resource.removeprefix('arn:aws:')}"
    )


def _named(who: Role | Service | Other) -> str:
    if isinstance(who, Role):
        return who.key
    if isinstance(who, Service):
        return who.name.removesuffix(".amazonaws.com")
    _, _, _, _, account, name = who.arn.split(":")
    return f"{name} of {account}" + (f" in {who.organization}" if who.organization else "")


def documents(installation: Installation) -> dict[str, Document]:
    """Every policy that a request may name."""
    return {**installation.documents, EVERYTHING: EVERYTHING_DOCUMENT}


def request(
    installation: Installation, attempt: Attempt, *, boundary: str | None = None, scp: str | None = None
) -> Request:
    """The attempt as IAM sees it.

    The keys are those of IAM User Guide, "AWS global condition context keys"; of a role's session
    `aws:PrincipalArn` is the role's ARN.
    """
    caller = _caller(installation, attempt.who)
    parts = attempt.resource.split(":")
    account = _owner(installation, attempt.resource) or caller.account
    always = {
        "aws:SecureTransport": "true",
        "aws:RequestedRegion": (parts[3] if len(parts) > 3 else "")
        or installation.config.organization.hub.region,
        "aws:ResourceAccount": account,
        **({} if account == FOREIGN else {"aws:ResourceOrgID": installation.config.organization.id}),
    }
    keys: dict[str, Any] = {**always, **caller.keys, **attempt.keys}
    return Request(
        principal=caller.principal,
        action=attempt.action,
        resource=attempt.resource,
        account=account,
        keys={key: value for key, value in keys.items() if value is not None},
        identity=caller.identity,
        resource_policy=installation.guard_of(attempt.resource),
        boundary=boundary,
        scp=scp,
    )


@dataclass(frozen=True)
class _Caller:
    principal: str
    account: str
    keys: Mapping[str, str]
    identity: tuple[str, ...]


def _caller(installation: Installation, who: Role | Service | Other) -> _Caller:
    if isinstance(who, Service):
        keys = {"aws:PrincipalIsAWSService": "true", "aws:PrincipalServiceName": who.name}
        return _Caller(who.name, installation.config.organization.hub.account, keys, ())
    if isinstance(who, Role):
        arn, organization, own = installation.role(who.key), installation.config.organization.id, who.key
    else:
        arn, organization, own = who.arn, who.organization or installation.config.organization.id, EVERYTHING
    account, name = arn.split(":")[4], arn.rpartition("/")[2]
    keys = {"aws:PrincipalArn": arn, "aws:PrincipalAccount": account, "aws:PrincipalOrgID": organization}
    return _Caller(f"arn:aws:sts::{account}:assumed-role/{name}/session", account, keys, (own,))


def _owner(installation: Installation, resource: str) -> str | None:
    """Whose a resource is; a bucket's ARN does not tell."""
    organization = installation.config.organization
    bucket = resource.removeprefix("arn:aws:s3:::").partition("/")[0]
    if not resource.startswith("arn:aws:s3:::"):
        return resource.split(":")[4] or None if resource.startswith("arn:") else None
    owners = {organization.archive.bucket: organization.archive.account}
    return owners.get(
        bucket, organization.hub.account if bucket.startswith(installation.config.namespace) else FOREIGN
    )
