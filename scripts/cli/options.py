"""Options that several verbs have, so that they are the same everywhere."""

from pathlib import Path
from typing import Annotated

import typer

DEFAULT_CONFIG = Path("natrec.yaml")

ConfigFile = Annotated[
    Path, typer.Option("-c", "--config", metavar="FILE", help="The organization's config.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as one JSON document.")]


def examples(*lines: str) -> str:
    """The epilog of a verb's help; every verb has one."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)
