"""AssumeRole as AWS answers it: the role must exist, and its trust policy must admit the caller.

moto assumes any role for anybody. Sources: AWS STS API Reference, page "AssumeRole"; IAM User Guide, pages
"How to use trust policies" and "AWS global condition context keys". Identity policies are not looked at.

OrganizationAccountAccessRole opens every account, as the sandbox promises: AWS Organizations puts it into
accounts that it creates (Organizations User Guide, "Accessing member accounts").
"""

import json
import re
from typing import Any

from moto.core.exceptions import AccessDeniedError
from moto.iam.models import iam_backends
from moto.sts.exceptions import STSValidationError
from moto.sts.responses import TokenResponse

from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.principals import PARTITION, Principal, allowed, caller
from scripts.sandbox.engine.seams import replace
from scripts.sandbox.engine.service_control import denial

ROLE_ARN = re.compile(r"arn:aws:iam::[0-9]{12}:role/.+")
FRONT_DOOR = "role/OrganizationAccountAccessRole"


def may_assume(role_arn: str, who: Principal, external_id: str | None = None) -> bool:
    """Whether a role exists and trusts a principal."""
    account, name = role_arn.split(":")[4:]
    if name == FRONT_DOOR:
        return True
    role = next((one for one in iam_backends[account][PARTITION].get_roles() if one.arn == role_arn), None)
    if role is None:
        return False
    statements = json.loads(role.assume_role_policy_document).get("Statement", [])
    listed = statements if isinstance(statements, list) else [statements]
    keys = {"sts:ExternalId": external_id} if external_id else {}
    # A trust policy speaks of its own role, so its statements name no resource.
    return allowed([{**one, "Resource": "*"} for one in listed], who, "sts:AssumeRole", role_arn, keys)


def install(_: Engine) -> None:
    """Ask the role before moto assumes it."""

    def make(original: Any) -> Any:
        def assume_role(self: Any) -> Any:
            role, who = str(self._get_param("RoleArn")), caller(self.access_key, self.current_account)
            if not ROLE_ARN.fullmatch(role):
                raise STSValidationError(f"{role} is invalid")
            if not may_assume(role, who, self._get_param("ExternalId")):
                raise AccessDeniedError(who.arn, f"sts:AssumeRole on resource: {role}")
            if denied := denial(who, "sts:AssumeRole", role, self.region):
                raise AccessDeniedError(who.arn, f"sts:AssumeRole on resource: {role} {denied}")
            return original(self)

        return assume_role

    replace(TokenResponse, "assume_role", make)
