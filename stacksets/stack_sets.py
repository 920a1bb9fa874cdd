"""A service-managed stack set: one template in every account and region of its targets."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from orgconfig.errors import NatrecError
from stacksets.steps import UNCHANGED, Change
from stacksets.templates import defaults

# Without a strict order one account's failure never stops the others
# (CloudFormation API reference, StackSetOperationPreferences). The same on create, update and delete.
PREFERENCES = {
    "RegionConcurrencyType": "PARALLEL",
    "ConcurrencyMode": "SOFT_FAILURE_TOLERANCE",
    "FailureTolerancePercentage": 100,
    "MaxConcurrentPercentage": 100,
}
_TOLD = 10  # failed instances that are listed one by one
_RUNNING = frozenset({"RUNNING", "QUEUED", "STOPPING"})


class StackSetError(NatrecError):
    """An operation on the stack set was refused."""


@dataclass(frozen=True)
class Observed:
    """A stack set as it was read.

    Attributes:
        template: Its text; None where there is no stack set.
        instances: As ListStackInstances has them.

    """

    template: str | None
    instances: tuple[Mapping[str, Any], ...]

    def change(self, template: str, accounts: AbstractSet[str]) -> Change:
        """How it differs from this template, or its instances in these accounts from what it says."""
        if self.template is None:
            return Change("create", "there is no such stack set yet")
        if self.template != template:
            return Change("update", "its template differs")
        stale = len(self.stale(accounts))
        return Change("update", f"{stale} instances are not current") if stale else UNCHANGED

    def missing(self, accounts: AbstractSet[str], regions: Sequence[str]) -> Change:
        """How many instances are not there yet."""
        there = {(each["Account"], each["Region"]) for each in self.instances}
        wanted = {(account, region) for account in accounts for region in regions}
        if not wanted - there:
            return UNCHANGED
        return Change("create", f"{len(wanted - there)} of {len(wanted)} are missing")

    def stale(self, accounts: AbstractSet[str]) -> list[Mapping[str, Any]]:
        """Instances in these accounts that are not what the stack set says."""
        return [
            each for each in self.instances if each["Account"] in accounts and each["Status"] != "CURRENT"
        ]


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

    def read(self) -> "Observed":
        """The stack set as it is now."""
        found = self._find()
        if found is None:
            return Observed(None, ())
        return Observed(str(found.get("TemplateBody", "")), tuple(self.instances()))

    def check(self, accounts: AbstractSet[str]) -> None:
        """Tell of instances that failed.

        Raises:
            StackSetError: There are some, each with CloudFormation's own reason.

        """
        failed = self.read().stale(accounts)
        if failed:
            told = [f"{each['Account']} {each['Region']}: {_reason(each)}" for each in failed]
            more = [f"and {len(told) - _TOLD} more"] if len(told) > _TOLD else []
            raise StackSetError(
                "\n  ".join([f"{len(failed)} instances failed", *told[:_TOLD], *more]),
                f"stack set {self.name}",
                "Everything else is in place. Mend these accounts, then apply again.",
            )

    def ensure(self, template: str, description: str) -> None:
        """Make the stack set, or bring every instance of it to this template.

        Raises:
            StackSetError: CloudFormation refused it.

        """
        settings = {
            "StackSetName": self.name,
            "TemplateBody": template,
            "Parameters": [
                {"ParameterKey": key, "ParameterValue": value} for key, value in defaults(template).items()
            ],
            "Description": description,
            "Capabilities": ["CAPABILITY_NAMED_IAM"],
            "PermissionModel": "SERVICE_MANAGED",
            "AutoDeployment": {"Enabled": True, "RetainStacksOnAccountRemoval": False},
            "ManagedExecution": {"Active": True},
        }
        if self._find() is None:
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

    def _find(self) -> Mapping[str, Any] | None:
        try:
            found: Mapping[str, Any] = self.client.describe_stack_set(StackSetName=self.name)["StackSet"]
        except self.client.exceptions.StackSetNotFoundException:
            return None
        return found

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


def _reason(instance: Mapping[str, Any]) -> str:
    return str(instance.get("StatusReason") or instance["StackInstanceStatus"].get("DetailedStatus"))
