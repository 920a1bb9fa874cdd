"""`natrec schema`: the JSON Schema of the config."""

import typer

from scripts.cli import output
from scripts.cli.options import AsJson, examples


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog=examples("natrec schema > natrec.schema.json"))(schema)


def schema(*, as_json: AsJson = True) -> None:  # noqa: ARG001 - accepted like everywhere; it is JSON anyway
    """Print the JSON Schema of the config, for editors; every field is described."""
    from orgconfig.models.schema import json_schema  # noqa: PLC0415 - slow to import

    output.result_json(json_schema())
