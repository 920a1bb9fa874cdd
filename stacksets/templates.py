"""Templates as CloudFormation reads them: YAML or JSON, short forms written out."""

from functools import lru_cache
from typing import Any

import yaml

Template = dict[str, Any]
_PLAIN = {"Ref", "Condition"}


class _Loader(yaml.CSafeLoader):
    """YAML with CloudFormation's tags."""


def _intrinsic(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        if suffix == "GetAtt":
            value = str(value).split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)  # type: ignore[arg-type]
    return {suffix if suffix in _PLAIN else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _intrinsic)
# CloudFormation reads what looks like a date as text.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@lru_cache(maxsize=16)
def parse(text: str) -> Template:
    """The template as nested dictionaries; nobody may change it.

    Raises:
        ValueError: It is no template.

    """
    try:
        template = yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as problem:
        raise ValueError(f"not a template: {problem}") from problem
    if not isinstance(template, dict):
        raise ValueError("not a template: no mapping")  # noqa: TRY004 - one error for all that is none
    return template


def defaults(text: str) -> dict[str, str]:
    """The value of each parameter that has one.

    They are given with every call: what an update leaves out is not certain to follow a changed default.
    """
    slots = parse(text).get("Parameters", {}).items()
    return {name: str(slot["Default"]) for name, slot in slots if "Default" in slot}
