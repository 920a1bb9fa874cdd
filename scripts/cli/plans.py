"""A plan as one JSON document: every step, every stack set, and what it comes to, in numbers."""

from typing import TYPE_CHECKING

from stacksets.costs import FREE, total

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stacksets.costs import Cost
    from stacksets.steps import Extent, Step


def document(
    steps: "Sequence[Step]", stack_sets: "Mapping[str, Extent]", parts: "Sequence[Cost]", basis: str
) -> dict[str, object]:
    """The plan.

    Args:
        steps: Every step; its numbers are of what it touches.
        stack_sets: What each stack set shall have, by its name.
        parts: The costs of a month, by the names of steps.
        basis: Whose prices they are made of, in words.

    """
    by_name = {each.what: each.document() for each in parts}
    monthly = total(parts).document()
    found = {name: extent.document() for name, extent in stack_sets.items()}
    return {
        "steps": [{**step.document(), **by_name.get(step.name, FREE)} for step in steps],
        "stack_sets": [
            {"name": name, **extent, **by_name.get(f"stack set {name}", FREE)}
            for name, extent in found.items()
        ],
        "totals": {
            "steps": len(steps),
            "changing": sum(step.changes for step in steps),
            "resources": sum(len(step.change.lines) for step in steps if step.changes),
            "instances": sum(extent["instances"] for extent in found.values()),
            **monthly,
        },
        "cost": {**monthly, "prices": basis},
    }
