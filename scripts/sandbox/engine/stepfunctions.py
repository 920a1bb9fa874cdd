"""Step Functions: moto's interpreter, with the role, the names and the times that AWS gives its tasks.

How tasks end is in `stepfunctions_ends`, what clients see of executions in `stepfunctions_api`, how one goes
on after its end in `stepfunctions_redrive`, and tasks that wait for Athena are in `stepfunctions_athena`.
"""

import copy
import datetime as dt
import functools
import sys
import threading
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import botocore.session
from botocore import xform_name
from botocore.model import OperationModel
from moto.stepfunctions.parser.asl.component.state import state as state_module
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service import (
    StateTaskService,
)
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.backend.execution import Execution

from scripts.sandbox.engine import (
    stepfunctions_api,
    stepfunctions_athena,
    stepfunctions_ends,
    stepfunctions_redrive,
    stepfunctions_turns,
)
from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.seams import replace
from scripts.sandbox.engine.stepfunctions_times import times_as_text, zulu

_reading = threading.Lock()


def install(engine: Engine) -> None:
    """Repair moto's interpreter and its API for every account and region."""
    _parse_each_definition_once()
    _call_as_the_machine(engine)
    _name_shapes_as_aws()
    _tell_time_as_aws()
    stepfunctions_ends.install()
    stepfunctions_turns.install()
    stepfunctions_api.install()
    stepfunctions_redrive.install()
    stepfunctions_athena.install(engine)


def _parse_each_definition_once() -> None:
    """An execution begins in 3 ms instead of 60: a parsed definition is copied for each of its executions."""

    def parse(original: Callable[[str], tuple[Any, Any]]) -> Any:
        parsed = functools.lru_cache(maxsize=64)(original)

        def copied(definition: str) -> tuple[Any, Any]:
            program, tree = parsed(definition)
            return copy.deepcopy(program), tree

        return staticmethod(copied)

    replace(AmazonStateLanguageParser, "parse", parse)


def _call_as_the_machine(engine: Engine) -> None:
    """Tasks act with the state machine's role, in that role's account.

    Source: AWS Step Functions, "Creating an IAM role for your state machine" and "Accessing resources in
    other AWS accounts" (`Credentials.RoleArn`). moto calls everything as its default account.
    """

    def client_for(region: str, service: str, state_credentials: Any = None) -> Any:
        if state_credentials is None:
            raise ValueError(f"a task called {service} without the role of its state machine")
        role_arn: str = state_credentials.role_arn
        return engine.client(role_arn.split(":")[4], region, service, role_arn)

    for module in _interpreter_modules_with("boto_client_for"):
        replace(module, "boto_client_for", lambda _original: client_for)


def _interpreter_modules_with(name: str) -> list[ModuleType]:
    modules = list(sys.modules.items())
    return [
        module
        for path, module in modules
        if path.startswith("moto.stepfunctions.parser") and hasattr(module, name)
    ]


def _operations(service: str) -> Mapping[str, OperationModel]:
    with _reading:  # of a hundred tasks that begin at once, one reads the model
        return _read_operations(service)


@functools.cache
def _read_operations(service: str) -> Mapping[str, OperationModel]:
    model = botocore.session.Session().get_service_model(service)
    return {xform_name(name): model.operation_model(name) for name in model.operation_names}


def _operation(task: Any, service: str | None, action: str | None) -> OperationModel:
    service, action = task._get_boto_service_name(service), task._get_boto_service_action(action)
    operations = _operations(service)
    if action not in operations:
        raise ValueError(f"{task.resource.resource_arn}: {service} has no action {action}")
    return operations[action]


def _name_shapes_as_aws() -> None:
    """Parameters and results in PascalCase, objects as JSON where the API takes a string, times as ISO 8601.

    Source: AWS Step Functions, "Learning to use AWS service SDK integrations in Step Functions" ("Parameters
    in Step Functions are expressed in PascalCase"). Both hooks are empty in moto.
    """

    def to_request(
        task: Any,
        parameters: Any,
        boto_service_name: str | None = None,
        service_action_name: str | None = None,
    ) -> None:
        shape = _operation(task, boto_service_name, service_action_name).input_shape
        if shape is not None:
            task._to_boto_request(parameters, shape)

    def from_response(
        task: Any, response: Any, boto_service_name: str | None = None, service_action_name: str | None = None
    ) -> None:
        shape = _operation(task, boto_service_name, service_action_name).output_shape
        if shape is not None:
            task._from_boto_response(response, shape)

    replace(StateTaskService, "_normalise_parameters", lambda _original: to_request)
    replace(StateTaskService, "_normalise_response", lambda _original: from_response)
    replace(
        StateTaskService,
        "_from_boto_response_value",
        lambda original: staticmethod(lambda value: times_as_text(original(value))),
    )


def _tell_time_as_aws() -> None:
    """`$$.Execution.StartTime` and `$$.State.EnteredTime` as AWS writes them, not as Python does.

    Source: AWS Step Functions, "Accessing execution data from the Context object in Step Functions".
    """

    def start_details(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def details(execution: Any) -> Any:
            made = original(execution)
            made.start_time = zulu(made.start_time)
            return made

        return details

    def state_data(original: Any) -> Callable[..., Any]:
        def data(EnteredTime: str, **rest: Any) -> Any:  # noqa: N803 - the context object's own name
            return original(EnteredTime=zulu(dt.datetime.fromisoformat(EnteredTime)), **rest)

        return data

    replace(Execution, "get_start_execution_details", start_details)
    replace(state_module, "StateData", state_data)
