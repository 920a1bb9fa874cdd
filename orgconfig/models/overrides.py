"""What differs for some OUs, accounts, tags or gateways."""

from collections.abc import Mapping
from typing import Any, Self

from pydantic import ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from orgconfig.models.base import Model
from orgconfig.models.kinds import AccountId, GatewayId, OuOrRootId, TagText
from orgconfig.models.recording import Recording

WAYS = ("ou", "account", "tag", "gateway")


class Match(Model):
    """Which gateways are meant, in exactly one of four ways."""

    ou: OuOrRootId | None = Field(default=None, description="All gateways below this OU or root.")
    account: AccountId | None = Field(default=None, description="All gateways of this account.")
    tag: Mapping[TagText, TagText] | None = Field(
        default=None, min_length=1, description="Gateways that carry all of these tags."
    )
    gateway: GatewayId | None = Field(default=None, description="This gateway.")

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        _one_way(self, WAYS)
        return self


class PlaceMatch(Model):
    """Which gateways a notice is about: those of an OU, of an account, or with tags."""

    ou: OuOrRootId | None = Field(default=None, description="All gateways below this OU or root.")
    account: AccountId | None = Field(default=None, description="All gateways of this account.")
    tag: Mapping[TagText, TagText] | None = Field(
        default=None, min_length=1, description="Gateways that carry all of these tags."
    )

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        _one_way(self, WAYS[:-1])
        return self


def _one_way(match: Model, ways: tuple[str, ...]) -> None:
    given = [way for way in ways if getattr(match, way) is not None]
    if len(given) != 1:
        found = " and ".join(given) or "none"
        raise ValueError(f"must have exactly one of {', '.join(ways)}; this has {found}")


def _without_defaults(schema: dict[str, Any]) -> None:
    for field in schema.get("properties", {}).values():
        field.pop("default", None)


class RecordingChange(Recording):
    """Fields of `recording` that differ; those not given stay as they are."""

    model_config = ConfigDict(json_schema_extra=_without_defaults)

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError(f"must have at least one of {', '.join(type(self).model_fields)}")
        return self

    @model_serializer(mode="wrap")
    def _only_given(self, write: SerializerFunctionWrapHandler) -> dict[str, object]:
        return {field: value for field, value in write(self).items() if field in self.model_fields_set}


class Override(Model):
    """Other values for the gateways that match."""

    match: Match = Field(description="Which gateways.")
    change: RecordingChange = Field(alias="set", description="What is different for them.")
