"""Resource policies: whether a service may do one thing, decided from the policy document alone.

Rules: IAM User Guide, pages "Policy evaluation logic" (a matching Deny wins) and "IAM JSON policy elements:
Condition operators" (a key that is absent fails a condition, unless the operator is negated or ends in
`IfExists`). Only what bucket and key policies for service principals use; anything else raises.
"""

import fnmatch
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Request:
    """What is asked of the resource.

    Attributes:
        service: The calling service principal, such as `delivery.logs.amazonaws.com`.
        action: Such as `s3:PutObject`.
        resource: The ARN.
        context: Condition keys with their values; their case does not count.

    """

    service: str
    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=dict)


def _listed(value: Any) -> list[str]:
    return [
        str(v).lower() if isinstance(v, bool) else str(v) for v in (value if _is_list(value) else [value])
    ]


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _like(value: str, patterns: Sequence[str]) -> bool:
    # fnmatch would read [ as a set of characters; policies know * and ? only.
    return any(fnmatch.fnmatchcase(value, pattern.replace("[", "[[]")) for pattern in patterns)


def _compared(operator: str, value: str, expected: Sequence[str]) -> bool:
    match operator:
        case "StringEquals":
            return value in expected
        case "StringLike" | "ArnLike" | "ArnEquals":  # the two ARN operators behave identically
            return _like(value, expected)
        case "StringEqualsIgnoreCase" | "Bool":
            return value.lower() in [each.lower() for each in expected]
        case _:
            raise NotImplementedError(f"the engine does not evaluate the condition operator {operator}")


def _holds(operator: str, key: str, expected: Sequence[str], context: Mapping[str, str]) -> bool:
    value = {name.lower(): each for name, each in context.items()}.get(key.lower())
    if operator == "Null":
        return (value is None) == (expected[0].lower() == "true")
    base = operator.removesuffix("IfExists")
    negated = "Not" in base
    if value is None:
        return negated or base != operator
    return _compared(base.replace("Not", ""), value, expected) != negated


def _conditions_hold(statement: Mapping[str, Any], context: Mapping[str, str]) -> bool:
    return all(
        _holds(operator, key, _listed(expected), context)
        for operator, keys in statement.get("Condition", {}).items()
        for key, expected in keys.items()
    )


def _named(statement: Mapping[str, Any], element: str, value: str, fold: Callable[[str], str]) -> bool:
    """Whether an element names a value, or its opposite (`NotAction`, `NotResource`) does not."""
    if f"Not{element}" in statement:
        return not _like(value, [fold(each) for each in _listed(statement[f"Not{element}"])])
    return _like(value, [fold(each) for each in _listed(statement.get(element, []))])


def _concerns(statement: Mapping[str, Any], request: Request) -> bool:
    if "NotPrincipal" in statement:
        raise NotImplementedError("the engine does not evaluate NotPrincipal")
    principal = statement.get("Principal", {})
    named = ["*"] if principal == "*" else _listed(principal.get("Service", []))
    everyone = principal == "*" or "*" in _listed(principal.get("AWS", []))
    return (
        (everyone or request.service in named)
        and _named(statement, "Action", request.action.lower(), str.lower)
        and _named(statement, "Resource", request.resource, str)
        and _conditions_hold(statement, request.context)
    )


def allows(policy: Mapping[str, Any] | None, request: Request) -> bool:
    """Whether the policy allows the request: some Allow matches and no Deny does.

    Raises:
        NotImplementedError: A statement uses an element or operator that is not evaluated here.

    """
    statements = (policy or {}).get("Statement", [])
    listed = statements if _is_list(statements) else [statements]
    effects = {statement["Effect"] for statement in listed if _concerns(statement, request)}
    return effects == {"Allow"}
