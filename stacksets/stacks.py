"""CloudFormation stacks: made when missing, updated when changed, and a failure told with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError, WaiterError

from orgconfig.errors import NatrecError
from stacksets.steps import UNCHANGED, Change

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

_CAPABILITIES = ("CAPABILITY_NAMED_IAM",)
_NOTHING_TO_DO = "No updates are to be performed"
_WAIT_SECONDS = 3600


class StackError(NatrecError):
    """A stack could not be made or changed."""


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
class Stacks:
    """The stacks of one account and region.

    Attributes:
        client: CloudFormation there.
        place: Account and region, for messages.
        poll: Seconds between two looks at a running operation.

    """

    client: "CloudFormationClient"
    place: str
    poll: float = 5

    def ensure(self, name: str, template: Template, parameters: Mapping[str, str]) -> dict[str, str]:
        """Make the stack what the template says.

        Returns:
            Its outputs.

        Raises:
            StackError: It failed; the message has CloudFormation's own reasons.

        """
        exists = self.find(name) is not None
        call: Any = self.client.update_stack if exists else self.client.create_stack
        try:
            made = call(
                StackName=name,
                **template.argument,
                Parameters=[
                    {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
                ],
                Capabilities=list(_CAPABILITIES),
                **({} if exists else {"OnFailure": "DELETE"}),
            )
            # By its id: a stack that failed and was deleted has no name any more.
            self._wait("stack_update_complete" if exists else "stack_create_complete", made["StackId"])
        except ClientError as error:
            if _NOTHING_TO_DO not in str(error):
                raise StackError(str(error), f"stack {name} in {self.place}") from error
        return self.outputs(name)

    def change(self, name: str, text: str, parameters: Mapping[str, str]) -> Change:
        """How the stack differs from this template and these parameters; it is only read."""
        stack = self.find(name)
        if stack is None:
            return Change("create", "there is no such stack yet")
        deployed: object = self.client.get_template(StackName=name, TemplateStage="Original")["TemplateBody"]
        if deployed != text:
            return Change("update", "its template differs")
        given = {each["ParameterKey"]: each.get("ParameterValue") for each in stack.get("Parameters", ())}
        differing = sorted(key for key, value in parameters.items() if given.get(key) != value)
        return Change("update", f"{', '.join(differing)} differs") if differing else UNCHANGED

    def delete(self, name: str) -> None:
        """Delete a stack, and wait until it is gone; one that is not there is gone already.

        Raises:
            StackError: Something in it could not be deleted.

        """
        stack = self.find(name)
        if stack is None:
            return
        self.client.delete_stack(StackName=name)
        self._wait("stack_delete_complete", str(stack["StackId"]))

    def find(self, name: str) -> Mapping[str, Any] | None:
        """The stack as CloudFormation describes it, or None."""
        try:
            return self.client.describe_stacks(StackName=name)["Stacks"][0]
        except ClientError as error:
            if "does not exist" not in str(error):
                raise
            return None

    def outputs(self, name: str) -> dict[str, str]:
        """The outputs of a stack."""
        stack = self.find(name) or {}
        return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}

    def _wait(self, waiter: Any, name: str) -> None:  # noqa: ANN401 - one of two literals
        attempts = max(1, int(_WAIT_SECONDS / self.poll))
        try:
            self.client.get_waiter(waiter).wait(
                StackName=name,
                WaiterConfig={"Delay": self.poll, "MaxAttempts": attempts},
            )
        except WaiterError as error:
            raise StackError(
                "; ".join(self._reasons(name)) or str(error), f"stack {name} in {self.place}"
            ) from error

    def _reasons(self, name: str) -> list[str]:
        events = self.client.describe_stack_events(StackName=name)["StackEvents"]
        return [
            f"{event.get('LogicalResourceId')}: {event.get('ResourceStatusReason')}"
            for event in reversed(events)
            if event.get("ResourceStatus", "").endswith("FAILED") and event.get("ResourceStatusReason")
        ]
