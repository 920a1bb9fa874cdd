"""What pydantic finds, in words that say what is allowed."""

import difflib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic_core import ErrorDetails

from orgconfig.errors import Problem
from orgconfig.models.schema import Fields
from orgconfig.origin import Path, dotted
from orgconfig.units import shown
from stacksets.documents import Document

Details = Mapping[str, Any]
_KEY = "[key]"  # how pydantic marks that a mapping's key is meant, not its value


def problems(found: list[ErrorDetails], document: Document, fields: Fields) -> Iterator[Problem]:
    """Each of pydantic's findings as a problem; a misspelt field is not reported as missing too."""
    misspelt = {
        (*each["loc"][:-1], closest)
        for each in found
        if each["type"] == "extra_forbidden" and (closest := _closest(each["loc"], fields))
    }
    for each in found:
        if each["type"] == "missing" and each["loc"] in misspelt:
            continue
        path = tuple(part for part in each["loc"] if part != _KEY)
        yield Problem(document.line(path), dotted(path), _message(each, path, document, fields))


def _message(found: ErrorDetails, path: Path, document: Document, fields: Fields) -> str:
    details = found.get("ctx", {})
    if found["type"] == "value_error":
        return str(details["error"])
    if found["type"] == "missing":
        return f"missing. {fields.description(path)}"
    if found["type"] == "extra_forbidden":
        return _unknown(path, fields)
    value = shown(_at(document.value, path))
    if found["type"] in {"model_type", "mapping_type", "dict_type"}:
        names = fields.names(path)
        return f"must be a mapping{' with ' + ', '.join(names) if names else ''}; this is {value}"
    say = _WORDS.get(found["type"])
    return f"{say(details)}; this is {value}" if say else found["msg"]


_WORDS: Mapping[str, Callable[[Details], str]] = {
    "bool_type": lambda _: "must be true or false",
    "tuple_type": lambda _: "must be a list, as in [a, b] or lines that begin with -",
    "literal_error": lambda details: f"must be {details['expected']}",
    "too_short": lambda details: f"must have at least {details['min_length']}",
    "too_long": lambda details: f"must have at most {details['max_length']}, not {details['actual_length']}",
}


def _unknown(path: Path, fields: Fields) -> str:
    closest = _closest(path, fields)
    advice = (
        f"did you mean `{closest}`?" if closest else f"allowed here: {', '.join(fields.names(path[:-1]))}"
    )
    return f"unknown field `{path[-1]}`; {advice}"


def _closest(path: Path, fields: Fields) -> str | None:
    near = difflib.get_close_matches(str(path[-1]), fields.names(path[:-1]), n=1)
    return near[0] if near else None


def _at(value: Any, path: Path) -> Any:  # noqa: ANN401
    for part in path:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return None
    return value
