"""EventBridge event patterns: which events a rule matches. Pure.

Source: AWS docs "Comparison operators for use in event patterns in Amazon EventBridge" and "Creating
event patterns". One known difference: two fields of one array of objects need not match in the same
element.
"""

import ipaddress
import json
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

LIMIT_CHARACTERS = 2048
_COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    ">": operator.gt,
    ">=": operator.ge,
}
_INSIDE_ANYTHING_BUT = frozenset({"prefix", "suffix", "wildcard", "equals-ignore-case"})


class PatternError(Exception):
    """EventBridge would not accept this pattern."""


def matches(pattern: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    """Say whether an event in its envelope matches a checked pattern.

    Args:
        pattern: The parsed pattern; an empty one matches everything.
        event: The parsed event.

    """
    return _node_matches(pattern, event, ())


def check(pattern: object) -> None:
    """Refuse what EventBridge refuses.

    Raises:
        PatternError: The reason, as EventBridge words it where that is known.

    """
    if not isinstance(pattern, dict):
        raise PatternError("Filter is not an object")
    for field, value in pattern.items():
        if field == "$or":
            _check_alternatives(value)
        elif isinstance(value, dict):
            check(value)
        elif not isinstance(value, list):
            raise PatternError(f"'{field}' must be an object or an array")
        elif not value:
            raise PatternError("Empty arrays are not allowed")
        else:
            for matcher in value:
                _check_matcher(matcher)


def _check_alternatives(value: object) -> None:
    if not isinstance(value, list) or len(value) < 2:  # noqa: PLR2004
        raise PatternError("There must have at least 2 Objects for $or relationship")
    for alternative in value:
        check(alternative)


def _check_matcher(matcher: object) -> None:
    if isinstance(matcher, list):
        raise PatternError("Match value must be String, number, true, false, or null")
    if isinstance(matcher, dict):
        if len(matcher) != 1:
            raise PatternError("Only one key allowed in match expression")
        _check_operator(*next(iter(matcher.items())))


def _check_operator(name: str, argument: object) -> None:
    if name == "exists":
        if not isinstance(argument, bool):
            raise PatternError("exists match pattern must be either true or false.")
    elif name == "anything-but" and isinstance(argument, dict):
        if len(argument) != 1 or next(iter(argument)) not in _INSIDE_ANYTHING_BUT:
            raise PatternError(f"Unsupported anything-but pattern: {argument}")
    elif name == "numeric":
        _check_numeric(argument)
    elif name == "cidr":
        _check_cidr(argument)
    elif name not in _MATCHERS:
        raise PatternError(f"Unrecognized match type {name}")


def _check_cidr(argument: object) -> None:
    try:
        ipaddress.ip_network(str(argument), strict=False)
    except ValueError:
        raise PatternError(f"Malformed CIDR, must be a valid IP address block: {argument}") from None


def _check_numeric(argument: object) -> None:
    if not isinstance(argument, list) or len(argument) not in (2, 4):
        raise PatternError("Value of numeric must be an array of one or two comparisons.")
    for sign, bound in zip(argument[::2], argument[1::2], strict=True):
        if sign not in _COMPARE or isinstance(bound, bool) or not isinstance(bound, int | float):
            raise PatternError(f"Unrecognized numeric range operator: {sign} {bound}")


def _node_matches(pattern: Mapping[str, Any], event: object, path: tuple[str, ...]) -> bool:
    for field, wanted in pattern.items():
        if field == "$or":
            if not any(_node_matches(alternative, event, path) for alternative in wanted):
                return False
        elif isinstance(wanted, dict):
            if not _node_matches(wanted, event, (*path, field)):
                return False
        elif not _leaf_matches(wanted, _leaves(event, (*path, field))):
            return False
    return True


def _leaf_matches(matchers: Sequence[Any], found: Sequence[Any]) -> bool:
    # "Exists matching only works on leaf nodes": an object at the path counts as absent.
    values = [value for value in found if not isinstance(value, dict)]
    for matcher in matchers:
        if isinstance(matcher, dict) and "exists" in matcher:
            if bool(values) == matcher["exists"]:
                return True
        elif any(_value_matches(matcher, value) for value in values):
            return True
    return False


def _leaves(node: object, path: tuple[str, ...]) -> list[Any]:
    """All values at a path; arrays on the way are looked into, as EventBridge does."""
    if isinstance(node, list):
        return [value for element in node for value in _leaves(element, path)]
    if not path:
        return [node]
    if isinstance(node, dict) and path[0] in node:
        return _leaves(node[path[0]], path[1:])
    return []


def _value_matches(matcher: object, value: object) -> bool:
    if not isinstance(matcher, dict):
        return _equal(matcher, value)
    name, argument = next(iter(matcher.items()))
    return _MATCHERS[name](argument, value)


def _equal(left: object, right: object) -> bool:
    """Equality of JSON texts: "300, 300.0, and 3.0e2 are not considered equal", nor 1 and true."""
    return json.dumps(left) == json.dumps(right)


def _as_list(argument: Any) -> list[Any]:
    return argument if isinstance(argument, list) else [argument]


def _affix(argument: Any, value: object, holds: Callable[[str, str], bool]) -> bool:
    if not isinstance(value, str):
        return False
    if isinstance(argument, dict):
        return holds(value.lower(), argument["equals-ignore-case"].lower())
    return holds(value, argument)


def _wildcard(argument: str, value: object) -> bool:
    if not isinstance(value, str):
        return False
    # `\*` and `\\` stand for themselves.
    tokens = re.findall(r"\\[*\\]|.", argument, re.DOTALL)
    expression = "".join(".*" if token == "*" else re.escape(token[-1]) for token in tokens)  # noqa: S105
    return re.fullmatch(expression, value, re.DOTALL) is not None


def _anything_but(argument: Any, value: object) -> bool:
    if isinstance(argument, dict):
        name, inner = next(iter(argument.items()))
        return isinstance(value, str) and not any(_MATCHERS[name](one, value) for one in _as_list(inner))
    return not any(_equal(one, value) for one in _as_list(argument))


def _numeric(argument: Sequence[Any], value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    pairs = zip(argument[::2], argument[1::2], strict=True)
    return all(_COMPARE[sign](value, bound) for sign, bound in pairs)


def _cidr(argument: str, value: object) -> bool:
    try:
        return ipaddress.ip_address(str(value)) in ipaddress.ip_network(argument, strict=False)
    except ValueError:
        return False


_MATCHERS: Mapping[str, Callable[[Any, object], bool]] = {
    "prefix": lambda argument, value: _affix(argument, value, str.startswith),
    "suffix": lambda argument, value: _affix(argument, value, str.endswith),
    "equals-ignore-case": lambda argument, value: (
        isinstance(value, str) and value.lower() == argument.lower()
    ),
    "wildcard": _wildcard,
    "anything-but": _anything_but,
    "numeric": _numeric,
    "cidr": _cidr,
}
