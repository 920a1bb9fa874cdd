"""What a resource of a template refers to, and the order that follows."""

import re
from collections.abc import Callable, Iterator
from graphlib import CycleError, TopologicalSorter
from typing import Any

from scripts.sandbox.engine.cloudformation.faults import refuse
from scripts.sandbox.engine.cloudformation.template import Template

_VARIABLE = re.compile(r"\$\{([^!${}][^${}]*)\}")


def references(value: Any, taken: Callable[[str], bool] | None = None) -> Iterator[str]:
    """Every name that a part of a template refers to by Ref, GetAtt or Sub.

    Args:
        value: Any JSON value of the template.
        taken: Evaluates a condition; given one, only the taken branch of an `Fn::If` counts.

    """
    if isinstance(value, list):
        for item in value:
            yield from references(item, taken)
        return
    if not isinstance(value, dict):
        return
    for key, argument in value.items():
        if key == "Ref" and isinstance(argument, str):
            yield argument
        elif key == "Fn::GetAtt":
            yield argument.split(".", 1)[0] if isinstance(argument, str) else argument[0]
        elif key == "Fn::Sub":
            pattern, given = argument if isinstance(argument, list) else (argument, {})
            yield from (m.split(".")[0].strip() for m in _VARIABLE.findall(pattern) if m.strip() not in given)
            yield from references(given, taken)
        elif key == "Fn::If" and taken is not None:
            yield from references(argument[1 if taken(argument[0]) else 2], taken)
        else:
            yield from references(argument, taken)


def check_references(template: Template) -> None:
    """Refuse references to nothing, in either branch of a condition, as AWS does on receipt.

    Raises:
        ValidationError: Something refers to a name or a condition that the template does not define.

    """
    resources, conditions = template["Resources"], template.get("Conditions") or {}
    known = {*resources, *(template.get("Parameters") or {})}
    for block, parts in (("Resources", resources), ("Outputs", template.get("Outputs") or {})):
        lost = sorted({n for n in references(parts) if n not in known and not n.startswith("AWS::")})
        if lost:
            raise refuse(
                f"Template format error: Unresolved resource dependencies [{', '.join(lost)}] in the "
                f"{block} block of the template"
            )
        for name, part in parts.items():
            if part.get("Condition") is not None and part["Condition"] not in conditions:
                raise refuse(
                    f"Template format error: Unresolved condition {part['Condition']} of {block} {name}"
                )
    lost = sorted({d for r in resources.values() for d in depends_on(r)} - set(resources))
    if lost:
        raise refuse(
            f"Template format error: Unresolved resource dependencies [{', '.join(lost)}] in the Resources "
            "block of the template"
        )


def depends_on(resource: dict[str, Any]) -> list[str]:
    """The explicit dependencies of one resource."""
    given = resource.get("DependsOn", [])
    return [given] if isinstance(given, str) else list(given)


def in_order(template: Template) -> list[str]:
    """The logical ids, each after everything it refers to.

    Raises:
        ValidationError: They refer to each other in a circle.

    """
    resources = template["Resources"]
    graph = {
        name: [r for r in (*references(resource), *depends_on(resource)) if r in resources]
        for name, resource in resources.items()
    }
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as circle:
        names = ", ".join(sorted(set(circle.args[1])))
        raise refuse(f"Circular dependency between resources: [{names}]") from circle
