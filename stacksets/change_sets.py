"""Carries out one change of a stack: a change set, what it says, its execution, and the wait for its end."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import WaiterError

from orgconfig.errors import NatrecError
from stacksets.differences import of_change_set
from stacksets.failing import Operation, first_failures

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

_CAPABILITIES = ("CAPABILITY_NAMED_IAM",)
# API Reference, DescribeChangeSet: StatusReason of a change set that would change nothing.
_NOTHING_TO_DO = ("didn't contain changes", "No updates are to be performed")
_WAIT_SECONDS = 3600
_WAITERS: Mapping[Operation, str] = {
    "CREATE": "stack_create_complete",
    "UPDATE": "stack_update_complete",
    "IMPORT": "stack_import_complete",
    "DELETE": "stack_delete_complete",
}


class StackError(NatrecError):
    """A stack could not be made, changed or deleted."""


@dataclass(frozen=True)
class Template:
    """A template, as text or by the URL of an object in S3."""

    body: str | None = None
    url: str | None = None

    @property
    def argument(self) -> dict[str, str]:
        """As CloudFormation's calls want it."""
        return {"TemplateURL": self.url} if self.url else {"TemplateBody": self.body or ""}


@dataclass(frozen=True)
class Operations:
    """What can be done to the stacks of one account and region.

    Attributes:
        client: CloudFormation there.
        place: Account and region, for messages.
        poll: Seconds between two looks at a running operation.
        say: Where progress is told.

    """

    client: "CloudFormationClient"
    place: str
    poll: float
    say: Callable[[str], None]

    def change(
        self,
        name: str,
        operation: Operation,
        template: Template,
        parameters: Mapping[str, str],
        **more: object,
    ) -> None:
        """Create a change set, tell what it says, execute it and wait; one without a change is dropped.

        Args:
            name: The stack.
            operation: What kind of change.
            template: What the stack shall be.
            parameters: All of their values.
            more: Further arguments of CreateChangeSet.

        Raises:
            StackError: It failed, with CloudFormation's own reasons.

        """
        call: Any = self.client.create_change_set
        made = call(
            StackName=name,
            ChangeSetName=f"natrec-{uuid.uuid4().hex[:12]}",
            ChangeSetType=operation,
            Description="natrec apply",
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
            Capabilities=list(_CAPABILITIES),
            **template.argument,
            **more,
        )
        change_set, identity = made["Id"], made["StackId"]
        if not self._told(change_set, identity, name):
            self.client.delete_change_set(ChangeSetName=change_set, StackName=identity)
            return
        self.client.execute_change_set(ChangeSetName=change_set, StackName=identity)
        self.wait(name, identity, operation)

    def delete(self, name: str, identity: str) -> None:
        """Delete a stack, and wait until it is gone.

        Args:
            name: Its name, for messages.
            identity: Its id, by which CloudFormation still knows it when it is gone.

        Raises:
            StackError: Something in it could not be deleted, with the first reason.

        """
        self.client.delete_stack(StackName=identity)
        self.wait(name, identity, "DELETE")

    def resume_rollback(self, identity: str) -> None:
        """Continue an update's rollback that had failed, and wait for its end."""
        self.client.continue_update_rollback(StackName=identity)
        self._wait("stack_rollback_complete", identity)

    def wait(self, name: str, identity: str, operation: Operation) -> None:
        """Wait for the end of an operation.

        Raises:
            StackError: It failed, with CloudFormation's own reasons.

        """
        try:
            self._wait(_WAITERS[operation], identity)
        except WaiterError as error:
            pages = self.client.get_paginator("describe_stack_events").paginate(StackName=identity)
            reasons = first_failures((event for page in pages for event in page["StackEvents"]), operation)
            raise StackError("; ".join(reasons) or str(error), self.where(name)) from error

    def where(self, name: str) -> str:
        """A stack and its place, for messages."""
        return f"stack {name} in {self.place}"

    def _told(self, change_set: str, identity: str, name: str) -> bool:
        """Tell what a change set would do; False where that is nothing."""
        try:
            self.client.get_waiter("change_set_create_complete").wait(
                ChangeSetName=change_set, StackName=identity, WaiterConfig=self._patience
            )
        except WaiterError as error:
            found = self.client.describe_change_set(ChangeSetName=change_set, StackName=identity)
            reason = found.get("StatusReason", "")
            if any(each in reason for each in _NOTHING_TO_DO):
                return False
            raise StackError(reason or str(error), self.where(name)) from error
        pages = self.client.get_paginator("describe_change_set")
        for page in pages.paginate(ChangeSetName=change_set, StackName=identity):
            for line in of_change_set(page.get("Changes", [])):
                self.say(f"  {line}")
        return True

    @property
    def _patience(self) -> Any:  # noqa: ANN401 - the waiter's own type
        return {"Delay": self.poll, "MaxAttempts": max(1, int(_WAIT_SECONDS / self.poll))}

    def _wait(self, waiter: Any, identity: str) -> None:  # noqa: ANN401 - one of its literals
        self.client.get_waiter(waiter).wait(StackName=identity, WaiterConfig=self._patience)
