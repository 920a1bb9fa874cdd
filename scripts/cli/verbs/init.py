"""`natrec init`: a config to begin with."""

from importlib import resources
from pathlib import Path
from typing import Annotated

import typer

from orgconfig.errors import NatrecError
from scripts.cli import output
from scripts.cli.options import DEFAULT_CONFIG, AsJson, examples

Target = Annotated[
    Path, typer.Argument(metavar="[PATH]", help="The file, or a folder to write natrec.yaml in.")
]


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog=examples("natrec init", "natrec init acme.yaml"))(init)


def init(*, path: Target = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Write a complete, commented config; never over a file."""
    file = path / DEFAULT_CONFIG if path.is_dir() else path
    text = resources.files("orgconfig").joinpath("example.yaml").read_text(encoding="utf-8")
    try:
        with file.open("x", encoding="utf-8") as handle:
            handle.write(text)
    except FileExistsError:
        raise NatrecError("is there already and was left alone", str(file), "Name another path.") from None
    except OSError as problem:
        raise NatrecError(f"cannot be written: {problem.strerror}", str(file), "Name another path.") from None
    if as_json:
        output.result_json({"written": str(file)})
    else:
        output.result(f"{file}: written. Edit it, then run: natrec check -c {file}")
