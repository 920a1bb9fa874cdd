"""Service control policies as Organizations applies them, to the calls in which they matter here.

moto keeps the policies and lets everything pass. Sources: Organizations User Guide, pages "SCP evaluation"
(an Allow at every level from the root to the account, no Deny at any; never the management account) and
"Enabling and disabling policy types"; Organizations API Reference, page "AttachPolicy"; IAM User
Guide, page "Access denied error messages" (the words that name the kind of policy).
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.organizations.models import FakePolicy, OrganizationsBackend

from scripts.sandbox.engine import policies
from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.principals import Principal
from scripts.sandbox.engine.seams import replace
from scripts.sandbox.engine.stacksets.targets import organization_of

TYPE = "SERVICE_CONTROL_POLICY"


class PolicyTypeNotEnabled(JsonRESTError):  # noqa: N818 - AWS's name
    """A policy of a type that the root has not enabled cannot be attached."""

    code = 400

    def __init__(self) -> None:
        super().__init__(
            "PolicyTypeNotEnabledException", "This operation can be performed only for enabled policy types."
        )


def denial(
    who: Principal, action: str, resource: str, region: str, keys: Mapping[str, str] | None = None
) -> str | None:
    """Why service control policies deny a call, in the words that end AWS's message; None where they do not.

    Raises:
        NotImplementedError: A statement uses what `policies` does not evaluate.

    """
    organization = organization_of(who.account)
    if organization is None or organization.account_id == who.account or not _enabled(organization):
        return None
    context = {**(keys or {}), **who.keys(), "aws:RequestedRegion": region}
    request = policies.Request("", action, resource, context)
    levels = list(_levels(organization, who.account))
    for attached in levels:
        for policy in attached:
            denies = [each for each in _statements(policy) if each["Effect"] == "Deny"]
            # As an Allow, a Deny that holds is one that matches.
            if policies.allows({"Statement": [{**each, "Effect": "Allow"} for each in denies]}, request):
                return f"with an explicit deny in a service control policy: {policy.arn}"
    for attached in levels:
        allows = [one for each in attached for one in _statements(each) if one["Effect"] == "Allow"]
        if not policies.allows({"Statement": allows}, request):
            return f"because no service control policy allows the {action} action"
    return None


def _enabled(organization: OrganizationsBackend) -> bool:
    root = organization.ou[0]
    return any(each["Type"] == TYPE for each in getattr(root, "policy_types", ()))


def _levels(organization: OrganizationsBackend, account: str) -> Iterator[list[FakePolicy]]:
    """What is attached to the account, and to everything above it."""
    units = {unit.id: unit for unit in organization.ou}
    here: Any = next(each for each in organization.accounts if each.id == account)
    while here is not None:
        yield [policy for policy in here.attached_policies if policy.type == TYPE]
        here = units.get(getattr(here, "parent_id", None) or "")


def _statements(policy: FakePolicy) -> list[dict[str, Any]]:
    """Its statements, which speak of everybody in the account."""
    found = json.loads(policy.content or "{}").get("Statement", [])
    return [{**each, "Principal": "*"} for each in ([found] if isinstance(found, dict) else found)]


def _strict_attach(original: Any) -> Any:
    def attach(self: OrganizationsBackend, **given: Any) -> None:
        policy = self.get_policy_by_id(given["PolicyId"])
        # moto attaches the two that AWS manages by itself, whether or not their type is enabled.
        if policy.type == TYPE and not policy.aws_managed and not _enabled(self):
            raise PolicyTypeNotEnabled
        original(self, **given)

    return attach


def install(_: Engine) -> None:
    """Attach as AWS does; whoever is denied asks `denial`."""
    replace(OrganizationsBackend, "attach_policy", _strict_attach)
