"""A service-managed stack set: one template in every account and region of its targets."""

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, Literal

from botocore.exceptions import ClientError

from stacksets.desired import Desired
from stacksets.operations import Operations, StackSetError
from stacksets.outcomes import Told, Watch
from stacksets.reconciling import Batch, Instance
from stacksets.steps import UNCHANGED, Change
from stacksets.templates import defaults

__all__ = ["PREFERENCES", "CallAs", "Observed", "StackSet", "StackSetError"]

CallAs = Literal["SELF", "DELEGATED_ADMIN"]

# Without a strict order one account's failure never stops the others
# (CloudFormation API reference, StackSetOperationPreferences). The same on create, update and delete.
PREFERENCES = {
    "RegionConcurrencyType": "PARALLEL",
    "ConcurrencyMode": "SOFT_FAILURE_TOLERANCE",
    "FailureTolerancePercentage": 100,
    "MaxConcurrentPercentage": 100,
}
# What the stack set says beside its template; whoever changes it by hand finds it put back.
SETTINGS: Mapping[str, Any] = {
    "Capabilities": ["CAPABILITY_NAMED_IAM"],
    "PermissionModel": "SERVICE_MANAGED",
    "AutoDeployment": {"Enabled": True, "RetainStacksOnAccountRemoval": False},
    "ManagedExecution": {"Active": True},
}
_NAMED = {
    "Capabilities": "its capabilities were changed",
    "AutoDeployment": "auto-deployment was changed: accounts that join would not be covered",
    "ManagedExecution": "managed execution was turned off",
}


@dataclass(frozen=True)
class Observed:
    """A stack set as it was read.

    Attributes:
        template: Its text; None where there is no stack set.
        instances: As ListStackInstances has them.
        settings: What else DescribeStackSet says of it.
        aimed: The regions of each OU whose joining accounts are covered.
        running: Its operations that have not ended, as ListStackSetOperations has them.

    """

    template: str | None
    instances: tuple[Instance, ...]
    settings: Mapping[str, Any] = field(default_factory=lambda: SETTINGS)
    aimed: Mapping[str, AbstractSet[str]] = field(default_factory=dict)
    running: tuple[Mapping[str, Any], ...] = ()

    def change(self, template: str) -> Change:
        """How it differs from this template and from our settings."""
        if self.template is None:
            return Change("create", "there is no such stack set yet")
        found = list(self._differences(template))
        return Change("update", "; ".join(found)) if found else UNCHANGED

    def _differences(self, template: str) -> Iterator[str]:
        if self.template != template:
            yield "its template differs"
        if changed := sorted(self._given().items() - defaults(template).items()):
            yield f"{', '.join(name for name, _ in changed)} was changed by hand"
        for name, words in _NAMED.items():
            if self.settings.get(name) != SETTINGS[name]:
                yield words

    def _given(self) -> dict[str, str]:
        given = self.settings.get("Parameters") or ()
        return {each["ParameterKey"]: str(each.get("ParameterValue")) for each in given}

    def stale(self, accounts: AbstractSet[str]) -> list[Instance]:
        """Instances in these accounts that are not what the stack set says."""
        return [
            each for each in self.instances if each["Account"] in accounts and each["Status"] != "CURRENT"
        ]

    def reached(self, desired: Desired) -> dict[str, set[str]]:
        """The regions of each OU aimed at, by auto-deployment or by an instance of an active account."""
        found = {unit: set(regions) for unit, regions in self.aimed.items()}
        for each in self.instances:
            gone = each["Account"] in desired.members.suspended
            if not gone and (unit := each.get("OrganizationalUnitId")):
                found.setdefault(unit, set()).add(each["Region"])
        return found


