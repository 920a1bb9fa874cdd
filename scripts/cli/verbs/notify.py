"""`natrec notify`: what notices look like, and whether they arrive."""

from pathlib import Path
from typing import Annotated

import typer

from scripts.cli import output
from scripts.cli.deploying import AccessRole, HubProfile, Ways
from scripts.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, examples

Preview = Annotated[
    str | None,
    typer.Option(
        "--preview", metavar="KIND", help="Show a sample, as in started or closed, in every channel."
    ),
]


Test = Annotated[
    bool, typer.Option("--test", help="Send a test to everybody, the way every notice goes, and see it off.")
]


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(
        epilog=examples(
            "natrec notify --preview closed", "natrec notify --preview quota --json", "natrec notify --test"
        )
    )(notify)


def notify(
    *,
    preview: Preview = None,
    test: Test = False,
    config: ConfigFile = DEFAULT_CONFIG,
    role: AccessRole = None,
    hub_profile: HubProfile = None,
    as_json: AsJson = False,
) -> None:
    """Show what a notice looks like in every channel, sending nothing; or send everybody a test."""
    if (preview is None) is not test:
        raise typer.BadParameter("say either which notice to show, or that a test be sent: --preview, --test")
    if preview is not None:
        _preview(preview, _namespace(config), as_json=as_json)
    else:
        _test(config, Ways(role, hub=hub_profile), as_json=as_json)


def _test(config: Path, ways: Ways, *, as_json: bool) -> None:
    from scripts.cli import trials  # noqa: PLC0415 - slow to import

    found = trials.trial(config, ways)
    if as_json:
        output.result_json(found.document())
    else:
        output.result(found.as_text())
    if not found.arrived:
        raise typer.Exit(1)


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
