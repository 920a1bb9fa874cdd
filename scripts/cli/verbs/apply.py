"""`natrec apply`: the config becomes what runs."""

import sys
from collections.abc import Mapping
from typing import Annotated

import typer

from orgconfig.errors import NatrecError
from scripts.cli import output
from scripts.cli.deploying import (
    AccessRole,
    ArchiveProfile,
    HubProfile,
    ManagementProfile,
    Ways,
    changes,
    deployment,
    summary,
)
from scripts.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, examples

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog=examples("natrec apply", "natrec apply --yes -c acme.yaml --json"))(apply)


def apply(
    *,
    yes: Yes = False,
    config: ConfigFile = DEFAULT_CONFIG,
    role: AccessRole = None,
    management_profile: ManagementProfile = None,
    hub_profile: HubProfile = None,
    archive_profile: ArchiveProfile = None,
    as_json: AsJson = False,
) -> None:
    """Deploy what a config says, changing only what differs.

    A changed policy (tiers of gateways, durations, quotas, overrides) is in force within a minute and
    touches no stack.
    """
    deploying = deployment(config, Ways(role, management_profile, hub_profile, archive_profile))
    steps = deploying.plan()
    for step in steps:
        output.say(str(step))
    output.say(summary(steps))
    if changes(steps) and not yes:
        _ask()
    outputs = deploying.apply(steps)
    if as_json:
        output.result_json(
            {
                "changed": bool(changes(steps)),
                "steps": [step.document() for step in steps],
                "outputs": outputs,
            }
        )
    else:
        output.result(_text(outputs))


def _ask() -> None:
    if not sys.stdin.isatty():
        raise NatrecError(
            "nobody is here to be asked, nothing was changed", next="Say --yes to apply without asking."
        )
    if not typer.confirm("Apply this?", err=True):
        raise NatrecError("not applied, nothing was changed")


def _text(outputs: Mapping[str, str]) -> str:
    width = max(map(len, outputs), default=0)
    return "\n".join(f"{name:{width}}  {value}" for name, value in sorted(outputs.items()))
