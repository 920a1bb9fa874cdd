"""Brings a stack to what its template says, and back when that fails.

Order and words as AWS does it (CloudFormation User Guide, "Stack failure options" and "Understand update
behaviors of stack resources"): dependencies first, an update's leftovers removed at its end, a failure
rolled back.
"""

from typing import Any

from moto.cloudformation.models import Stack
from moto.cloudformation.parsing import ResourceMap
from moto.core.exceptions import ServiceException
from moto.core.utils import utcnow

from scripts.sandbox.engine.cloudformation.resources import Resource
from scripts.sandbox.engine.cloudformation.run import Failure, Run
from scripts.sandbox.engine.core import Engine


def held(resource_map: ResourceMap) -> dict[str, Resource]:
    """The resources a stack holds, in the order they were made."""
    return {n: r for n, r in resource_map._parsed_resources.items() if isinstance(r, Resource)}


def create(engine: Engine, stack: Stack, on_failure: str = "ROLLBACK") -> None:
    """Create a new stack's resources; a failure is rolled back, never raised.

    Args:
        engine: Where the calls go.
        stack: A new stack of moto's.
        on_failure: ROLLBACK, DELETE or DO_NOTHING, as CreateStack's `OnFailure`.

    """
    run = Run(engine, stack)
    run.tell("CREATE_IN_PROGRESS", "User Initiated")
    try:
        run.bring(stack.resource_map, {})
    except (Failure, ServiceException) as problem:
        name = f"[{problem.logical_id}]" if isinstance(problem, Failure) else f"{problem}"
        reason = f"The following resource(s) failed to create: {name}. "
        if on_failure == "DO_NOTHING":
            run.tell("CREATE_FAILED", reason)
            return
        run.tell("ROLLBACK_IN_PROGRESS", f"{reason}Rollback requested by user.")
        failed = run.take_back("DELETE")
        for logical_id in held(stack.resource_map):
            stack.resource_map._parsed_resources.pop(logical_id)
        stack.output_map = _no_outputs(stack)
        run.tell("ROLLBACK_FAILED" if failed else "ROLLBACK_COMPLETE", "; ".join(failed) or None)
        return
    run.tell("CREATE_COMPLETE")


def update(
    engine: Engine,
    stack: Stack,
    text: str,
    parameters: dict[str, Any],
    tags: dict[str, str] | None,
    *,
    gone: frozenset[str] = frozenset(),
) -> bool:
    """Bring a stack to another template or other parameters, and make again what is `gone`.

    Returns:
        Whether it succeeded; if not, the stack is what it was, in UPDATE_ROLLBACK_COMPLETE.

    """
    run = Run(engine, stack)
    was = (stack.template, stack.template_dict, stack.parameters, stack.resource_map)
    old = held(stack.resource_map)
    stack.template, stack.parameters = text, parameters
    stack._parse_template()
    try:
        fresh = stack._create_resource_map()
    except ServiceException:
        stack.template, stack.template_dict, stack.parameters, stack.resource_map = was
        raise
    run.tell("UPDATE_IN_PROGRESS", "User Initiated")
    stack.last_updated_time = utcnow()  # type: ignore[attr-defined]  # the same
    try:
        run.bring(fresh, {name: each for name, each in old.items() if name not in gone})
    except (Failure, ServiceException) as problem:
        name = f"[{problem.logical_id}]" if isinstance(problem, Failure) else f"{problem}"
        run.tell(
            "UPDATE_ROLLBACK_IN_PROGRESS", f"The following resource(s) failed to create or update: {name}. "
        )
        stack.template, stack.template_dict, stack.parameters, stack.resource_map = was
        _roll_back(run)
        return False
    left = [resource for name, resource in old.items() if name not in held(fresh)]
    stack.resource_map = fresh
    stack.output_map = stack._create_output_map()
    stack.tags = stack.tags if tags is None else tags
    if left or run.leftovers:
        run.tell("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
        run.remove([*left, *run.leftovers])
    run.tell("UPDATE_COMPLETE")
    return True


def resume_rollback(stack: Stack) -> None:
    """Take back what an update's rollback could not (API Reference, ContinueUpdateRollback)."""
    run: Run = stack.unfinished  # type: ignore[attr-defined]  # as `_roll_back` left it
    run.tell("UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated")
    _roll_back(run)


def _roll_back(run: Run) -> None:
    failed = run.take_back("DELETE")
    run.stack.unfinished = run  # type: ignore[attr-defined]  # for a rollback that is continued
    status = "UPDATE_ROLLBACK_FAILED" if failed else "UPDATE_ROLLBACK_COMPLETE"
    run.tell(status, "; ".join(failed) or None)


def delete(engine: Engine, stack: Stack) -> bool:
    """Delete a stack's resources, the last made first.

    Returns:
        Whether all are gone; if not, the stack keeps the rest, in DELETE_FAILED.

    """
    run = Run(engine, stack)
    run.tell("DELETE_IN_PROGRESS", "User Initiated")
    left = run.remove(list(held(stack.resource_map).values()))
    names = {resource.logical_resource_id for resource in left}
    for logical_id in set(held(stack.resource_map)) - names:
        stack.resource_map._parsed_resources.pop(logical_id)
    if names:
        run.tell(
            "DELETE_FAILED", f"The following resource(s) failed to delete: [{', '.join(sorted(names))}]. "
        )
        return False
    run.tell("DELETE_COMPLETE")
    return True


def _no_outputs(stack: Stack) -> Any:
    """A failed stack shows no outputs."""
    outputs = stack._create_output_map()
    outputs._output_json_map = {}
    return outputs
