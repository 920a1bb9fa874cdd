"""One create, update or delete of a stack: each resource in its turn, with events, and the way back."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from moto.cloudformation.models import Event, Stack
from moto.cloudformation.parsing import ResourceMap
from moto.core.exceptions import ServiceException

from scripts.sandbox.engine.cloudformation.faults import refuse
from scripts.sandbox.engine.cloudformation.kinds.base import Place
from scripts.sandbox.engine.cloudformation.references import in_order, references
from scripts.sandbox.engine.cloudformation.resources import Resource, prepare
from scripts.sandbox.engine.core import Engine


def told(problem: Exception) -> str:
    """A failure in words: AWS's message, or the exception by name when it is the engine's own."""
    known = isinstance(problem, (ServiceException, ClientError, BotoCoreError, ValueError))
    message = getattr(problem, "message", None) or str(problem)
    return message if known else f"{type(problem).__name__}: {message}"


@dataclass
class Failure(Exception):  # noqa: N818 - it is caught, not reported
    """One resource could not be brought to what the template says."""

    logical_id: str
    reason: str


@dataclass
class Run:
    """One create, update or delete of a stack.

    Attributes:
        engine: Where the calls go.
        stack: moto's stack, which holds status, events and resources.
        undo: How to take back what this run did, the latest last; None where it stays.
        leftovers: What a successful update deletes at its end.

    """

    engine: Engine
    stack: Stack
    undo: list[tuple[Resource, Callable[[], None] | None]] = field(default_factory=list)
    leftovers: list[Resource] = field(default_factory=list)

    @property
    def place(self) -> Place:
        """The stack's account and region."""
        return Place(self.engine, self.stack.account_id, self.stack.region_name)

    def tell(self, status: str, reason: str | None = None) -> None:
        """Set the stack's status, with its event."""
        self.stack.status = status
        self.stack.stack_status_reason = reason  # type: ignore[attr-defined]  # DescribeStacks answers it
        self.stack._add_stack_event(status, resource_status_reason=reason)

    def note(self, resource: Resource, status: str, reason: str | None = None) -> None:
        """Add a resource's event."""
        made = resource.made or resource.moto
        self.stack.events.append(
            Event(
                stack_id=self.stack.stack_id,
                stack_name=self.stack.name,
                logical_resource_id=resource.logical_resource_id,
                physical_resource_id=resource.physical_resource_id if made else "",
                resource_type=resource.cf_resource_type,
                resource_status=status,
                resource_status_reason=reason,
                resource_properties=None,
            )
        )

    def attempt(self, resource: Resource, verb: str, action: Callable[[], Any]) -> Any:
        """Do one thing to one resource, with its events.

        Raises:
            Failure: AWS (or its model) refused.

        """
        self.note(resource, f"{verb}_IN_PROGRESS")
        try:
            answer = action()
        except Exception as problem:  # whatever it was, the stack must roll back rather than hang
            reason = told(problem)
            self.note(resource, f"{verb}_FAILED", reason)
            raise Failure(resource.logical_resource_id, reason) from problem
        self.note(resource, f"{verb}_COMPLETE")
        return answer

    def bring(self, resource_map: ResourceMap, old: dict[str, Resource]) -> None:
        """Create or update every resource of a template, dependencies first.

        Raises:
            Failure: The first that fails; the rest is not touched.

        """
        for logical_id, definition in _enabled(resource_map):
            try:
                wanted = prepare(self.place, logical_id, definition, resource_map)
            except Exception as problem:
                empty = Resource(self.place, logical_id, definition["Type"], logical_id, {})
                self.note(empty, "CREATE_FAILED", told(problem))
                raise Failure(logical_id, told(problem)) from problem
            policy = definition.get("DeletionPolicy")
            wanted.retained = policy in ("Retain", "RetainExceptOnCreate")
            wanted.outlives_rollback = policy == "Retain"
            wanted.outlives_replacement = definition.get("UpdateReplacePolicy") == "Retain"
            before = old.get(logical_id)
            current = self._place_one(wanted, before)
            resource_map._parsed_resources[logical_id] = current

    def _place_one(self, wanted: Resource, before: Resource | None) -> Resource:
        if before is None or before.cf_resource_type != wanted.cf_resource_type:
            return self._make(wanted, before)
        if before.properties == wanted.properties:
            before.retained = wanted.retained
            return before
        try:
            replaces = before.replaced_by(wanted.properties)
        except ServiceException as problem:
            self.note(before, "UPDATE_FAILED", problem.message)
            raise Failure(before.logical_resource_id, problem.message or "") from problem
        if replaces:
            return self._make(wanted, before)
        self.undo.append((before, lambda: None))
        changed: Resource = self.attempt(before, "UPDATE", lambda: before.update(wanted.properties))
        changed.retained = wanted.retained
        self.undo[-1] = (before, lambda: _discard(changed.update(before.properties)))
        return changed

    def _make(self, wanted: Resource, replaced: Resource | None) -> Resource:
        self.attempt(wanted, "CREATE", wanted.create)
        # CloudFormation Template Reference, DeletionPolicy: with `Retain` a rollback leaves what it made.
        self.undo.append((wanted, None if wanted.outlives_rollback else wanted.delete))
        if replaced is not None:
            # Template Reference, UpdateReplacePolicy: without one what was replaced is deleted, whatever its
            # DeletionPolicy.
            replaced.retained = wanted.outlives_replacement
            self.leftovers.append(replaced)
        return wanted

    def take_back(self, verb: str) -> list[str]:
        """Undo in reverse order what this run did; the reasons of what could not be undone."""
        failed, left = [], []
        for resource, action in reversed(self.undo):
            if action is None:
                self.note(resource, "DELETE_SKIPPED")
                continue
            try:
                self.attempt(resource, verb, action)
            except Failure as failure:
                failed.append(f"{failure.logical_id}: {failure.reason}")
                left.append((resource, action))
        self.undo = [*reversed(left)]
        return failed

    def remove(self, resources: list[Resource]) -> list[Resource]:
        """Delete resources, the last made first; those that could not be deleted."""
        left = []
        for resource in reversed(resources):
            if resource.retained:
                self.note(resource, "DELETE_SKIPPED")
                continue
            try:
                self.attempt(resource, "DELETE", resource.delete)
            except Failure:
                left.append(resource)
        return left


def _discard(_: object) -> None:
    """Drop an answer."""


def _enabled(resource_map: ResourceMap) -> Iterator[tuple[str, dict[str, Any]]]:
    """The resources whose condition holds, in the order of making.

    Raises:
        ValidationError: One refers to a resource whose condition does not hold.

    """
    template = resource_map._template
    conditions = resource_map.lazy_condition_map
    resources = template["Resources"]
    enabled = {n for n, r in resources.items() if "Condition" not in r or conditions[r["Condition"]]}
    outputs = (template.get("Outputs") or {}).values()
    shown = [o for o in outputs if "Condition" not in o or conditions[o["Condition"]]]
    parts = [("Resources", resources[name]) for name in enabled] + [("Outputs", output) for output in shown]
    for block, part in parts:
        names = set(references(part, conditions.__getitem__)) & set(resources)
        if lost := sorted(names - enabled):
            raise refuse(
                f"Template format error: Unresolved resource dependencies [{', '.join(lost)}] in the "
                f"{block} block of the template"
            )
    for name in in_order(template):
        if name in enabled:
            yield name, resources[name]
