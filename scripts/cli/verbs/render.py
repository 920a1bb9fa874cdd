"""`natrec render`: what would be deployed, as files."""

import shutil
from pathlib import Path
from typing import Annotated

import typer

from orgconfig.errors import NatrecError
from scripts.cli import output
from scripts.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, examples

Folder = Annotated[
    Path, typer.Option("-o", "--output", metavar="DIR", help="Where to write; made if missing.")
]
Zipped = Annotated[
    bool,
    typer.Option("--zip", help="Write the functions' zip too; its name is the hub's parameter ArtifactKey."),
]


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog=examples("natrec render -o build", "natrec render -c acme.yaml -o build --json"))(
        render
    )


def render(
    *,
    folder: Folder,
    config: ConfigFile = DEFAULT_CONFIG,
    zipped: Zipped = False,
    as_json: AsJson = False,
) -> None:
    """Write the templates, the state machine and the compiled policy of a config.

    The templates stand alone: whatever deploys CloudFormation can deploy them. They are what `natrec apply`
    deploys; every parameter has the config's value as its default.
    """
    from stacksets.loading import load  # noqa: PLC0415 - slow to import
    from stacksets.rendering import render_all  # noqa: PLC0415 - slow to import

    loaded = load(config)
    texts = render_all(loaded.config, loaded.origin)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
        names = [*texts, *([_zip(folder)] if zipped else [])]
    except OSError as problem:
        raise NatrecError(
            f"cannot be written: {problem.strerror}", str(folder), "Name another folder."
        ) from None
    files = [str(folder / name) for name in names]
    if as_json:
        output.result_json({"files": files})
    else:
        output.result("\n".join(files))


def _zip(folder: Path) -> str:
    """Write the zip for Lambda; its name."""
    from stacksets.bundling import Platform, bundle  # noqa: PLC0415 - slow to import

    built = bundle(Platform.LAMBDA)
    shutil.copyfile(built.path, folder / built.key)
    return built.key
