"""The JSON Schema of the config, and what it says about a field."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from orgconfig.models.config import OrgConfig

Path = Sequence[str | int]


class _AsWritten(GenerateJsonSchema):
    """Shows defaults the way people write them: 15m, not 900."""

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        written = super().default_schema(schema)
        inner: Mapping[str, Any] = schema["schema"]
        while "serialization" not in inner and "schema" in inner:  # inside what validates further
            inner = inner["schema"]
        serialization = inner.get("serialization", {})
        if serialization.get("type") == "function-plain" and schema.get("default") is not None:
            written["default"] = serialization["function"](schema["default"])
        return written


def json_schema() -> dict[str, Any]:
    """The JSON Schema of `natrec.yaml`, draft 2020-12."""
    schema = OrgConfig.model_json_schema(schema_generator=_AsWritten)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "natrec.yaml", **schema}


class Fields:
    """Looks fields up in the schema by their path in a document."""

    @cached_property
    def _schema(self) -> dict[str, Any]:
        return json_schema()

    def names(self, path: Path) -> list[str]:
        """The fields of the mapping at `path`; none when it has no fixed fields."""
        return list(self._resolved(path).get("properties", {}))

    def description(self, path: Path) -> str:
        """What the field at `path` is."""
        above = self._resolved(path[:-1]).get("properties", {})
        own = above.get(path[-1], {}).get("description")
        return str(own or self._resolved(path).get("description", ""))

    def _resolved(self, path: Path) -> Mapping[str, Any]:
        at = self._follow(self._schema)
        for part in path:
            if isinstance(part, int):
                inner = at.get("items", {})
            else:
                inner = at.get("properties", {}).get(part) or _values(at)
            at = self._follow(inner)
        return at

    def _follow(self, schema: Any) -> Mapping[str, Any]:  # noqa: ANN401
        """Past references and the `null` of what may be left out."""
        while isinstance(schema, Mapping) and not {"properties", "items"} & set(schema):
            options = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
            if "$ref" in schema:
                schema = self._schema["$defs"][schema["$ref"].rpartition("/")[2]]
            elif options:
                schema = options[0]
            else:
                break
        return schema if isinstance(schema, Mapping) else {}


def _values(schema: Mapping[str, Any]) -> Any:  # noqa: ANN401
    """The schema of a mapping's values where names are free."""
    return next(iter(schema.get("patternProperties", {}).values()), schema.get("additionalProperties"))
