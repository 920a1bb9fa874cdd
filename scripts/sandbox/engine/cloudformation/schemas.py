"""AWS's own resource schemas, as cfn-lint carries them: what each type takes, requires and never changes.

The files are read, not cfn-lint imported, which would cost two seconds at every start.
"""

import importlib.util
import json
from functools import cache
from pathlib import Path
from typing import Any

from scripts.sandbox.engine.cloudformation.faults import refuse
from scripts.sandbox.engine.cloudformation.intrinsics import text

# The region whose list of types is the longest.
_REFERENCE_REGION = "us-east-1"


@cache
def _folder() -> Path:
    spec = importlib.util.find_spec("cfnlint")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("cfn-lint, whose resource schemas the sandbox reads, is not installed")
    return Path(spec.submodule_search_locations[0]) / "data" / "schemas"


@cache
def _index() -> dict[str, str]:
    index: dict[str, str] = json.loads((_folder() / "providers" / f"{_REFERENCE_REGION}.json").read_text())
    return index


@cache
def schema_of(kind: str) -> dict[str, Any]:
    """The schema of a resource type such as `AWS::SQS::Queue`."""
    path = _folder() / "resources" / f"{_index()[kind]}.json"
    schema: dict[str, Any] = json.loads(path.read_text())
    return schema


def exists(kind: str) -> bool:
    """Whether AWS has this resource type."""
    return kind in _index()


def create_only(kind: str) -> set[tuple[str, ...]]:
    """The paths of the properties whose change replaces the resource, as in `("TableInput", "Name")`."""
    return {tuple(path.split("/")[2:]) for path in schema_of(kind).get("createOnlyProperties", [])}


def part(properties: Any, path: tuple[str, ...]) -> Any:
    """What stands at a path of a resource's properties; None where nothing does."""
    for name in path:
        properties = properties.get(name) if isinstance(properties, dict) else None
    return properties


def _target(schema: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        found: Any = root
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        schema = found
    return schema


def conform(kind: str, properties: dict[str, Any], logical_id: str) -> dict[str, Any]:
    """The properties with every scalar of the schema's type (`"true"` and `"60"` are allowed in templates).

    Raises:
        ValidationError: A property is unknown, missing or not one of its values, in AWS's words.

    """
    root = schema_of(kind)
    try:
        checked: dict[str, Any] = _conform(root, properties, root, "#")
    except ValueError as problem:
        raise refuse(
            f"Properties validation failed for resource {logical_id} with message:\n{problem}"
        ) from problem
    return checked


def _conform(schema: dict[str, Any], value: Any, root: dict[str, Any], where: str) -> Any:
    schema = _target(schema, root)
    if isinstance(value, dict):
        return _conform_object(schema, value, root, where)
    if isinstance(value, list):
        items = schema.get("items", {})
        return [_conform(items, item, root, f"{where}/{n}") for n, item in enumerate(value)]
    value = _scalar(schema, value, where)
    if "enum" in schema and value not in schema["enum"]:
        raise ValueError(f"{where}: {value} is not a valid enum value")
    return value


def _conform_object(schema: dict[str, Any], value: dict[str, Any], root: dict[str, Any], where: str) -> Any:
    known = schema.get("properties", {})
    if known and schema.get("additionalProperties") is False and not schema.get("patternProperties"):
        for key in value:
            if key not in known:
                raise ValueError(f"{where}: extraneous key [{key}] is not permitted")
    for key in schema.get("required", []):
        if key not in value:
            raise ValueError(f"{where}: required key [{key}] not found")
    return {key: _conform(known.get(key, {}), item, root, f"{where}/{key}") for key, item in value.items()}


def _scalar(schema: dict[str, Any], value: Any, where: str) -> Any:
    wanted = schema.get("type")
    if not isinstance(wanted, str):
        return value
    try:
        if wanted == "boolean" and isinstance(value, str):
            return {"true": True, "false": False}[value.lower()]
        if wanted == "integer" and not isinstance(value, bool):
            return int(value)
        if wanted == "number" and not isinstance(value, bool):
            return value if isinstance(value, (int, float)) else float(value)
    except (ValueError, KeyError) as problem:
        raise ValueError(f"{where}: expected type: {wanted}, found: String") from problem
    if wanted in ("object", "array"):
        raise ValueError(f"{where}: expected type: {wanted.capitalize()}, found: {type(value).__name__}")
    return text(value) if wanted == "string" else value
