"""`natrec status`: every target, and whether it is covered."""

from typing import TYPE_CHECKING, Annotated

import typer

from scripts.cli import output
from scripts.cli.deploying import AccessRole, ArchiveProfile, Drift, HubProfile, ManagementProfile, Ways, poll
from scripts.cli.inspecting import Account, Region, account_names, asking, installation
from scripts.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, examples

if TYPE_CHECKING:
    from stacksets.inspection.installation import Installation

Ask = Annotated[
    bool | None,
    typer.Option(
        "--ask/--no-ask", help="Ask every target for its gateways and alarms; by default where there are few."
    ),
]


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog=examples("natrec status", "natrec status --region eu-west-1 --ask --json"))(status)


def status(
    *,
    account: Account = None,
    region: Region = None,
    ask: Ask = None,
    drift: Drift = False,
    config: ConfigFile = DEFAULT_CONFIG,
    role: AccessRole = None,
    management_profile: ManagementProfile = None,
    hub_profile: HubProfile = None,
    archive_profile: ArchiveProfile = None,
    as_json: AsJson = False,
) -> int:
    """Show what is covered: the instances of the stack set, gateways and alarms, the last sweeps.

    Instances are as CloudFormation knows them, drift as it knew it when somebody last had it detected,
    which `--drift` does now. Exits
    1 when something is missing or has failed, the hub was rolled back, or the stack set is not this config's.
    """
    from stacksets.inspection.standing import stand  # noqa: PLC0415 - slow to import

    ways = Ways(role, management_profile, hub_profile, archive_profile)
    found = installation(config, ways, with_zip=False)
    if drift:
        _look(found, ways)
    with asking("asking") as done:
        standing = stand(found, account=account, region=region, ask=ask, done=done)
    if as_json:
        output.result_json(standing.document())
    else:
        from scripts.cli.overview import overview  # noqa: PLC0415 - slow to import

        output.painted(overview(standing, account_names(found)))
    return 0 if standing.whole else 1


def _look(found: "Installation", ways: Ways) -> None:
    from stacksets.detecting import Looking  # noqa: PLC0415 - slow to import
    from stacksets.outcomes import Told  # noqa: PLC0415 - slow to import

    pause = poll(ways.accounts(found.config))
    Looking(found.config, found.clients, found.administrator, Told(output.say), poll=pause).run()
