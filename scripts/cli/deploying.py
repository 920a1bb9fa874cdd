"""What `plan` and `apply` have in common: the config, AWS, and the steps between them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scripts.cli import output

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacksets.deployment import Deployment
    from stacksets.steps import Step

ACCESS_ROLE = "OrganizationAccountAccessRole"
SANDBOX_POLL = 0.05  # its operations take fractions of a second
AWS_POLL = 5.0

AccessRole = Annotated[
    str,
    typer.Option(
        "--role", metavar="NAME", help="The role that leads from these credentials into other accounts."
    ),
]


def deployment(config: Path, role: str) -> "Deployment":
    """The deployment that a config asks for, reached with the SDK's own credentials.

    Raises:
        NatrecError: The config or the credentials cannot be used, or the zip cannot be built.

    """
    from scripts.cli.accounts import Accounts  # noqa: PLC0415 - slow to import
    from stacksets.bundling import Platform, bundle  # noqa: PLC0415 - slow to import
    from stacksets.deployment import Deployment  # noqa: PLC0415 - slow to import
    from stacksets.loading import load  # noqa: PLC0415 - slow to import

    loaded = load(config)
    accounts = Accounts(role, loaded.config.organization.hub.region)
    # A sandbox runs the functions on this machine, with its processor and Python; Lambda has its own.
    platform = Platform.LOCAL if accounts.sandboxed else Platform.LAMBDA
    output.say("building the functions' zip")
    zipped = bundle(platform)
    poll = SANDBOX_POLL if accounts.sandboxed else AWS_POLL
    return Deployment(loaded.config, accounts, zipped, output.say, poll=poll, origin=loaded.origin)


def changes(steps: "Sequence[Step]") -> "list[Step]":
    """The steps that change something."""
    return [step for step in steps if step.changes]


def summary(steps: "Sequence[Step]") -> str:
    """How many steps change something."""
    count = len(changes(steps))
    if not count:
        return "nothing to change: everything is as the config says"
    return f"{count} of {len(steps)} steps change something"
