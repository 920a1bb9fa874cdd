"""Who calls: the role behind an access key, an account's organization, and what policies say of them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from moto.iam.models import iam_backends
from moto.organizations.models import organizations_backends
from moto.sts.models import sts_backends

from scripts.sandbox.engine import policies

PARTITION = "aws"


@dataclass(frozen=True)
class Principal:
    """A caller; for a role's session the role itself, as `aws:PrincipalArn` has it."""

    account: str
    arn: str

    def keys(self) -> dict[str, str]:
        """The global condition keys that describe the caller.

        Source: AWS docs "AWS global condition context keys".
        """
        found = {"aws:PrincipalArn": self.arn, "aws:PrincipalAccount": self.account}
        organization = organization_of(self.account)
        return {**found, "aws:PrincipalOrgID": organization} if organization else found


def caller(access_key: str, account: str) -> Principal:
    """The principal behind an access key; the account itself where the key is no role session."""
    session = sts_backends[account][PARTITION].get_assumed_role_from_access_key(access_key)
    return Principal(account, session.role_arn if session else f"arn:{PARTITION}:iam::{account}:root")


def organization_of(account: str) -> str | None:
    """The id of the organization that an account is a member of, if any."""
    # Copies, for other requests create accounts meanwhile.
    for backends in list(organizations_backends.values()):
        backend = backends.get(PARTITION)
        if backend and backend.org and any(member.id == account for member in list(backend.accounts)):
            return str(backend.org.id)
    return None


def allowed(
    statements: Iterable[Mapping[str, Any]],
    who: Principal,
    action: str,
    resource: str,
    keys: Mapping[str, str] | None = None,
) -> bool:
    """Whether a resource policy lets a principal of some account do one thing.

    Args:
        statements: The policy's statements.
        who: The caller.
        action: As policies write it, `events:PutEvents`.
        resource: The ARN acted on.
        keys: Condition keys of the call, beside those of the caller.

    Raises:
        NotImplementedError: A statement uses what `policies` does not evaluate.

    """
    # Those that name the caller are asked as if they named everyone; `policies` knows services only.
    named = [{**one, "Principal": "*"} for one in statements if _names(one.get("Principal"), who)]
    request = policies.Request("", action, resource, {**(keys or {}), **who.keys()})
    return policies.allows({"Statement": named}, request)


def _names(principal: Any, who: Principal) -> bool:
    if not isinstance(principal, dict):
        return bool(principal == "*")
    names = principal.get("AWS", [])
    # PutPermission of `*` is kept by moto as an ARN with a star for the account.
    everyone = {"*", f"arn:{PARTITION}:iam::*:root"}
    own = {who.account, who.arn, f"arn:{PARTITION}:iam::{who.account}:root"}
    return bool((everyone | own) & set([names] if isinstance(names, str) else names))


def trusts(role_arn: str, service: str) -> bool:
    """Say whether a role exists and its trust policy names an AWS service, `events.amazonaws.com`."""
    account = role_arn.split(":")[4]
    role = next((one for one in iam_backends[account][PARTITION].get_roles() if one.arn == role_arn), None)
    if role is None:
        return False
    statements = json.loads(role.assume_role_policy_document).get("Statement", [])
    for statement in statements if isinstance(statements, list) else [statements]:
        principal = statement.get("Principal")
        services = principal.get("Service", []) if isinstance(principal, dict) else []
        if statement["Effect"] == "Allow" and service in (
            [services] if isinstance(services, str) else services
        ):
            return True
    return False
