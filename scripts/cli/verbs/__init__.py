"""The verbs, one module each.

A module has `register(app)`, which adds its verb or its family of verbs. Whatever is slow to import
(boto3, moto, jinja2, pydantic's models) is imported inside the verb, so that `natrec --help` stays quick.
"""

from typing import Protocol

import typer

from scripts.cli.verbs import (
    apply,
    check,
    cost,
    destroy,
    doctor,
    explain,
    init,
    notify,
    overview,
    plan,
    record,
    recordings,
    render,
    replay,
    report,
    sandbox,
    schema,
    status,
)


class Verb(Protocol):
    """What each module here offers."""

    def register(self, app: typer.Typer, /) -> None:
        """Add the verb."""


# In the order in which the help lists them.
VERBS: tuple[Verb, ...] = (
    init,
    schema,
    check,
    explain,
    replay,
    cost,
    render,
    plan,
    apply,
    status,
    doctor,
    destroy,
    record,
    recordings,
    overview,
    report,
    notify,
    sandbox,
)
