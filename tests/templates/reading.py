"""A rendered template, read as CloudFormation reads it: short forms are their long forms.

Parameters have their defaults, which are the config's values, and conditions are settled by them.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

Resource = dict[str, Any]


class _Loader(yaml.CSafeLoader):
    """YAML with CloudFormation's tags."""


def _intrinsic(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    match node:
        case yaml.ScalarNode():
            value = loader.construct_scalar(node)
        case yaml.SequenceNode():
            value = loader.construct_sequence(node, deep=True)
        case yaml.MappingNode():
            value = loader.construct_mapping(node, deep=True)
        case _:
            raise TypeError(node)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _intrinsic)


_VARIABLE = re.compile(r"\$\{(\w+)\}")
_OPEN = re.compile(r"\$\{[^!]")


class _Settled:
    """A template's values, once its parameters are known."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        slots = document.get("Parameters", {}).items()
        self._values = {name: slot["Default"] for name, slot in slots if "Default" in slot}
        self._conditions = document.get("Conditions", {})

    def __call__(self, value: Any) -> Any:  # noqa: ANN401 - any part of a template
        if isinstance(value, list):
            return [self(item) for item in value]
        if not isinstance(value, dict):
            return value
        if set(value) == {"Ref"} and value["Ref"] in self._values:
            return self._values[value["Ref"]]
        if set(value) & {"Fn::Sub", "Fn::Join", "Fn::Split", "Fn::Select"}:
            return self._text(value)
        if set(value) == {"Fn::If"}:
            condition, then, otherwise = value["Fn::If"]
            return self(then if self._holds(self._conditions[condition]) else otherwise)
        kept = {key: self(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item != {"Ref": "AWS::NoValue"}}

    def _text(self, value: Mapping[str, Any]) -> Any:  # noqa: ANN401 - as above
        if "Fn::Sub" in value:
            return self._substituted(value["Fn::Sub"])
        ((name, (first, second)),) = value.items()
        over = self(second)
        if name == "Fn::Select":
            return over[int(first)]
        if name == "Fn::Split":
            return over.split(first)
        return first.join(f"${{{each['Ref']}}}" if isinstance(each, dict) else each for each in over)

    def _substituted(self, text: str) -> str | dict[str, str]:
        filled = _VARIABLE.sub(lambda found: str(self._values.get(found[1], found[0])), text)
        return {"Fn::Sub": filled} if _OPEN.search(filled) else filled.replace("${!", "${")

    def _holds(self, condition: Any) -> bool:  # noqa: ANN401 - as above
        ((name, argument),) = condition.items()
        if name == "Fn::Not":
            return not self._holds(argument[0])
        assert name == "Fn::Equals"
        left, right = self(argument)
        return bool(left == right)


class Template:
    """One template."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.raw: dict[str, Any] = yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader
        settled = _Settled(self.raw)
        # A definition is text with open places of its own.
        self.document: dict[str, Any] = {
            section: settled(value) if section in {"Resources", "Outputs"} else value
            for section, value in self.raw.items()
        }

    def __getitem__(self, logical_id: str) -> dict[str, Any]:
        properties: dict[str, Any] = self.document["Resources"][logical_id]["Properties"]
        return properties

    def of_type(self, *types: str) -> dict[str, dict[str, Any]]:
        """The properties of every resource of these types."""
        resources = self.document["Resources"].items()
        return {name: each["Properties"] for name, each in resources if each["Type"] in types}

    def statements(self, logical_id: str) -> list[dict[str, Any]]:
        """Every statement of a role's own policies."""
        policies = self[logical_id]["Policies"]
        return [each for policy in policies for each in policy["PolicyDocument"]["Statement"]]

    def targets(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every target of every rule, with the rule's logical id."""
        for name, rule in self.of_type("AWS::Events::Rule").items():
            for target in rule["Targets"]:
                yield name, target


def actions(statement: dict[str, Any]) -> list[str]:
    """The actions of a statement; one alone may stand without a list."""
    found = statement["Action"]
    return [found] if isinstance(found, str) else found


def walk(value: object) -> Iterator[dict[str, Any]]:
    """Every mapping inside a document."""
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from walk(each)
    elif isinstance(value, list):
        for each in value:
            yield from walk(each)
