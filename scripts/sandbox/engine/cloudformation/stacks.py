"""The stack calls of the CloudFormation API, over the engine's own way of making resources."""

from collections.abc import Callable
from typing import Any

from moto.cloudformation import models, parsing
from moto.cloudformation.exceptions import AlreadyExistsException
from moto.cloudformation.models import CloudFormationBackend, Stack
from moto.cloudformation.responses import CloudFormationResponse
from moto.cloudformation.utils import generate_stack_id
from moto.core.responses import ActionResult, EmptyResult

from scripts.sandbox.engine.cloudformation import provision
from scripts.sandbox.engine.cloudformation.faults import refuse
from scripts.sandbox.engine.cloudformation.intrinsics import condition, resolve
from scripts.sandbox.engine.cloudformation.parameters import (
    check_capabilities,
    check_parameters,
    load_parameters,
)
from scripts.sandbox.engine.cloudformation.requests import (
    capabilities_of,
    parameters_of,
    tags_of,
    template_of,
)
from scripts.sandbox.engine.cloudformation.template import parse
from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.seams import add, replace

_GONE = "DELETE_COMPLETE"
# User Guide, "Stack status codes": these need something else than an update.
_STUCK = (
    "ROLLBACK_COMPLETE",
    "ROLLBACK_FAILED",
    "CREATE_FAILED",
    "DELETE_FAILED",
    "UPDATE_ROLLBACK_FAILED",
    "IMPORT_ROLLBACK_FAILED",
)


def create_stack(
    engine: Engine,
    backend: CloudFormationBackend,
    name: str,
    text: str,
    parameters: dict[str, str],
    *,
    on_failure: str = "ROLLBACK",
    tags: dict[str, str] | None = None,
    protected: bool = False,
) -> Stack:
    """Create a stack in an account and region; a failed resource shows in its status, not as an error.

    Args:
        engine: The running engine.
        backend: moto's CloudFormation of that account and region.
        name: The stack's name.
        text: The template, already checked.
        parameters: Their values; the rest are defaults.
        on_failure: ROLLBACK, DELETE or DO_NOTHING.
        tags: The stack's tags.
        protected: Whether deletion is refused.

    Raises:
        AlreadyExistsException: There is a stack of that name.
        ValidationError: The parameters do not fit the template.

    """
    if any(stack.name == name for stack in backend.stacks.values()):
        raise AlreadyExistsException(f"Stack [{name}] already exists")
    check_parameters(parse(text), parameters)
    stack = Stack(  # type: ignore[abstract]  # as moto itself makes it
        stack_id=generate_stack_id(name, backend.region_name, backend.account_id),
        name=name,
        template=text,
        parameters=parameters,
        account_id=backend.account_id,
        region_name=backend.region_name,
        tags=tags,
        cross_stack_resources=backend.exports,
        enable_termination_protection=protected,
    )
    backend.stacks[stack.stack_id] = stack
    provision.create(engine, stack, on_failure)
    if stack.status == "ROLLBACK_COMPLETE" and on_failure == "DELETE":
        delete_stack(engine, backend, stack.stack_id)
    elif stack.status == "CREATE_COMPLETE":
        publish(backend, stack)
    return stack


def update_stack(
    engine: Engine,
    backend: CloudFormationBackend,
    stack: Stack,
    text: str,
    parameters: dict[str, str],
    *,
    tags: dict[str, str] | None = None,
    gone: frozenset[str] = frozenset(),
) -> bool:
    """Bring an existing stack to another template, other parameters or other tags.

    Args:
        engine: The running engine.
        backend: moto's CloudFormation of that account and region.
        stack: The stack.
        text: The template, already checked.
        parameters: Their values; the rest are defaults.
        tags: The stack's tags; None leaves them.
        gone: What somebody has deleted and shall be made again; without it nothing notices that it is gone.

    Returns:
        Whether it succeeded; otherwise it was rolled back.

    Raises:
        ValidationError: Nothing differs, or the stack is in no state to be updated.

    """
    check_updatable(stack)
    check_parameters(parse(text), parameters)
    same_tags = tags is None or tags == stack.tags
    if (
        parse(text) == stack.template_dict
        and same_tags
        and not gone
        and _values(text, parameters) == _values(text, stack.parameters)
    ):
        raise refuse("No updates are to be performed.")
    _withdraw(backend, stack)
    done = provision.update(engine, stack, text, parameters, tags, gone=gone)
    publish(backend, stack)
    return done


def check_updatable(stack: Stack) -> None:
    """Refuse an update of a stack that can only be waited for, deleted or brought back first.

    Raises:
        ValidationError: It is in such a state.

    """
    if stack.status.endswith("IN_PROGRESS") or stack.status in _STUCK:
        raise refuse(f"Stack:{stack.stack_id} is in {stack.status} state and can not be updated.")


