"""What every part of the config is made with: strict models, and values that say what is allowed."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from orgconfig.units import shown

T = TypeVar("T")


class Model(BaseModel):
    """A part of the config: unknown fields refused, no value converted silently, never changed after."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", hide_input_in_errors=True)


@dataclass(frozen=True)
class Text:
    """A string of a given form.

    Attributes:
        pattern: What the whole string must match.
        allowed: The same in words, following "must be".
        example: Shown in the JSON Schema.

    """

    pattern: str
    allowed: str
    example: str

    def check(self, value: object) -> str:
        """The value when it is of this form; a ValueError that says what is allowed when not."""
        text = value if isinstance(value, str) else str(value)
        fits = re.fullmatch(self.pattern, text, re.ASCII) is not None
        if fits and isinstance(value, int | float):
            raise ValueError(f'must be text, in quotes: "{text}"')
        if not fits or not isinstance(value, str):
            raise ValueError(f"must be {self.allowed}, as in {self.example}; this is {shown(value)}")
        return value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:  # noqa: ANN401
        """Check by our own words only."""
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """The same form for editors that know JSON Schema."""
        return {"type": "string", "pattern": f"^(?:{self.pattern})$", "examples": [self.example]}


@dataclass(frozen=True)
class Written:
    """A value that people write as text, and that is kept as something else.

    Attributes:
        parse: From what is written; raises ValueError with what is allowed.
        write: Back to what `parse` reads.
        types: The JSON types that may stand in the file.
        examples: Shown in the JSON Schema.

    """

    parse: Callable[[object], object]
    write: Callable[[Any], str | float]
    types: tuple[str, ...]
    examples: tuple[str | float, ...]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:  # noqa: ANN401
        """Parse on the way in; write on the way out to JSON, keep in Python."""
        return core_schema.no_info_plain_validator_function(
            self.parse,
            serialization=core_schema.plain_serializer_function_ser_schema(self.write, when_used="json"),
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Text, with examples."""
        kinds: str | list[str] = self.types[0] if len(self.types) == 1 else list(self.types)
        return {"type": kinds, "examples": list(self.examples)}


def _as_tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


Items = Annotated[tuple[T, ...], BeforeValidator(_as_tuple)]
