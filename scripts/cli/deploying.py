"""What `plan` and `apply` have in common: the config, AWS, and the steps between them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scripts.cli import output

if TYPE_CHECKING:
    from orgconfig.models import OrgConfig
    from scripts.cli.accounts import Accounts
    from stacksets.deployment import Deployment
    from stacksets.outcomes import Watch

ACCESS_ROLE = "OrganizationAccountAccessRole"
SANDBOX_POLL = 0.05  # its operations take fractions of a second
SANDBOX_FORGETS = 1.0  # so do its functions; that one goes by an old policy for a minute costs nobody there
AWS_POLL = 5.0

AccessRole = Annotated[
    str | None,
    typer.Option(
        "--role",
        metavar="NAME",
        help=f"The role that leads from these credentials into other accounts; else {ACCESS_ROLE}.",
    ),
]


def _profile(whose: str) -> Any:  # noqa: ANN401 - typer's own
    return typer.Option(
        f"--{whose}-profile", metavar="PROFILE", help=f"The SDK's profile of the {whose} account."
    )


RetrySkipped = Annotated[
    bool,
    typer.Option(
        "--retry-skipped", help="Try again where a region was not enabled, an account not enrolled."
    ),
]
Drift = Annotated[
    bool,
    typer.Option(
        "--drift", help="First let CloudFormation look for what others changed or deleted; takes minutes."
    ),
]
Beside = Annotated[
    list[str] | None,
    typer.Option(
        "--beside", metavar="NAMESPACE", help="Another installation that shall stand beside this one."
    ),
]
ManagementProfile = Annotated[str | None, _profile("management")]
HubProfile = Annotated[str | None, _profile("hub")]
ArchiveProfile = Annotated[str | None, _profile("archive")]


@dataclass(frozen=True)
class Ways:
    """What the command line says of ways into the accounts; what it does not say, the config does.

    Attributes:
        role: The role that leads from the caller's account into others.
        management: A profile of the SDK for the management account.
        hub: One for the hub's.
        archive: One for the archive's.

    """

    role: str | None = None
    management: str | None = None
    hub: str | None = None
    archive: str | None = None

    def accounts(self, config: "OrgConfig") -> "Accounts":
        """Clients in any account of a config's organization."""
        from scripts.cli.accounts import Accounts  # noqa: PLC0415 - slow to import

        role, region = self.role or config.access.role, config.organization.hub.region
        return Accounts(role, region, profiles=self.profiles(config))

    def profiles(self, config: "OrgConfig") -> dict[str, str]:
        """Profiles by the account that they lead into."""
        organization, said = config.organization, config.access.profiles
        profiles = {
            organization.archive.account: self.archive or said.archive,
            organization.hub.account: self.hub or said.hub,
            organization.management_account: self.management or said.management,
        }
        return {account: profile for account, profile in profiles.items() if profile}


def poll(accounts: "Accounts") -> float:
    """How many seconds lie between two looks at an operation."""
    return SANDBOX_POLL if accounts.sandboxed else AWS_POLL


def deployment(
    config: Path,
    ways: Ways,
    watch: "Watch | None" = None,
    *,
    retry_skipped: bool = False,
    beside: Sequence[str] | None = None,
) -> "Deployment":
    """The deployment that a config asks for.

    Args:
        config: The config's file.
        ways: How the accounts are reached.
        watch: Who is told how applying goes on.
        retry_skipped: Whether accounts and regions that were skipped are tried again.
        beside: Namespaces of installations that shall stand beside this one.

    Raises:
        NatrecError: The config or the credentials cannot be used, or the zip cannot be built.

    """
    from stacksets.bundling import Platform, bundle  # noqa: PLC0415 - slow to import
    from stacksets.deployment import Deployment  # noqa: PLC0415 - slow to import
    from stacksets.leaving import FORGETS  # noqa: PLC0415 - slow to import
    from stacksets.loading import load  # noqa: PLC0415 - slow to import

    loaded = load(config)
    accounts = ways.accounts(loaded.config)
    # A sandbox runs the functions on this machine, with its processor and Python; Lambda has its own.
    platform = Platform.LOCAL if accounts.sandboxed else Platform.LAMBDA
    output.say("building the functions' zip")
    return Deployment(
        loaded.config,
        accounts,
        bundle(platform),
        output.say,
        poll=poll(accounts),
        forgets=SANDBOX_FORGETS if accounts.sandboxed else FORGETS,
        origin=loaded.origin,
        watch=watch,
        retry_skipped=retry_skipped,
        beside=frozenset(beside or ()),
    )
