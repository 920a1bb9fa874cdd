"""Change sets, executed the way stacks are created and updated here."""

from typing import Any

from moto.cloudformation.models import ChangeSet, CloudFormationBackend
from moto.cloudformation.responses import CloudFormationResponse

from scripts.sandbox.engine.cloudformation import provision
from scripts.sandbox.engine.cloudformation.faults import refuse
from scripts.sandbox.engine.cloudformation.parameters import check_capabilities, check_parameters
from scripts.sandbox.engine.cloudformation.requests import capabilities_of, template_of
from scripts.sandbox.engine.cloudformation.stacks import publish, update_stack
from scripts.sandbox.engine.cloudformation.template import parse
from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.seams import replace


def _find(backend: CloudFormationBackend, name: str, stack: str | None) -> ChangeSet:
    for change_set in backend.change_sets.values():
        ours = stack is None or stack in (change_set.stack_name, change_set.stack_id)
        if ours and name in (change_set.change_set_name, change_set.change_set_id):
            return change_set
    raise refuse(f"ChangeSet [{name}] does not exist")


def execute(engine: Engine, backend: CloudFormationBackend, name: str, stack_name: str | None) -> None:
    """Create or update the stack that a change set is about.

    Raises:
        ValidationError: There is no such change set, or it can not be executed.

    """
    change_set = _find(backend, name, stack_name)
    if change_set.execution_status != "AVAILABLE":
        raise refuse(f"ChangeSet [{name}] cannot be executed in its current status of [{change_set.status}]")
    stack, parameters = change_set.stack, change_set.parameters
    check_parameters(change_set.template_dict, parameters)
    if change_set.change_set_type == "UPDATE":
        update_stack(engine, backend, stack, change_set.template, parameters, tags=change_set.tags or None)
    else:
        stack.template, stack.parameters = change_set.template, parameters
        stack._parse_template()
        stack.resource_map = stack._create_resource_map()
        stack.output_map = stack._create_output_map()
        provision.create(engine, stack)
        publish(backend, stack)
    change_set.execution_status = "EXECUTE_COMPLETE"


def install(engine: Engine) -> None:
    """Check change sets like stacks on receipt, and execute them like stacks."""

    def create(original: Any) -> Any:
        def create_change_set(self: CloudFormationResponse) -> Any:
            previous = None
            if self._get_bool_param("UsePreviousTemplate"):
                previous = str(self.cloudformation_backend.get_stack(self._get_param("StackName")).template)
            check_capabilities(parse(template_of(self, previous)), capabilities_of(self))
            return original(self)

        return create_change_set

    def run(_: Any) -> Any:
        def execute_change_set(
            self: CloudFormationBackend, change_set_name: str, stack_name: str | None = None
        ) -> None:
            execute(engine, self, change_set_name, stack_name)

        return execute_change_set

    replace(CloudFormationResponse, "create_change_set", create)
    replace(CloudFormationBackend, "execute_change_set", run)
