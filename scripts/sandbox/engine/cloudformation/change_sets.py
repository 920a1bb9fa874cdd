"""Change sets: what would change, and its execution the way stacks are created and updated here.

CloudFormation API Reference, CreateChangeSet; User Guide, "Import AWS resources into a CloudFormation stack".
"""

from collections.abc import Callable
from typing import Any

from moto.cloudformation.exceptions import AlreadyExistsException
from moto.cloudformation.models import ChangeSet, CloudFormationBackend, Stack
from moto.cloudformation.responses import CloudFormationResponse
from moto.cloudformation.utils import generate_changeset_id, generate_stack_id
from moto.core.responses import ActionResult, EmptyResult

from scripts.sandbox.engine.cloudformation import drift, imports, provision
from scripts.sandbox.engine.cloudformation.differences import changes
from scripts.sandbox.engine.cloudformation.faults import refuse
from scripts.sandbox.engine.cloudformation.parameters import check_capabilities, check_parameters
from scripts.sandbox.engine.cloudformation.requests import (
    capabilities_of,
    parameters_of,
    tags_of,
    template_of,
)
from scripts.sandbox.engine.cloudformation.stacks import (
    check_updatable,
    delete_stack,
    publish,
    update_stack,
)
from scripts.sandbox.engine.cloudformation.template import Template, parse
from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.seams import replace

_EMPTY = (
    "The submitted information didn't contain changes. Submit different information to create a change set."
)
_REVIEW = "REVIEW_IN_PROGRESS"


def _stack(backend: CloudFormationBackend, name: str | None) -> Stack | None:
    return next((stack for stack in backend.stacks.values() if name in (stack.name, stack.stack_id)), None)


def _find(backend: CloudFormationBackend, name: str, stack: str | None) -> "_Made":
    for found in backend.change_sets.values():
        ours = stack is None or stack in (found.stack_name, found.stack_id)
        if ours and isinstance(found, _Made) and name in (found.change_set_name, found.change_set_id):
            return found
    raise refuse(f"ChangeSet [{name}] does not exist")


def _prospective(request: CloudFormationResponse, kind: str) -> Stack:
    """The stack that a change set is about; a new one waits in review."""
    backend, name = request.cloudformation_backend, request._get_param("StackName")
    found = _stack(backend, name)
    if kind == "UPDATE" and found is None:
        raise refuse(f"Stack [{name}] does not exist")
    if kind == "CREATE" and found is not None and found.status != _REVIEW:
        raise refuse(f"Stack [{name}] already exists and cannot be created again with a changeSet.")
    if found is not None:
        if found.status != _REVIEW:
            check_updatable(found)
        return found
    made = Stack(  # type: ignore[abstract]  # as moto itself makes it
        stack_id=generate_stack_id(name, backend.region_name, backend.account_id),
        name=name,
        template="Resources: {}",
        parameters={},
        account_id=backend.account_id,
        region_name=backend.region_name,
        tags=tags_of(request),
        cross_stack_resources=backend.exports,
    )
    backend.stacks[made.stack_id] = made
    made.status = _REVIEW
    made._add_stack_event(_REVIEW, resource_status_reason="User Initiated")
    return made


def _create(request: CloudFormationResponse, engine: Engine) -> ActionResult:
    backend, name = request.cloudformation_backend, request._get_param("ChangeSetName")
    kind = request._get_param("ChangeSetType") or "UPDATE"
    before = _stack(backend, request._get_param("StackName"))
    text = template_of(request, str(before.template) if before else None)
    check_capabilities(parse(text), capabilities_of(request))
    parameters = parameters_of(request, before.parameters if before else None)
    check_parameters(parse(text), parameters)
    wanted = request._get_param("ResourcesToImport") or []
    if (kind == "IMPORT") != bool(wanted):
        raise refuse("ResourcesToImport is to be given for a changeSet of type IMPORT, and only for one.")
    if wanted:
        held = before.template_dict["Resources"] if before else {}
        imports.check(engine, backend, parse(text), held, wanted)
    stack = _prospective(request, kind)
    if any(each.stack is stack and each.change_set_name == name for each in backend.change_sets.values()):
        raise AlreadyExistsException(f"ChangeSet {name} already exists")
    made = _Made(
        change_set_type=kind,
        change_set_id=generate_changeset_id(name, backend.region_name, backend.account_id),
        change_set_name=name,
        stack=stack,
        template=text,
        parameters=parameters,
        description=request._get_param("Description"),
        tags=tags_of(request),
    )
    made.on_failure = request._get_param("OnStackFailure") or "ROLLBACK"
    made.imported = {each["LogicalResourceId"]: each["ResourceIdentifier"] for each in wanted}
    if (mode := request._get_param("DeploymentMode")) is not None:
        made.gone = _drifted(stack, kind, mode)
    made.settle()
    backend.change_sets[made.change_set_id] = made
    return ActionResult({"Id": made.change_set_id, "StackId": stack.stack_id})


