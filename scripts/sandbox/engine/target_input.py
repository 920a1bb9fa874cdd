"""What a rule's target is sent: the event, or what Input, InputPath or InputTransformer make of it. Pure.

Source: AWS docs "Amazon EventBridge input transformation" and API reference "Target".
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_MISSING = object()
_STEP = re.compile(r"\.([A-Za-z0-9_/-]+)|\[(\d+)\]|\[['\"]([^'\"]+)['\"]\]")
_VARIABLE = re.compile(r"<([A-Za-z0-9_.-]+)>")


class InputError(Exception):
    """The target's input settings cannot be used; the message says which."""


@dataclass(frozen=True)
class RuleName:
    """What a transformer may say about the rule itself."""

    arn: str
    name: str


def render(target: Mapping[str, Any], event: Mapping[str, Any], rule: RuleName) -> str:
    """Make the text that the target receives.

    Args:
        target: The target as PutTargets stored it.
        event: The event in its envelope.
        rule: Whose target it is.

    Returns:
        JSON text. A template that is a string keeps its quotes, as EventBridge keeps them.

    Raises:
        InputError: A path or template is not what EventBridge reads.

    """
    if target.get("Input") is not None:
        return str(target["Input"])
    if target.get("InputPath") is not None:
        value = look_up(target["InputPath"], event)
        return json.dumps(None if value is _MISSING else value)
    if target.get("InputTransformer") is not None:
        return _transform(target["InputTransformer"], event, rule)
    return json.dumps(event)


def look_up(path: str, event: Mapping[str, Any]) -> Any:
    """Follow a JSON path of dots, indices and quoted names; a private marker where nothing is there.

    Raises:
        InputError: The path does not start with `$` or uses a syntax not read here (wildcards).

    """
    if not path.startswith("$") or _STEP.sub("", path[1:]):
        raise InputError(f"Invalid JSON path: {path}")
    node: Any = event
    for name, index, quoted in _STEP.findall(path):
        try:
            node = node[int(index)] if index else node[name or quoted]
        except (KeyError, IndexError, TypeError):
            return _MISSING
    return node


def _transform(settings: Mapping[str, Any], event: Mapping[str, Any], rule: RuleName) -> str:
    values = {name: look_up(path, event) for name, path in (settings.get("InputPathsMap") or {}).items()}
    values |= {
        "aws.events.rule-arn": rule.arn,
        "aws.events.rule-name": rule.name,
        "aws.events.event.ingestion-time": event["time"],
        "aws.events.event": {name: value for name, value in event.items() if name != "detail"},
        "aws.events.event.json": event,
    }
    template = settings["InputTemplate"]
    parts: list[str] = []
    position, in_quotes = 0, False
    while position < len(template):
        found = _VARIABLE.match(template, position)
        if found and found.group(1) in values:
            parts.append(_substitute(values[found.group(1)], in_quotes=in_quotes))
            position = found.end()
            continue
        if template[position] == '"' and template[position - 1 : position] != "\\":
            in_quotes = not in_quotes
        parts.append(template[position])
        position += 1
    return "".join(parts)


def _substitute(value: object, *, in_quotes: bool) -> str:
    # "If the path does not exist in the event, the variable isn't created": nothing stands in its
    # place in a string; as a value only null keeps the document JSON.
    if value is _MISSING:
        return "" if in_quotes else "null"
    if not in_quotes:
        return json.dumps(value)
    return json.dumps(value if isinstance(value, str) else json.dumps(value))[1:-1]
