"""Options that several verbs have, so that they are the same everywhere."""

from pathlib import Path
from typing import Annotated, Any

import typer

DEFAULT_CONFIG = Path("natrec.yaml")

ConfigFile = Annotated[
    Path, typer.Option("-c", "--config", metavar="FILE", help="The organization's config.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as one JSON document.")]


def checked(option: str, kind: Any, value: str) -> str:  # noqa: ANN401 - one of orgconfig's kinds of value
    """An option's value when it is of this kind; usage that says what is allowed when not."""
    from pydantic import TypeAdapter, ValidationError  # noqa: PLC0415 - slow to import

    try:
        return str(TypeAdapter(kind).validate_python(value))
    except ValidationError as problem:
        words = problem.errors()[0]["msg"].removeprefix("Value error, ")
        raise typer.BadParameter(words, param_hint=option) from None


def examples(*lines: str) -> str:
    """The epilog of a verb's help; every verb has one."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)
