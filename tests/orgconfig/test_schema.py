from collections.abc import Iterator
from typing import Any

from orgconfig.models.schema import Fields, json_schema


def _properties(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, model in {"OrgConfig": schema, **schema["$defs"]}.items():
        for field, found in model.get("properties", {}).items():
            yield f"{name}.{field}", found


def test_every_field_is_described() -> None:
    schema = json_schema()
    bare = [
        name
        for name, found in _properties(schema)
        if not (found.get("description") or schema["$defs"][found["$ref"].rpartition("/")[2]]["description"])
    ]
    assert bare == []


def test_unknown_fields_are_refused_by_the_schema_too() -> None:
    assert all(model["additionalProperties"] is False for model in json_schema()["$defs"].values())


def test_defaults_are_shown_as_people_write_them() -> None:
    recording = json_schema()["$defs"]["Recording"]["properties"]
    assert recording["max_duration"]["default"] == "15m"
    assert json_schema()["$defs"]["Tier"]["properties"]["datapoints"]["default"] == "3 of 5"


def test_fields_are_found_by_their_path() -> None:
    fields = Fields()
    assert "regions" in fields.names(("targets",))
    assert fields.names(("tiers", "heavy")) == ["threshold", "period", "datapoints"]
    assert fields.names(("overrides", 3, "match", "tag")) == []
    assert "webhook_secret" in fields.names(("notify", "slack"))
    assert fields.description(("overrides", 0, "set", "tier")).startswith("Which tier")
