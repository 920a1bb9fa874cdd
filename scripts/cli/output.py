"""Where words go: the result to stdout, progress and errors to stderr.

Colours are rich's, which leaves them out where NO_COLOR is set or nobody is watching.
"""

import json
import shutil
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console, RenderableType


def result(text: str) -> None:
    """Print the result of a verb as text."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def result_json(document: object, *, one_line: bool = False) -> None:
    """Print the result of a verb as one JSON document."""
    result(json.dumps(document, indent=None if one_line else 2, ensure_ascii=False))


def painted(result: "RenderableType") -> None:
    """Print the result of a verb as rich draws it: in colours and to the width of who is watching."""
    from rich.console import Console  # noqa: PLC0415 - slow to import, and most runs need none

    Console(highlight=False).print(result)


def columns() -> int | None:
    """How wide the terminal is that the result goes to; None where it goes elsewhere."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def console() -> "Console":
    """A console on stderr, for progress: anything that is not the result."""
    from rich.console import Console  # noqa: PLC0415 - slow to import, and most runs need none

    return Console(stderr=True, highlight=False)


def say(text: str) -> None:
    """Tell of progress or of a failure, on stderr and as it is."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
