"""`natrec notify`: what notices look like."""

from pathlib import Path
from typing import Annotated

import typer

from scripts.cli import output
from scripts.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, examples

Preview = Annotated[
    str | None,
    typer.Option(
        "--preview", metavar="KIND", help="Show a sample, as in started or closed, in every channel."
    ),
]


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog=examples("natrec notify --preview closed", "natrec notify --preview quota --json"))(
        notify
    )


def notify(*, preview: Preview = None, config: ConfigFile = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Show what a notice looks like as mail, in Slack and in Amazon Q, sending nothing."""
    if preview is None:
        raise typer.BadParameter("say which notice to show", param_hint="--preview")
    _preview(preview, _namespace(config), as_json=as_json)


def _preview(kind: str, namespace: str, *, as_json: bool) -> None:
    from scripts.cli import previews  # noqa: PLC0415 - slow to import

    shown = previews.preview(kind, namespace)
    if as_json:
        output.result_json(shown)
    else:
        output.result(previews.as_text(shown))


def _namespace(config: Path) -> str:
    """The config's; natrec's own for whoever has none yet."""
    from stacksets.loading import load_config  # noqa: PLC0415 - slow to import

    if config == DEFAULT_CONFIG and not config.exists():
        return "natrec"
    return load_config(config).namespace
