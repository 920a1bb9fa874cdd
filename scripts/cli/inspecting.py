"""What `status` and `doctor` have in common: the installation that a config names, and how AWS is reached."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scripts.cli import output
from scripts.cli.deploying import Ways

if TYPE_CHECKING:
    from stacksets.inspection.installation import Installation

Account = Annotated[str | None, typer.Option("--account", metavar="A", help="Look at this account only.")]
Region = Annotated[str | None, typer.Option("--region", metavar="R", help="Look at this region only.")]


def installation(config: Path, ways: Ways, *, with_zip: bool) -> "Installation":
    """The installation that a config names, reached with the SDK's own credentials.

    Args:
        config: The config's file.
        ways: How the accounts are reached.
        with_zip: Whether the key of the functions' zip matters; it is built for that, once.

    Raises:
        NatrecError: The config or the credentials cannot be used, or the zip cannot be built.

    """
    from stacksets.administration import administrator  # noqa: PLC0415 - slow to import
    from stacksets.bundling import Platform, bundle  # noqa: PLC0415 - slow to import
    from stacksets.inspection.installation import Installation  # noqa: PLC0415 - slow to import
    from stacksets.inspection.targets import covered  # noqa: PLC0415 - slow to import
    from stacksets.loading import load  # noqa: PLC0415 - slow to import

    loaded = load(config)
    accounts = ways.accounts(loaded.config)
    platform = Platform.LOCAL if accounts.sandboxed else Platform.LAMBDA
    key = bundle(platform).key if with_zip else ""
    who = administrator(loaded.config, accounts)
    client = accounts(who.account, loaded.config.organization.hub.region, "organizations")
    return Installation(loaded.config, accounts, key, who, covered(loaded.config, client), loaded.origin)


def account_names(found: "Installation") -> Mapping[str, str]:
    """Names of accounts as the hub knows them; none where it cannot be asked."""
    from stacksets.inspection import asking as questions  # noqa: PLC0415 - slow to import

    try:
        with questions.asking():
            return found.members.names if found.members else {}
    except questions.NotAskedError:
        return {}


@contextmanager
def asking(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr while many are asked; nothing where nobody is watching."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415 - slow

    console = output.console()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, of: progress.update(task, completed=done, total=of)
