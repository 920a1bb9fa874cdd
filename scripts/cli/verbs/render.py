"""`natrec render`: what would be deployed, as files."""

from pathlib import Path
from typing import Annotated

import typer

from orgconfig.errors import NatrecError
from scripts.cli import output
from scripts.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, examples

Folder = Annotated[
    Path, typer.Option("-o", "--output", metavar="DIR", help="Where to write; made if missing.")
]


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog=examples("natrec render -o build", "natrec render -c acme.yaml -o build --json"))(
        render
    )


def render(*, folder: Folder, config: ConfigFile = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Write the templates, the state machine and the compiled policy of a config."""
    from stacksets.loading import load  # noqa: PLC0415 - slow to import
    from stacksets.rendering import render_all  # noqa: PLC0415 - slow to import

    loaded = load(config)
    texts = render_all(loaded.config, loaded.origin)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as problem:
        raise NatrecError(
            f"cannot be written: {problem.strerror}", str(folder), "Name another folder."
        ) from None
    files = [str(folder / name) for name in texts]
    if as_json:
        output.result_json({"files": files})
    else:
        output.result("\n".join(files))
