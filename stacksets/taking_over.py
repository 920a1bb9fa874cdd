"""What a stack that is gone has left behind, and how a new stack takes it over.

Tables, buckets and keys outlive their stack. Two of them have names that a new stack would find taken, and
all three hold what people want to keep. CloudFormation imports them: first a stack of nothing but these, then
an update that adds the rest (CloudFormation User Guide, "Import AWS resources into a CloudFormation stack":
nothing else may be new in an import, outputs neither). Its automatic import (`ImportExistingResources`) would
do for neither bucket nor key: their names come from parameters, or from AWS.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from stacksets.templates import parse


@dataclass(frozen=True)
class Kept:
    """One resource that is there although its stack is not.

    Attributes:
        logical_id: Its name in the template.
        type: CloudFormation's type.
        identifier: The property that identifies it, with its value.
        words: For people, as in `table natrec`.
        only: The properties with which it is imported; None for all that the template gives. What is left out
            is set by the update that follows.
        actual: Properties in which it may differ from the template, as they are; the update changes them.

    """

    logical_id: str
    type: str
    identifier: Mapping[str, str]
    words: str
    only: tuple[str, ...] | None = None
    actual: Mapping[str, Any] = field(default_factory=dict)

    def listed(self) -> dict[str, Any]:
        """As CreateChangeSet wants it."""
        return {
            "ResourceType": self.type,
            "LogicalResourceId": self.logical_id,
            "ResourceIdentifier": dict(self.identifier),
        }


def template_of_kept(text: str, kept: Iterable[Kept]) -> str:
    """The part of a template that imports these, as JSON."""
    template = parse(text)
    resources = {}
    for each in kept:
        whole = template["Resources"][each.logical_id]
        given = whole.get("Properties", {})
        properties = given if each.only is None else {name: given[name] for name in each.only}
        resources[each.logical_id] = {**whole, "Properties": {**properties, **each.actual}}
    sections = ("AWSTemplateFormatVersion", "Description", "Parameters", "Conditions")
    return json.dumps(
        {**{name: template[name] for name in sections if name in template}, "Resources": resources}
    )