def _drifted(stack: Stack, kind: str, mode: str) -> frozenset[str]:
    """What a drift-aware change set brings back: it reads the actual state when it is created."""
    if mode != "REVERT_DRIFT" or kind != "UPDATE":
        raise refuse(f"DeploymentMode {mode} is not supported for change sets of type {kind}")
    return frozenset(drift.deleted(stack))


class _Made(ChangeSet):
    """A change set that knows what would change."""

    on_failure = "ROLLBACK"
    gone: frozenset[str] = frozenset()
    imported: dict[str, dict[str, str]]

    def _parse_template(self) -> None:
        self.template_dict = parse(self.template)

    def diff(self) -> list[Any]:
        return []

    def settle(self) -> None:
        old: Template = self.stack.template_dict if self.stack.status != _REVIEW else {"Resources": {}}
        new = parse(self.template)
        self.told = changes(
            old, new, self.stack.parameters, self.parameters, self.imported, deleted=self.gone
        )
        empty = self.change_set_type == "UPDATE" and not self.told and old == new
        self.status = "FAILED" if empty else "CREATE_COMPLETE"
        self.execution_status = "UNAVAILABLE" if empty else "AVAILABLE"
        self.status_reason = _EMPTY if empty else None


def _described(found: _Made) -> ActionResult:
    answer = {
        "ChangeSetName": found.change_set_name,
        "ChangeSetId": found.change_set_id,
        "StackId": found.stack_id,
        "StackName": found.stack_name,
        "Status": found.status,
        "ExecutionStatus": found.execution_status,
        "StatusReason": found.status_reason,
        "CreationTime": found.creation_time,
        "Parameters": found.parameters,  # moto makes the list of pairs of it
        "Changes": found.told,  # moto wraps each in a Change
    }
    return ActionResult({name: value for name, value in answer.items() if value is not None})


def execute(engine: Engine, backend: CloudFormationBackend, name: str, stack_name: str | None) -> None:
    """Create or update the stack that a change set is about, or take resources into it.

    Raises:
        ValidationError: There is no such change set, or it can not be executed.

    """
    found = _find(backend, name, stack_name)
    if found.execution_status != "AVAILABLE":
        raise refuse(f"ChangeSet [{name}] cannot be executed in its current status of [{found.status}]")
    stack, parameters = found.stack, found.parameters
    # Executed, a change set and all others of its stack are gone (API Reference, ExecuteChangeSet).
    for identity in [key for key, each in backend.change_sets.items() if each.stack is stack]:
        del backend.change_sets[identity]
    if found.change_set_type == "UPDATE":
        update_stack(
            engine, backend, stack, found.template, parameters, tags=found.tags or None, gone=found.gone
        )
        return
    if found.change_set_type == "IMPORT":
        imports.run(engine, stack, found.template, parameters, found.imported)
        return
    stack.template, stack.parameters = found.template, parameters
    stack._parse_template()
    stack.resource_map = stack._create_resource_map()
    stack.output_map = stack._create_output_map()
    provision.create(engine, stack, found.on_failure)
    publish(backend, stack)
    if stack.status == "ROLLBACK_COMPLETE" and found.on_failure == "DELETE":
        delete_stack(engine, backend, stack.stack_id)


def install(engine: Engine) -> None:
    """Check change sets on receipt like stacks, tell what they would change, and execute them like stacks."""

    def create(_: Any) -> Callable[..., ActionResult]:
        return lambda request: _create(request, engine)

    def describe(_: Any) -> Callable[..., ActionResult]:
        return lambda request: _described(_asked(request))

    def delete(_: Any) -> Callable[..., EmptyResult]:
        def delete_change_set(request: CloudFormationResponse) -> EmptyResult:
            del request.cloudformation_backend.change_sets[_asked(request).change_set_id]
            return EmptyResult()

        return delete_change_set

    def run(_: Any) -> Any:
        def execute_change_set(
            self: CloudFormationBackend, change_set_name: str, stack_name: str | None = None
        ) -> None:
            execute(engine, self, change_set_name, stack_name)

        return execute_change_set

    replace(CloudFormationResponse, "create_change_set", create)
    replace(CloudFormationResponse, "describe_change_set", describe)
    replace(CloudFormationResponse, "delete_change_set", delete)
    replace(CloudFormationBackend, "execute_change_set", run)


def _asked(request: CloudFormationResponse) -> _Made:
    name, stack = request._get_param("ChangeSetName"), request._get_param("StackName")
    return _find(request.cloudformation_backend, name, stack)