def continue_rollback(stack: Stack) -> None:
    """Try again to take back what an update's rollback could not.

    Raises:
        ValidationError: The stack is not in UPDATE_ROLLBACK_FAILED.

    """
    if stack.status != "UPDATE_ROLLBACK_FAILED":
        raise refuse(f"Stack:{stack.stack_id} is in {stack.status} state and can not continue the rollback.")
    provision.resume_rollback(stack)


def delete_stack(engine: Engine, backend: CloudFormationBackend, name_or_id: str) -> None:
    """Delete a stack; one that is not there is gone already.

    Raises:
        ValidationError: It is protected.

    """
    for stack in list(backend.stacks.values()):
        if name_or_id not in (stack.name, stack.stack_id):
            continue
        if stack.enable_termination_protection:
            raise refuse(f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled")
        _withdraw(backend, stack)
        if provision.delete(engine, stack):
            backend.deleted_stacks[stack.stack_id] = stack
            backend.stacks.pop(stack.stack_id, None)


def _values(text: str, parameters: dict[str, str]) -> dict[str, str]:
    slots = parse(text).get("Parameters") or {}
    return {name: str(parameters.get(name, slot.get("Default"))) for name, slot in slots.items()}


def publish(backend: CloudFormationBackend, stack: Stack) -> None:
    """Make a stack's exports known in its region."""
    for export in stack.exports:
        backend.exports[export.name] = export


def _withdraw(backend: CloudFormationBackend, stack: Stack) -> None:
    for name, export in list(backend.exports.items()):
        if export.exporting_stack_id == stack.stack_id:
            backend.exports.pop(name, None)


def _always(handler: Any) -> Callable[[Any], Any]:
    return lambda _: handler


def _requests(engine: Engine) -> dict[str, Any]:
    """What stands in the place of moto's handlers."""

    def create(self: CloudFormationResponse) -> ActionResult:
        text = template_of(self)
        check_capabilities(parse(text), capabilities_of(self))
        rollback = "DO_NOTHING" if self._get_bool_param("DisableRollback") else "ROLLBACK"
        stack = create_stack(
            engine,
            self.cloudformation_backend,
            self._get_param("StackName"),
            text,
            parameters_of(self),
            on_failure=self._get_param("OnFailure") or rollback,
            tags=tags_of(self),
            protected=bool(self._get_bool_param("EnableTerminationProtection")),
        )
        return ActionResult({"StackId": stack.stack_id})

    def update(self: CloudFormationResponse) -> ActionResult:
        backend = self.cloudformation_backend
        stack = backend.get_stack(self._get_param("StackName"))
        text = template_of(self, str(stack.template))
        check_capabilities(parse(text), capabilities_of(self))
        parameters = parameters_of(self, stack.parameters)
        update_stack(engine, backend, stack, text, parameters, tags=tags_of(self) or None)
        return ActionResult({"StackId": stack.stack_id})

    def delete(self: CloudFormationResponse) -> EmptyResult:
        delete_stack(engine, self.cloudformation_backend, self._get_param("StackName"))
        return EmptyResult()

    def resume(self: CloudFormationResponse) -> EmptyResult:
        continue_rollback(self.cloudformation_backend.get_stack(self._get_param("StackName")))
        return EmptyResult()

    add(CloudFormationResponse, "continue_update_rollback", resume)
    return {"create_stack": create, "update_stack": update, "delete_stack": delete}


def _described(stack: Stack) -> str | None:
    """What DescribeStacks answers: its template's own words (API reference, Stack), whatever made it."""
    return stack.template_dict.get("Description")


def install(engine: Engine) -> None:
    """Put the seams in place: reading, evaluating and applying templates."""
    replace(parsing, "clean_json", lambda _: resolve)
    replace(parsing, "parse_condition", lambda _: condition)
    replace(parsing.ResourceMap, "validate_outputs", lambda _: lambda self: None)  # noqa: ARG005 - checked before
    replace(parsing.ResourceMap, "load_parameters", lambda _: load_parameters)
    replace(models.Stack, "parse_template", lambda _: staticmethod(parse))
    replace(
        models.Stack,
        "stack_resources",
        lambda _: property(lambda stack: list(provision.held(stack.resource_map).values())),
    )
    # moto sets it once, from the template that a stack was first given.
    add(models.Stack, "description", property(_described, lambda stack, _: None))  # noqa: ARG005 - a setter
    for name, handler in _requests(engine).items():
        replace(CloudFormationResponse, name, _always(handler))
