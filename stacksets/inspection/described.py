"""The stack set as CloudFormation describes it, also where the organization has never trusted stack sets."""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from stacksets.inspection.asking import code_of
from stacksets.inspection.installation import Installation


def described_stack_set(installation: Installation) -> Mapping[str, Any] | None:
    """What DescribeStackSet answers; None where there is no stack set.

    Without trusted access CloudFormation refuses to look for one ("You must enable organizations access to
    operate a service managed stack set"): before the first `natrec apply` there is none.

    Raises:
        ClientError: CloudFormation refused for another reason.

    """
    client = installation.client(installation.manager, "cloudformation")
    try:
        found: Mapping[str, Any] = client.describe_stack_set(**installation.stack_set)["StackSet"]
    except client.exceptions.StackSetNotFoundException:
        return None
    except ClientError as problem:
        # Asked only now: where all is well it is a call that nobody needs.
        if code_of(problem) != "ValidationError" or installation.trust.access().action == "none":
            raise
        return None
    return found
