"""What a caller may pass to a template: parameters and capabilities, as strictly as AWS takes them.

Messages as in the CloudFormation API's own answers; rules from the User Guide, "Parameters section syntax
reference" and the API Reference, CreateStack `Capabilities`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from scripts.sandbox.engine.cloudformation.faults import InsufficientCapabilities, refuse
from scripts.sandbox.engine.cloudformation.intrinsics import text
from scripts.sandbox.engine.cloudformation.template import Template

# The types that need a capability, and the property that makes it the stronger one.
_NAMED = {
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
}
_IAM = {*_NAMED, "AWS::IAM::Policy", "AWS::IAM::AccessKey", "AWS::IAM::UserToGroupAddition"}


def check_parameters(template: Template, given: Mapping[str, str]) -> None:
    """Refuse values that the template does not ask for, misses, or does not allow.

    Raises:
        ValidationError: With every offending parameter of the first kind found.

    """
    declared: dict[str, dict[str, Any]] = template.get("Parameters") or {}
    unknown = [name for name in given if name not in declared]
    if unknown:
        raise refuse(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    missing = [name for name, slot in declared.items() if name not in given and "Default" not in slot]
    if missing:
        raise refuse(f"Parameters: [{', '.join(missing)}] must have values")
    for name, slot in declared.items():
        _check_value(name, slot, text(given.get(name, slot.get("Default", ""))))


def _check_value(name: str, slot: dict[str, Any], whole: str) -> None:
    listed = slot.get("Type") == "CommaDelimitedList" or slot.get("Type", "").startswith("List<")
    for value in [v.strip() for v in whole.split(",")] if listed else [whole]:
        if slot.get("Type") in ("Number", "List<Number>"):
            _check_number(name, slot, value)
        allowed = [text(v) for v in slot.get("AllowedValues", [])]
        if allowed and value not in allowed:
            raise refuse(f"Parameter '{name}' must be one of AllowedValues")
        pattern = slot.get("AllowedPattern")
        if pattern and not re.fullmatch(pattern, value):
            advice = slot.get("ConstraintDescription")
            raise refuse(
                f"Parameter '{name}' failed to satisfy constraint: {advice}"
                if advice
                else f"Parameter '{name}' must match pattern {pattern}"
            )
        if len(value) < int(slot.get("MinLength", 0)):
            raise refuse(f"Parameter '{name}' must contain at least {slot['MinLength']} characters")
        if len(value) > int(slot.get("MaxLength", 4096)):
            raise refuse(f"Parameter '{name}' must contain at most {slot.get('MaxLength', 4096)} characters")


def _check_number(name: str, slot: dict[str, Any], value: str) -> None:
    try:
        number = float(value)
    except ValueError as problem:
        raise refuse(f"Parameter '{name}' must be a number") from problem
    if "MinValue" in slot and number < float(slot["MinValue"]):
        raise refuse(f"Parameter '{name}' must be a number not less than {slot['MinValue']}")
    if "MaxValue" in slot and number > float(slot["MaxValue"]):
        raise refuse(f"Parameter '{name}' must be a number not greater than {slot['MaxValue']}")


def check_capabilities(template: Template, given: Sequence[str]) -> None:
    """Refuse IAM resources that the caller has not acknowledged.

    Raises:
        InsufficientCapabilities: CAPABILITY_IAM or CAPABILITY_NAMED_IAM is missing.

    """
    types = [(r["Type"], r.get("Properties") or {}) for r in template["Resources"].values()]
    named = any(_NAMED[kind] in properties for kind, properties in types if kind in _NAMED)
    if named and "CAPABILITY_NAMED_IAM" not in given:
        raise InsufficientCapabilities("Requires capabilities : [CAPABILITY_NAMED_IAM]")
    plain = any(kind in _IAM for kind, _ in types)
    if plain and not {"CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"} & set(given):
        raise InsufficientCapabilities("Requires capabilities : [CAPABILITY_IAM]")


def load_parameters(scope: Any) -> None:
    """Give a stack's ResourceMap the value of each parameter; stands in place of moto's.

    moto's own leaves a list's default as one text.

    Args:
        scope: moto's ResourceMap.

    Raises:
        ValidationError: The values do not fit the template.

    """
    declared: dict[str, dict[str, Any]] = scope._template.get("Parameters") or {}
    check_parameters(scope._template, scope.input_parameters)
    scope.no_echo_parameter_keys = [name for name, slot in declared.items() if slot.get("NoEcho")]
    for name, slot in declared.items():
        value: Any = text(scope.input_parameters.get(name, slot.get("Default", "")))
        if slot["Type"].startswith("AWS::SSM::Parameter::"):
            value = scope.parse_ssm_parameter(value, slot["Type"])
        elif slot["Type"] == "CommaDelimitedList" or slot["Type"].startswith("List<"):
            value = [part.strip() for part in value.split(",")] if value else []
        scope.resolved_parameters[name] = value
    scope._parsed_resources.update(scope.resolved_parameters)
