"""Reads a template's text: YAML with CloudFormation's short forms, or JSON, which is YAML too.

moto's own reader knows no `!Condition`, splits `!GetAtt A.B.C` in three and turns unquoted dates into
objects; AWS reads all scalars of a date's form as text.
"""

import json
from functools import lru_cache
from typing import Any

import yaml

from scripts.sandbox.engine.cloudformation.faults import Unsupported, refuse

# CloudFormation User Guide, "Template quotas": a body in the request, and one in S3.
BODY_LIMIT = 51_200
URL_LIMIT = 1_048_576

Template = dict[str, Any]

_PLAIN = {"Ref": "Ref", "Condition": "Condition"}
_SECTIONS = {
    "AWSTemplateFormatVersion",
    "Description",
    "Metadata",
    "Parameters",
    "Rules",
    "Mappings",
    "Conditions",
    "Transform",
    "Resources",
    "Outputs",
    "Hooks",
}


class _Loader(yaml.CSafeLoader):
    """YAML as CloudFormation reads it."""


def _short_form(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
        if suffix == "GetAtt":
            value = value.split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)  # type: ignore[arg-type]
    return {_PLAIN.get(suffix, f"Fn::{suffix}"): value}


_Loader.add_multi_constructor("!", _short_form)
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def parse(text: str | Template) -> Template:
    """The template as nested dictionaries, short forms written out; nobody may change it.

    Raises:
        ValidationError: It is no template.

    """
    return text if isinstance(text, dict) else _parsed(text)


# A stack set makes one template hundreds of times, and reading YAML takes longer than all its calls.
@lru_cache(maxsize=64)
def _parsed(text: str) -> Template:
    try:
        template = (
            json.loads(text) if text.lstrip().startswith("{") else yaml.load(text, Loader=_Loader)  # noqa: S506
        )
    except (yaml.YAMLError, ValueError) as problem:
        raise refuse(f"Template format error: {problem}") from problem
    if not isinstance(template, dict):
        raise refuse("Template format error: unsupported structure.")
    return template


def check_form(template: Template, known: set[str]) -> None:
    """Refuse what AWS refuses before it makes anything.

    Args:
        template: A parsed template.
        known: The resource types that exist.

    Raises:
        ValidationError: An unknown section, no resources, a resource without type or of no known type.
        Unsupported: The template asks for a macro or a nested stack.

    """
    strange = sorted(set(template) - _SECTIONS)
    if strange:
        raise refuse(f"Invalid template property or properties [{', '.join(strange)}]")
    if "Transform" in template:
        raise Unsupported("macros and transforms")
    resources = template.get("Resources")
    if not isinstance(resources, dict) or not resources:
        raise refuse("Template format error: At least one Resources member must be defined.")
    for logical_id, resource in resources.items():
        if not isinstance(resource, dict) or "Type" not in resource:
            raise refuse(
                "Template format error: [/Resources/" + logical_id + "] Every Resources object must contain "
                "a Type member."
            )
    unknown = sorted({r["Type"] for r in resources.values()} - known)
    if unknown:
        raise refuse(f"Template format error: Unrecognized resource types: [{', '.join(unknown)}]")
