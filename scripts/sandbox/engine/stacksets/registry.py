"""All stack sets, and the operations on them."""

import threading
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from moto.cloudformation.exceptions import (
    CloudFormationError,
    StackInstanceNotFound,
    StackSetNotEmpty,
    StackSetNotFoundException,
)
from moto.core.exceptions import ServiceException
from moto.core.utils import utcnow

from scripts.sandbox.engine.cloudformation.faults import refuse
from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.stacksets.deployment import Action, Deployer
from scripts.sandbox.engine.stacksets.model import Instance, Operation, StackSet
from scripts.sandbox.engine.stacksets.targets import accounts_in, organization_of


class OperationInProgress(CloudFormationError):  # noqa: N818 - AWS's name
    """A stack set does one operation at a time."""

    code = "OperationInProgressException"


class NameAlreadyExists(CloudFormationError):  # noqa: N818 - AWS's name
    """The management account has a stack set of that name in that region."""

    code = "NameAlreadyExistsException"


class OperationNotFound(CloudFormationError):  # noqa: N818 - AWS's name
    """The stack set has no operation of that id."""

    code = "OperationNotFoundException"


class Registry:
    """The stack sets of all organizations.

    Args:
        engine: The running engine.

    """

    def __init__(self, engine: Engine) -> None:
        self.deployer = Deployer(engine)
        self._sets: dict[tuple[str, str, str], StackSet] = {}
        self._lock = threading.Lock()

    def add(self, stack_set: StackSet) -> None:
        """Keep a new stack set.

        Raises:
            NameAlreadyExists: There is one of that name.

        """
        key = (stack_set.owner, stack_set.region, stack_set.name)
        with self._lock:
            if key in self._sets:
                raise NameAlreadyExists(f"StackSet {stack_set.name} already exists")
            self._sets[key] = stack_set

    def get(self, owner: str, region: str, name: str) -> StackSet:
        """The stack set of a name, an id or an ARN.

        Raises:
            StackSetNotFoundException: There is none.

        """
        wanted = name.rsplit("/", 1)[-1].split(":", maxsplit=1)[0]
        found = self._sets.get((owner, region, wanted))
        if found is None:
            raise StackSetNotFoundException(name)
        return found

    def of(self, owner: str, region: str | None = None) -> list[StackSet]:
        """The stack sets of a management account."""
        return [s for s in list(self._sets.values()) if s.owner == owner and region in (None, s.region)]

    def drop(self, stack_set: StackSet) -> None:
        """Forget a stack set.

        Raises:
            StackSetNotEmpty: It has instances.

        """
        if stack_set.instances:
            raise StackSetNotEmpty
        with self._lock:
            self._sets.pop((stack_set.owner, stack_set.region, stack_set.name), None)

    def operate(
        self,
        stack_set: StackSet,
        operation: Operation,
        choose: Callable[[], Iterable[Instance]],
        action: Action | None,
        *,
        wait: bool = False,
    ) -> Operation:
        """Start an operation.

        With managed execution an operation waits for those before it, as QUEUED (API reference,
        ManagedExecution: "queues conflicting operations"; all that it is given here conflict).

        Args:
            stack_set: The stack set.
            operation: The operation.
            choose: Picks the instances, once no other operation runs.
            action: What happens to their stacks (see `Deployer.start`).
            wait: Whether to wait for a running operation rather than refuse.

        Raises:
            OperationInProgress: Another operation runs.

        """
        free = stack_set.busy.acquire(blocking=wait)
        if not free and not stack_set.managed:
            raise busy(stack_set)
        if free:
            self._begin(stack_set, operation, choose, action)
        else:
            self._queue(stack_set, operation, choose, action)
        return operation

    def _begin(
        self,
        stack_set: StackSet,
        operation: Operation,
        choose: Callable[[], Iterable[Instance]],
        action: Action | None,
    ) -> None:
        try:
            instances = list(choose())
        except BaseException:
            stack_set.busy.release()
            raise
        if operation.status != "QUEUED":
            stack_set.operations.append(operation)
        operation.status = "RUNNING"
        self.deployer.start(stack_set, operation, instances, action)

    def _queue(
        self,
        stack_set: StackSet,
        operation: Operation,
        choose: Callable[[], Iterable[Instance]],
        action: Action | None,
    ) -> None:
        operation.status = "QUEUED"
        stack_set.operations.append(operation)

        def later() -> None:
            stack_set.busy.acquire()
            try:
                self._begin(stack_set, operation, choose, action)
            except ServiceException:
                operation.status, operation.ended = "FAILED", utcnow()

        threading.Thread(target=later, name=f"queued {operation.id}", daemon=True).start()


def busy(stack_set: StackSet) -> OperationInProgress:
    """The refusal of an operation while another one runs."""
    return OperationInProgress(
        f"Another Operation on StackSet {stack_set.arn} is in progress: {stack_set.operations[-1].id}"
    )


def new_operation(action: str, given: dict[str, Any]) -> Operation:
    """An operation as a request asks for it."""
    return Operation(
        action=action,
        id=given.get("OperationId") or str(uuid.uuid4()),
        preferences=given.get("OperationPreferences") or {},
        targets=given.get("DeploymentTargets") or {},
        retain=str(given.get("RetainStacks", "")).lower() == "true",
    )


def targeted(stack_set: StackSet, targets: dict[str, Any], *, creating: bool = False) -> dict[str, str]:
    """The accounts that a request aims at, each with its OU."""
    organization = organization_of(stack_set.owner)
    if organization is None:
        raise refuse("Account is not part of an organization")
    return accounts_in(organization, targets, creating=creating)


def found(stack_set: StackSet, targets: dict[str, Any], regions: list[str]) -> list[Instance]:
    """The instances that a request aims at; of its OUs also those whose account has left them."""
    units = set(targets.get("OrganizationalUnitIds") or [])
    accounts = targeted(stack_set, targets)
    return [
        instance
        for instance in stack_set.instances.values()
        if instance.region in regions
        and (instance.account in accounts or (instance.unit in units and not targets.get("Accounts")))
    ]


def existing(stack_set: StackSet, targets: dict[str, Any], regions: list[str]) -> list[Instance]:
    """The instances that a request aims at.

    Raises:
        StackInstanceNotFound: There is none.

    """
    instances = found(stack_set, targets, regions)
    if not instances:
        raise StackInstanceNotFound
    return instances


def complete(stack_set: StackSet, targets: dict[str, Any], regions: list[str]) -> list[Instance]:
    """The instances that an update aims at; each account must have one in each region.

    A request that names a region where one of the accounts has no instance is refused as a whole
    (cloudformation-coverage-roadmap, issue 1978).

    Raises:
        StackInstanceNotFound: One is missing.

    """
    wanted = {(account, region) for account in targeted(stack_set, targets) for region in regions}
    if not wanted or wanted - set(stack_set.instances):
        raise StackInstanceNotFound
    return [stack_set.instances[place] for place in sorted(wanted)]
