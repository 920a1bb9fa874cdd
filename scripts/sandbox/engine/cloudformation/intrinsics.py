"""Evaluates a template's functions; replaces moto's `clean_json`.

moto's own replaces every `$$` by `$` in a Sub with a map (which ruins `$$.Execution.Id`), keeps removed
list items, and passes over what it cannot find.
"""

import base64
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from moto.cloudformation.exceptions import ExportNotFound, UnformattedGetAttTemplateException

from scripts.sandbox.engine.cloudformation.faults import Unsupported, refuse

_VARIABLE = re.compile(r"\$\{([^!${}][^${}]*)\}")
_CONDITION_FUNCTIONS = {"Fn::Equals", "Fn::And", "Fn::Or", "Fn::Not"}


def text(value: Any) -> str:
    """A value as CloudFormation writes it into a string."""
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(text, value)) if isinstance(value, list) else str(value)


def reference(name: str, scope: Any) -> Any:
    """What `Ref` gives: a parameter's value or a resource's physical id."""
    found: Mapping[str, Any] = getattr(scope, "_parsed_resources", scope)
    if name not in found:
        raise refuse(
            f"Template format error: Unresolved resource dependencies [{name}] in the Resources block of "
            "the template"
        )
    value = found[name]
    return getattr(value, "physical_resource_id", value)


def _attribute(argument: Any, scope: Any) -> Any:
    name, attribute = argument.split(".", 1) if isinstance(argument, str) else argument
    attribute = resolve(attribute, scope)
    resource = getattr(scope, "_parsed_resources", scope).get(name)
    if resource is None:
        raise refuse(f"Template error: instance of Fn::GetAtt references undefined resource {name}")
    try:
        return resource.get_cfn_attribute(attribute)
    except UnformattedGetAttTemplateException as missing:
        raise refuse(
            f"Template error: resource {name} does not support attribute type {attribute} in Fn::GetAtt"
        ) from missing


def _substitute(argument: Any, scope: Any) -> str:
    template, given = argument if isinstance(argument, list) else (argument, {})
    values = {name: resolve(value, scope) for name, value in given.items()}

    def one(match: re.Match[str]) -> str:
        name = match[1].strip()
        if name in values:
            return text(values[name])
        return text(_attribute(name, scope) if "." in name else reference(name, scope))

    return _VARIABLE.sub(one, template).replace("${!", "${")


def _import(argument: Any, scope: Any) -> Any:
    name = resolve(argument, scope)
    for export in scope.cross_stack_resources.values():
        if export.name == name:
            return export.value
    raise ExportNotFound(name)


def _if(argument: Any, scope: Any) -> Any:
    name, then, otherwise = argument
    return resolve(then if scope.lazy_condition_map[name] else otherwise, scope)


def _find_in_map(argument: Any, scope: Any) -> Any:
    path = [resolve(step, scope) for step in argument]
    found: Any = getattr(scope, "_parsed_resources", scope)  # moto keeps the mappings among the resources
    for step in path:
        if text(step) not in found:
            raise refuse(f"Template error: Unable to get mapping for {'::'.join(map(text, path))}")
        found = found[text(step)]
    return found


def _select(argument: Any, scope: Any) -> Any:
    index, values = argument
    values, position = resolve(values, scope), int(resolve(index, scope))
    if not 0 <= position < len(values):
        raise refuse(f"Template error: Fn::Select cannot select nonexistent value at index {position}")
    return values[position]


_FUNCTIONS: dict[str, Callable[[Any, Any], Any]] = {
    "Ref": reference,
    "Fn::GetAtt": _attribute,
    "Fn::Sub": _substitute,
    "Fn::If": _if,
    "Fn::FindInMap": _find_in_map,
    "Fn::ImportValue": _import,
    "Fn::Select": _select,
    "Fn::Join": lambda a, s: a[0].join(text(v) for v in resolve(a[1], s)),
    "Fn::Split": lambda a, s: resolve(a[1], s).split(a[0]),
    "Fn::Base64": lambda a, s: base64.b64encode(text(resolve(a, s)).encode()).decode(),
    "Fn::ToJsonString": lambda a, s: json.dumps(resolve(a, s)),
    "Fn::GetAZs": lambda a, s: [
        f"{resolve(a, s) or reference('AWS::Region', s)}{zone}" for zone in ("a", "b", "c")
    ],
}


def resolve(value: Any, scope: Any) -> Any:
    """A part of a template with every function evaluated; `AWS::NoValue` removes what it stands for.

    Args:
        value: Any JSON value of the template.
        scope: moto's ResourceMap of the stack (or its plain values, while conditions are loaded).

    Raises:
        ValidationError: A reference leads nowhere.

    """
    if isinstance(value, list):
        items = [resolve(item, scope) for item in value]
        return [item for item in items if item is not None]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((name, argument),) = value.items()
        if name in _FUNCTIONS:
            return _FUNCTIONS[name](argument, scope)
        if name.startswith("Fn::") and name not in _CONDITION_FUNCTIONS:
            raise Unsupported(f"the function {name}")
    kept = {key: resolve(item, scope) for key, item in value.items()}
    return {key: item for key, item in kept.items() if item is not None}


def condition(expression: Any, scope: Any, known: Mapping[str, bool]) -> bool:
    """Whether a condition holds; values are compared as text, as AWS compares them.

    Args:
        expression: One entry of the template's `Conditions`, or a part of it.
        scope: moto's plain values of parameters and mappings.
        known: The other conditions, by name.

    Raises:
        Unsupported: It is no condition function.

    """
    if isinstance(expression, bool):
        return expression
    ((name, argument),) = expression.items()
    if name == "Condition":
        return known[argument]
    if name == "Fn::Equals":
        left, right = (text(resolve(side, scope)) for side in argument)
        return left == right
    if name not in _CONDITION_FUNCTIONS:
        raise Unsupported(f"the condition function {name}")
    parts = [condition(part, scope, known) for part in argument]
    if name == "Fn::Not":
        return not parts[0]
    return all(parts) if name == "Fn::And" else any(parts)
