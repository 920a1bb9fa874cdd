"""Policy texts to paste: what exempts natrec's roles from an SCP, what a permissions boundary must allow."""

from collections.abc import Sequence
from typing import Any

from orgconfig.models import OrgConfig
from orgconfig.names import Names
from stacksets.doctor.boundaries import VERSION, boundary, hub_boundary
from stacksets.doctor.people import of_people
from stacksets.inspection.conditions import listed
from stacksets.inspection.statements import Statement
from stacksets.rendering import render_spoke

REDEPLOY = (
    "CloudFormation does not see what is changed beside it, so delete its stack instance there and apply "
    "again, or put it back by hand as `natrec render` shows it."
)
_KEY = "aws:PrincipalArn"
# StringNotEquals is not among them: it would take the stars in the roles for stars.
_NEGATED = ("ArnNotLike", "ArnNotEquals", "StringNotLike")


def exempt_roles(names: Names, partition: str) -> list[str]:
    """The roles that create and delete flow logs, in every account and region."""
    return [
        names.role_arn(partition, "*", role) for role in (names.worker_role("*"), names.failsafe_role("*"))
    ]


def exempted(statement: Statement, roles: Sequence[str]) -> dict[str, Any]:
    """A statement that denies, with these roles exempt: a list of exempt roles that it has already grows."""
    condition = {operator: dict(keys) for operator, keys in statement.get("Condition", {}).items()}
    for operator, keys in condition.items():
        if operator.removesuffix("IfExists") not in _NEGATED:
            continue
        for key in keys:
            if key.lower() == _KEY.lower():
                known = listed(keys[key])
                keys[key] = [*known, *(role for role in roles if role not in known)]
                return {**statement, "Condition": condition}
    condition.setdefault("ArnNotLike", {})[_KEY] = list(roles)
    return {**statement, "Condition": condition}


def exemption(names: Names, partition: str) -> dict[str, Any]:
    """The condition for every statement of an SCP that denies what natrec does to flow logs."""
    return {"Condition": {"ArnNotLike": {_KEY: exempt_roles(names, partition)}}}


def guard(names: Names, partition: str) -> dict[str, Any]:
    """An SCP that keeps the exempt roles natrec's own: only stack sets and the access role touch them.

    StackSets deploys with roles of this name (CloudFormation User Guide, "Stack sets concepts").
    """
    return {
        "Version": VERSION,
        "Statement": [
            {
                "Sid": "OnlyStackSetsTouchTheseRoles",
                "Effect": "Deny",
                "Action": [
                    "iam:AttachRolePolicy",
                    "iam:CreateRole",
                    "iam:DeleteRole",
                    "iam:DeleteRolePermissionsBoundary",
                    "iam:DeleteRolePolicy",
                    "iam:DetachRolePolicy",
                    "iam:PutRolePermissionsBoundary",
                    "iam:PutRolePolicy",
                    "iam:UpdateAssumeRolePolicy",
                    "iam:UpdateRole",
                ],
                "Resource": exempt_roles(names, partition),
                "Condition": {
                    "ArnNotLike": {
                        _KEY: [
                            f"arn:{partition}:iam::*:role/stacksets-exec-*",
                            f"arn:{partition}:iam::*:role/OrganizationAccountAccessRole",
                        ]
                    }
                },
            }
        ],
    }


def texts(config: OrgConfig, partition: str) -> dict[str, tuple[str, dict[str, Any]]]:
    """Every text that an organization may need: its title, what it is for, and itself."""
    names = config.names
    return {
        "scp-exemption": (
            "For statements of service control policies that deny flow logs: add this condition.",
            exemption(names, partition),
        ),
        "scp-guard": (
            "A service control policy that keeps the exempt roles natrec's own.",
            guard(names, partition),
        ),
        "permissions-boundary": (
            "What the policy that iam.permissions_boundary names must allow in every account but the hub's.",
            boundary(render_spoke(config), partition),
        ),
        "permissions-boundary-hub": (
            "What it must allow in the hub's account.",
            hub_boundary(config, partition),
        ),
        **of_people(config, partition),
    }
