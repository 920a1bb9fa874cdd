"""A service-managed stack set: one template in every account and region of its targets."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from orgconfig.errors import NatrecError

# Without a strict order one account's failure never stops the others
# (CloudFormation API reference, StackSetOperationPreferences). The same on create, update and delete.
PREFERENCES = {
    "RegionConcurrencyType": "PARALLEL",
    "ConcurrencyMode": "SOFT_FAILURE_TOLERANCE",
    "FailureTolerancePercentage": 100,
    "MaxConcurrentPercentage": 100,
}
_RUNNING = frozenset({"RUNNING", "QUEUED", "STOPPING"})


class StackSetError(NatrecError):
    """An operation on the stack set was refused."""


@dataclass(frozen=True)
class StackSet:
    """One stack set, seen from the account that administers it.

    Attributes:
        client: CloudFormation there.
        name: The stack set's name.
        sleep: Waits between two looks at a running operation.
        poll: For how many seconds.

    """

    client: Any
    name: str
    sleep: Callable[[float], None]
    poll: float = 5

    def ensure(self, template: str, description: str) -> None:
        """Make the stack set, or bring every instance of it to this template.

        Raises:
            StackSetError: CloudFormation refused it.

        """
        settings = {
            "StackSetName": self.name,
            "TemplateBody": template,
            "Description": description,
            "Capabilities": ["CAPABILITY_NAMED_IAM"],
            "PermissionModel": "SERVICE_MANAGED",
            "AutoDeployment": {"Enabled": True, "RetainStacksOnAccountRemoval": False},
            "ManagedExecution": {"Active": True},
        }
        if not self._exists():
            self._call(self.client.create_stack_set, settings)
            return
        started = self._call(self.client.update_stack_set, {**settings, "OperationPreferences": PREFERENCES})
        self._finish(started)

    def deploy(self, ous: Sequence[str], regions: Sequence[str], exclude: Sequence[str]) -> None:
        """Place an instance in every account below the OUs and every region; those that exist stay.

        Raises:
            StackSetError: CloudFormation refused it.

        """
        targets: dict[str, Any] = {"OrganizationalUnitIds": list(ous)}
        if exclude:
            targets |= {"AccountFilterType": "DIFFERENCE", "Accounts": list(exclude)}
        started = self._call(
            self.client.create_stack_instances,
            {
                "StackSetName": self.name,
                "DeploymentTargets": targets,
                "Regions": list(regions),
                "OperationPreferences": PREFERENCES,
            },
        )
        self._finish(started)

    def instances(self) -> list[Mapping[str, Any]]:
        """Every instance as CloudFormation lists it."""
        pages = self.client.get_paginator("list_stack_instances").paginate(StackSetName=self.name)
        return [summary for page in pages for summary in page["Summaries"]]

    def _exists(self) -> bool:
        try:
            self.client.describe_stack_set(StackSetName=self.name)
        except self.client.exceptions.StackSetNotFoundException:
            return False
        return True

    def _call(self, call: Callable[..., Any], arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            answer: Mapping[str, Any] = call(**arguments)
        except ClientError as error:
            raise StackSetError(str(error), f"stack set {self.name}") from error
        return answer

    def _finish(self, started: Mapping[str, Any]) -> None:
        asked = {"StackSetName": self.name, "OperationId": started["OperationId"]}
        while self.client.describe_stack_set_operation(**asked)["StackSetOperation"]["Status"] in _RUNNING:
            self.sleep(self.poll)
