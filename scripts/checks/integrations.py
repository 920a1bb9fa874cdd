"""The parameters of every task against botocore's models: the only judge that sees a misspelt one."""

import functools
import re
from collections.abc import Iterator, Mapping
from typing import Any

import botocore.session
from botocore.exceptions import UnknownServiceError
from botocore.model import ListShape, MapShape, OperationNotFoundError, ServiceModel, Shape, StructureShape

from scripts.checks.definitions import State

# arn:<partition>:states:::[aws-sdk:]<service>:<action>[.waitForTaskToken | .sync[:2]]
_INTEGRATION = re.compile(r"arn:[^:]+:states:::(?:aws-sdk:)?(\w+):(\w+)(?:\.(waitForTaskToken|sync(?::2)?))?")
# Step Functions' own names of services that botocore calls otherwise.
_SERVICES = {"sfn": "stepfunctions", "states": "stepfunctions", "eventbridge": "events"}
_PATH = re.compile(r"\$|States\.\w+\(")
_SIMPLE: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "long": int,
    "boolean": bool,
    "float": (int, float),
    "double": (int, float),
}


def findings(states: Mapping[str, State]) -> Iterator[str]:
    """What is wrong with the tasks of a state machine, and of those inside of its Maps."""
    for name, state in states.items():
        if "ItemProcessor" in state:
            yield from findings(state["ItemProcessor"]["States"])
        if state["Type"] == "Task":
            yield from (f"{name}: {finding}" for finding in _task(state))


def _task(state: State) -> Iterator[str]:
    match = _INTEGRATION.fullmatch(state["Resource"])
    if match is None:
        yield f"{state['Resource']} is no service integration"
        return
    service, action, pattern = match.groups()
    parameters = state.get("Parameters", {})
    try:
        operation = _model(_SERVICES.get(service, service)).operation_model(action[0].upper() + action[1:])
    except (UnknownServiceError, OperationNotFoundError) as problem:
        yield str(problem)
        return
    if operation.input_shape is not None:
        yield from _value(parameters, operation.input_shape, "Parameters")
    if pattern == "waitForTaskToken" and not _passes_token(parameters):
        yield "waits for a task token that it never passes on"


@functools.cache
def _model(service: str) -> ServiceModel:
    return botocore.session.get_session().get_service_model(service)


def _value(value: object, shape: Shape, where: str) -> Iterator[str]:
    """Compare one literal with its shape; blobs, such as Lambda's Payload, may hold any document."""
    match shape:
        case StructureShape():
            yield from _structure(value, shape, where)
        case ListShape():
            items = value if isinstance(value, list) else [value]
            for item in items:
                yield from _value(item, shape.member, f"{where}[]")
        case MapShape() if isinstance(value, Mapping):
            for key, item in value.items():
                if not key.endswith(".$"):
                    yield from _value(item, shape.value, f"{where}.{key}")
        case _:
            wanted = _SIMPLE.get(shape.type_name)
            if wanted and not isinstance(value, wanted):
                yield f"{where} must be a {shape.type_name}"
            allowed = shape.metadata.get("enum")
            if allowed and value not in allowed:
                yield f"{where} must be one of {', '.join(allowed)}"


def _structure(value: object, shape: StructureShape, where: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{where} must have members"
        return
    given = {key.removesuffix(".$"): key for key in value}
    yield from (f"{where} needs {name}" for name in shape.required_members if name not in given)
    for name, key in given.items():
        if name not in shape.members:
            yield f"{where} knows no {name}"
        elif key.endswith(".$"):
            if not isinstance(value[key], str) or not _PATH.match(value[key]):
                yield f"{where}.{key} must be a path or an intrinsic function"
        else:
            yield from _value(value[key], shape.members[name], f"{where}.{name}")


def _passes_token(parameters: Any) -> bool:  # noqa: ANN401 - any JSON
    match parameters:
        case dict():
            return any(
                _passes_token(value) or (key.endswith(".$") and "$$.Task.Token" in str(value))
                for key, value in parameters.items()
            )
        case list():
            return any(map(_passes_token, parameters))
        case _:
            return False
