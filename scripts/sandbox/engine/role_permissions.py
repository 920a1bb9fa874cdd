"""What a role's own policies allow, for the services that ask before they take a role.

Source: IAM User Guide, pages "Policy evaluation logic" (a Deny wins; a permissions boundary must allow as
well) and "IAM JSON policy elements". Calls that people and functions make are not checked (see the README).
"""

import json
from collections.abc import Iterator
from typing import Any

from moto.iam.models import ManagedPolicy, Role, iam_backends

from scripts.sandbox.engine import policies
from scripts.sandbox.engine.principals import PARTITION, Principal


def allowed(role_arn: str, action: str, resource: str, region: str) -> bool:
    """Whether a role exists and its policies let it do one thing.

    Raises:
        NotImplementedError: A statement uses what `policies` does not evaluate.

    """
    account = role_arn.split(":")[4]
    roles = {each.arn: each for each in iam_backends[account][PARTITION].get_roles()}
    role = roles.get(role_arn)
    if role is None:
        return False
    keys = {**Principal(account, role_arn).keys(), "aws:RequestedRegion": region}
    request = policies.Request("", action, resource, keys)
    boundary = iam_backends[account][PARTITION].managed_policies.get(role.permissions_boundary_arn or "")
    if boundary is not None and not policies.allows({"Statement": _statements(_document(boundary))}, request):
        return False
    own = [statement for document in _documents(role) for statement in _statements(document)]
    return policies.allows({"Statement": own}, request)


def _documents(role: Role) -> Iterator[str]:
    yield from role.policies.values()
    for policy in role.managed_policies.values():
        yield _document(policy)


def _document(policy: ManagedPolicy) -> str:
    return next(each.document for each in policy.versions if each.is_default)


def _statements(document: str) -> list[dict[str, Any]]:
    """A policy's statements, which speak of the role that has it."""
    found = json.loads(document).get("Statement", [])
    return [{**each, "Principal": "*"} for each in ([found] if isinstance(found, dict) else found)]
