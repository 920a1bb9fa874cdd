"""`natrec destroy`: takes natrec out of an organization."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orgconfig.errors import NatrecError
from scripts.cli import output
from scripts.cli.answers import answered
from scripts.cli.deploying import (
    AWS_POLL,
    SANDBOX_POLL,
    AccessRole,
    ArchiveProfile,
    HubProfile,
    ManagementProfile,
    Ways,
)
from scripts.cli.errors import INTERRUPTED, ReportedError
from scripts.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, examples

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orgconfig.models import OrgConfig
    from stacksets.data import Stays
    from stacksets.outcomes import Watch
    from stacksets.removal import Removal
    from stacksets.steps import Step

Confirm = Annotated[
    str | None,
    typer.Option(
        "--confirm", metavar="HUB_ACCOUNT", help="The hub's account id, instead of being asked for it."
    ),
]
Archive = Annotated[
    bool,
    typer.Option("--archive", help="Delete the archive too: every flow log record and report is lost."),
]
History = Annotated[
    bool,
    typer.Option(
        "--history", help="Delete the table and the reports too: all that is known of past recordings."
    ),
]


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog=examples("natrec destroy", "natrec destroy --confirm 222222222222 --json"))(destroy)


def destroy(
    *,
    confirm: Confirm = None,
    archive: Archive = False,
    history: History = False,
    config: ConfigFile = DEFAULT_CONFIG,
    role: AccessRole = None,
    management_profile: ManagementProfile = None,
    hub_profile: HubProfile = None,
    archive_profile: ArchiveProfile = None,
    as_json: AsJson = False,
) -> int:
    """Remove natrec from the organization. The archive and the table stay unless told.

    Stops what could open recordings, closes those that are open and deletes their flow logs, then removes the
    spokes, the stack set and the hub. Interrupted at any point, run it again: it continues. A later
    `natrec apply` takes over what has stayed.
    """
    from scripts.cli import stopping, summaries  # noqa: PLC0415 - slow to import
    from scripts.cli.progress import progress  # noqa: PLC0415 - slow to import
    from stacksets.loading import load_config  # noqa: PLC0415 - slow to import

    loaded = load_config(config)
    if confirm is not None:
        _check(confirm, loaded)
    shown = progress()
    ways = Ways(role, management_profile, hub_profile, archive_profile)
    removing = _removal(loaded, ways, shown, archive=archive, history=history)
    steps = removing.plan()
    summaries.show_plan(steps, output.console(), summaries.removal)
    for line in _lost(loaded, archive=archive, history=history):
        output.say(line)
    if summaries.changing(steps) and confirm is None:
        _check(_asked(), loaded)
    shown.expect(summaries.changing(steps))
    try:
        with shown:
            stays = removing.run(steps)
    except KeyboardInterrupt:
        output.say(shown.interrupted("destroy"))
        if as_json:
            output.result_json(stopping.interrupted(steps, shown))
        return INTERRUPTED
    except Exception as problem:
        if not as_json:
            raise
        output.result_json(stopping.document(steps, shown, problem))
        raise ReportedError from problem
    if as_json:
        document = {
            "steps": [step.document() for step in steps],
            "stays": [each.document() for each in stays],
        }
        output.result_json(document)
    else:
        output.result(_report(config, steps, stays))
    return 0


def _removal(loaded: "OrgConfig", ways: Ways, watch: "Watch", *, archive: bool, history: bool) -> "Removal":
    from stacksets.removal import Removal  # noqa: PLC0415 - slow to import

    accounts = ways.accounts(loaded)
    poll = SANDBOX_POLL if accounts.sandboxed else AWS_POLL
    return Removal(loaded, accounts, archive=archive, history=history, poll=poll, watch=watch)


def _asked() -> str:
    answer = answered("The hub's account id, to remove all of this")
    if answer is None:
        raise NatrecError(
            "nobody is here to be asked, nothing was removed",
            next="Give the hub's account id with --confirm to remove without asking.",
        )
    return answer


def _check(given: str, config: "OrgConfig") -> None:
    """Nothing is removed by whoever does not know which hub this is."""
    if given != config.organization.hub.account:
        raise NatrecError(
            f"{given or 'nothing'} is not the account of this config's hub, nothing was removed",
            next="Look at organization.hub.account in the config.",
        )


def _lost(config: "OrgConfig", *, archive: bool, history: bool) -> list[str]:
    lost = []
    if archive:
        bucket = config.organization.archive.bucket
        lost.append(f"--archive: every flow log record in {bucket} is lost, and every report with them")
    if history:
        lost.append("--history: all that is known of past recordings is lost, and every report")
    return lost


def _report(config: Path, steps: "Sequence[Step]", stays: "Sequence[Stays]") -> str:
    done = [step for step in steps if step.changes]
    what = f"{len(done)} of {len(steps)} steps" if done else "nothing: it was gone already"
    again = f"natrec apply -c {config} installs it again" if stays else ""
    removed = [f"  {step.name}  {step.account} {step.region}" for step in done]
    return "\n".join(filter(None, [f"removed  {what}", *removed, *map(str, stays), again]))
