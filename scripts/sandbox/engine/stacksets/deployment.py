"""Runs an operation: brings each instance's stack to the set's template, or takes it away."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import CancelledError, ThreadPoolExecutor

from moto.cloudformation.models import CloudFormationBackend, Stack, cloudformation_backends
from moto.core.exceptions import ServiceException

from scripts.sandbox.engine.cloudformation.drift import detect
from scripts.sandbox.engine.cloudformation.run import told
from scripts.sandbox.engine.cloudformation.stacks import create_stack, delete_stack, update_stack
from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.region_access import INVALID
from scripts.sandbox.engine.regions import is_enabled
from scripts.sandbox.engine.stacksets.model import Instance, Operation, StackSet
from scripts.sandbox.engine.stacksets.targets import is_suspended, organization_of

# Accounts worked on at once; more gains nothing on a small machine.
_AT_ONCE = 4
DETECT = "DETECT_DRIFT"
_CANCELLED = "Cancelled since failure tolerance has exceeded"

Action = Callable[[StackSet, Instance], None]


class Failed(Exception):  # noqa: N818 - it is caught, not reported
    """A stack did not get where it should."""


def _backend(instance: Instance) -> CloudFormationBackend:
    backend: CloudFormationBackend = cloudformation_backends[instance.account][instance.region]
    return backend


def _why(stack: Stack) -> str:
    """The first failed resource, in the words StackSets uses."""
    for event in stack.events:
        kind = event.resource_type
        if event.resource_status.endswith("_FAILED") and kind != "AWS::CloudFormation::Stack":
            return (
                f"ResourceLogicalId:{event.logical_resource_id}, ResourceType:{kind}, "
                f"ResourceStatusReason:{event.resource_status_reason}."
            )
    return f"Stack is in {stack.status}"


def _enter(stack_set: StackSet, instance: Instance) -> None:
    """CloudFormation User Guide, "Prepare to perform StackSet operations in Regions disabled by default".

    The region must be enabled for the target account and for the management account. That the instance tells
    it in the words of the refused call is inferred: the guide gives no text.

    Raises:
        Failed: It is not.

    """
    if not all(is_enabled(account, instance.region) for account in (instance.account, stack_set.owner)):
        code = "Status Code: 403; Error Code: InvalidClientTokenId"
        raise Failed(f"{INVALID} (Service: AmazonCloudFormation; {code})")


class Deployer:
    """Applies and removes instances, in the background.

    Args:
        engine: The running engine; stopping it ends the work.

    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._pool = ThreadPoolExecutor(max_workers=_AT_ONCE, thread_name_prefix="stack-set")
        self._stopping = threading.Event()
        engine.at_stop(self._stop)

    def _stop(self) -> None:
        self._stopping.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def apply(self, stack_set: StackSet, instance: Instance) -> None:
        """Create the instance's stack, or bring it to the set's template and parameters.

        Raises:
            Failed: The stack was rolled back.

        """
        backend, parameters = _backend(instance), {**stack_set.parameters, **instance.overrides}
        stack = backend.stacks.get(instance.stack_id or "")
        if stack is not None and stack.status in ("ROLLBACK_COMPLETE", "CREATE_FAILED"):
            delete_stack(self._engine, backend, stack.stack_id)  # nothing else can be done with it
            stack = None
        if stack is None:
            made = create_stack(
                self._engine, backend, instance.name, stack_set.text, parameters, tags=stack_set.tags
            )
            instance.stack_id = made.stack_id
            if made.status != "CREATE_COMPLETE":
                raise Failed(_why(made))
            return
        stack.events.clear()
        try:
            done = update_stack(
                self._engine, backend, stack, stack_set.text, parameters, tags=stack_set.tags or None
            )
        except ServiceException as nothing:
            if nothing.message == "No updates are to be performed.":
                return
            raise
        if not done:
            raise Failed(_why(stack))

    def remove(self, _: StackSet, instance: Instance) -> None:
        """Delete the instance's stack.

        Raises:
            Failed: Something in it could not be deleted.

        """
        backend = _backend(instance)
        stack = backend.stacks.get(instance.stack_id or "")
        if stack is None:
            return
        stack.enable_termination_protection = False
        delete_stack(self._engine, backend, stack.stack_id)
        if stack.status != "DELETE_COMPLETE":
            raise Failed(_why(stack))

    def look(self, _: StackSet, instance: Instance) -> None:
        """Look whether somebody has deleted something of the instance's stack.

        Raises:
            Failed: There is no stack.

        """
        stack = _backend(instance).stacks.get(instance.stack_id or "")
        if stack is None:
            raise Failed("Stack does not exist")
        found = detect(stack)
        instance.drift, instance.looked_at = found.status, found.when

    def start(
        self, stack_set: StackSet, operation: Operation, instances: Iterable[Instance], action: Action | None
    ) -> None:
        """Run an operation behind the answered call; the caller holds `stack_set.busy`.

        Args:
            stack_set: The stack set.
            operation: The operation, already among the set's.
            instances: What it is about.
            action: `apply` or `remove`; None leaves the stacks alone and only drops the instances.

        """
        work = list(instances)
        for instance in work:
            instance.operation = operation.id
            if operation.action != DETECT:
                instance.detailed = "PENDING"
            operation.expect(instance, "PENDING")

        def run() -> None:
            try:
                self._run(stack_set, operation, work, action)
            except (CancelledError, RuntimeError):  # the engine stops: the pool takes no more work
                operation.status = "STOPPED"
            finally:
                operation.finish()
                stack_set.busy.release()

        threading.Thread(target=run, name=f"operation {operation.id}", daemon=True).start()

    def _run(
        self, stack_set: StackSet, operation: Operation, work: list[Instance], action: Action | None
    ) -> None:
        regions = list(dict.fromkeys(instance.region for instance in work))
        order = operation.preferences.get("RegionOrder") or []
        regions.sort(key=lambda region: order.index(region) if region in order else len(order))
        parallel = operation.preferences.get("RegionConcurrencyType") == "PARALLEL"
        rounds = [regions] if parallel else [[region] for region in regions]
        for some in rounds:
            groups: dict[str, list[Instance]] = {}
            for instance in work:
                if instance.region in some:
                    groups.setdefault(instance.account, []).append(instance)
            # One account's regions in a row: IAM is one for all of them.
            jobs = [
                self._pool.submit(self._group, stack_set, operation, group, action, len(groups))
                for group in groups.values()
            ]
            for job in jobs:
                job.result()

    def _group(
        self,
        stack_set: StackSet,
        operation: Operation,
        group: list[Instance],
        action: Action | None,
        accounts: int,
    ) -> None:
        for instance in group:
            stopped = operation.status != "RUNNING" or self._stopping.is_set()
            if stopped or not all(
                operation.tolerates(region, accounts) for region in list(operation.failures)
            ):
                instance.is_now(instance.status, "CANCELLED", _CANCELLED)
                operation.note(instance, "CANCELLED")
            else:
                self._one(stack_set, operation, instance, action)

    def _one(
        self, stack_set: StackSet, operation: Operation, instance: Instance, action: Action | None
    ) -> None:
        if operation.action == DETECT:
            self._look(stack_set, operation, instance)
            return
        organization = organization_of(stack_set.owner)
        removing = operation.action == "DELETE"
        if action and organization and is_suspended(organization, instance.account):
            instance.is_now("OUTDATED", "SKIPPED_SUSPENDED_ACCOUNT", "The account is suspended")
            operation.note(instance, "SUCCEEDED")
            return
        instance.detailed = "RUNNING"
        operation.expect(instance, "RUNNING")
        try:
            if action is not None:
                _enter(stack_set, instance)
                action(stack_set, instance)
        except Exception as problem:  # noqa: BLE001 - the operation goes on, and tells
            reason = str(problem) if isinstance(problem, Failed) else told(problem)
            instance.is_now(*(("INOPERABLE", "INOPERABLE") if removing else ("OUTDATED", "FAILED")), reason)
            operation.note(instance, "FAILED")
            return
        instance.is_now("CURRENT", "SUCCEEDED")
        operation.note(instance, "SUCCEEDED")
        if removing:
            stack_set.instances.pop((instance.account, instance.region), None)

    def _look(self, stack_set: StackSet, operation: Operation, instance: Instance) -> None:
        """One of a drift detection, which changes nothing of an instance but what is known of its drift."""
        operation.expect(instance, "RUNNING")
        try:
            self.look(stack_set, instance)
        except Failed:
            operation.note(instance, "FAILED")
        else:
            operation.note(instance, "SUCCEEDED")
