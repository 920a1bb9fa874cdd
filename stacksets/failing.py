"""Why an operation on a stack failed: the first resource that did, with CloudFormation's own reason."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

Operation = Literal["CREATE", "UPDATE", "IMPORT", "DELETE"]

# What CloudFormation says of resources that it gave up because another one failed; they explain nothing.
_CONSEQUENCES = ("Resource creation cancelled", "Resource update cancelled", "Resource import cancelled")
_STACK = "AWS::CloudFormation::Stack"
_MOST = 3


def first_failures(events: Iterable[Mapping[str, Any]], operation: Operation) -> list[str]:
    """The reasons of the last operation's failures, the first one first.

    Args:
        events: As DescribeStackEvents lists them, the newest first; the stack's whole life.
        operation: What was tried last.

    """
    failed = []
    for event in events:
        status = str(event.get("ResourceStatus", ""))
        if event.get("ResourceType") == _STACK:
            if status == f"{operation}_IN_PROGRESS":
                break
            continue
        reason = str(event.get("ResourceStatusReason") or "")
        if status.endswith("FAILED") and reason and not reason.startswith(_CONSEQUENCES):
            failed.append(f"{event.get('LogicalResourceId')} ({event.get('ResourceType')}): {reason}")
    return [*reversed(failed)][:_MOST]