@dataclass(frozen=True)
class StackSet:
    """One stack set, seen from the account that administers it.

    Attributes:
        client: CloudFormation there.
        name: The stack set's name.
        sleep: Waits between two looks at a running operation.
        poll: For how many seconds.
        call_as: In whose name its calls are made.
        watch: Who is told how operations go on.

    """

    client: Any
    name: str
    sleep: Callable[[float], None]
    poll: float = 5
    call_as: CallAs = "SELF"
    watch: Watch = field(default_factory=lambda: Told(lambda _: None))

    @property
    def operations(self) -> Operations:
        """Its operations."""
        return Operations(self.client, self._who, self.sleep, self.poll, self.watch)

    def read(self) -> Observed:
        """The stack set as it is now.

        Raises:
            StackSetError: There is one of that name which is not service-managed.

        """
        found = self._find()
        if found is None:
            return Observed(None, ())
        if found.get("PermissionModel") != SETTINGS["PermissionModel"]:
            raise StackSetError(
                "it is there already, and not service-managed",
                f"stack set {self.name}",
                "Delete it, or use another `namespace`.",
            )
        return Observed(
            str(found.get("TemplateBody", "")),
            tuple(self.instances()),
            found,
            {
                each["OrganizationalUnitId"]: set(each["Regions"])
                for each in self._all(self.client.list_stack_set_auto_deployment_targets)
            },
            tuple(self.operations.running()),
        )

    def ensure(self, template: str, description: str) -> None:
        """Make the stack set, or bring it and every instance of it to this template and our settings.

        Instances that fail do not end it; read them afterwards.

        Raises:
            StackSetError: CloudFormation refused it.

        """
        given = [{"ParameterKey": key, "ParameterValue": value} for key, value in defaults(template).items()]
        settings = {**SETTINGS, "TemplateBody": template, "Parameters": given, "Description": description}
        if self._find() is None:
            self.operations.call(self.client.create_stack_set, settings)
        else:
            self._operate(self.client.update_stack_set, settings)

    def create(self, batch: Batch) -> None:
        """Make instances, and cover the accounts that join; those that are current stay.

        Raises:
            StackSetError: CloudFormation refused it.

        """
        self._operate(self.client.create_stack_instances, batch.aim)

    def retry(self, batch: Batch) -> None:
        """Bring instances to what the stack set says; all others are left alone.

        API reference, UpdateStackSet: without a new template or parameters only the targeted instances are
        updated.

        Raises:
            StackSetError: CloudFormation refused it.

        """
        again = {"UsePreviousTemplate": True, "Capabilities": SETTINGS["Capabilities"]}
        self._operate(self.client.update_stack_set, {**again, **batch.aim})

    def delete(self, batch: Batch) -> None:
        """Delete instances with their stacks.

        Raises:
            StackSetError: CloudFormation refused it.

        """
        self._operate(self.client.delete_stack_instances, {**batch.aim, "RetainStacks": False})

    def detect(self) -> None:
        """Have every instance looked at for what others changed or deleted; `read` tells what was found.

        Raises:
            StackSetError: CloudFormation refused it.

        """
        if self._find() is not None:
            self._operate(self.client.detect_stack_set_drift, {})

    def abandon(self, unit: str, account: str, region: str) -> None:
        """Forget an instance and leave its stack, where nobody can act.

        Raises:
            StackSetError: CloudFormation refused it.

        """
        self.forget(Batch((unit,), (region,), "INTERSECTION", (account,), frozenset({(account, region)})))

    def forget(self, batch: Batch) -> None:
        """The same with many.

        Raises:
            StackSetError: CloudFormation refused it.

        """
        self._operate(self.client.delete_stack_instances, {**batch.aim, "RetainStacks": True})

    def drop(self) -> None:
        """Delete the stack set itself, which has no instances any more.

        Raises:
            StackSetError: It has some.

        """
        self.operations.settle()
        self.operations.call(self.client.delete_stack_set, {})

    def instances(self) -> list[Instance]:
        """Every instance as CloudFormation lists it."""
        return self._all(self.client.list_stack_instances)

    def _all(self, ask: Callable[..., Any]) -> list[Mapping[str, Any]]:
        return [each for page in self.operations.pages(ask) for each in page]

    def _find(self) -> Mapping[str, Any] | None:
        try:
            found: Mapping[str, Any] = self.operations.patiently(self.client.describe_stack_set, {})[
                "StackSet"
            ]
        except ClientError as error:
            if error.response["Error"]["Code"] != "StackSetNotFoundException":
                raise
            return None
        return found

    @property
    def _who(self) -> dict[str, str]:
        return {"StackSetName": self.name, "CallAs": self.call_as}

    def _operate(self, call: Callable[..., Any], arguments: Mapping[str, Any]) -> None:
        self.operations.run(call, {**arguments, "OperationPreferences": PREFERENCES})
