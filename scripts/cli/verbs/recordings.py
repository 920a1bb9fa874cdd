"""`natrec recordings` and `natrec show`: what was recorded, and what was refused."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

import typer

from orgconfig.errors import NatrecError
from scripts.cli import histories, output
from scripts.cli.deploying import AccessRole, HubProfile, Ways
from scripts.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, examples

State = Literal["open", "closed", "failed", "refused"]
Since = Annotated[
    str,
    typer.Option("--since", metavar="WHEN", help="A span back from now (24h, 7d), or a day (2026-11-01)."),
]
Account = Annotated[str | None, typer.Option("--account", metavar="A", help="Of this account only.")]
Region = Annotated[str | None, typer.Option("--region", metavar="R", help="Of this region only.")]
Gateway = Annotated[str | None, typer.Option("--gateway", metavar="NAT", help="Of this gateway only.")]
States = Annotated[
    State | None, typer.Option("--state", help="Of this state only: open, closed, failed or refused.")
]
Id = Annotated[str, typer.Argument(metavar="ID", help="As in rec-20261123T061018-0123abcd.")]


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command(
        epilog=examples("natrec recordings --since 24h", "natrec recordings --account 444444444444 --json")
    )(recordings)
    app.command(epilog=examples("natrec show rec-20261123T061018-0123abcd"))(show)


def recordings(
    *,
    since: Since = "7d",
    account: Account = None,
    region: Region = None,
    gateway: Gateway = None,
    state: States = None,
    config: ConfigFile = DEFAULT_CONFIG,
    role: AccessRole = None,
    hub_profile: HubProfile = None,
    as_json: AsJson = False,
) -> None:
    """List recordings and refusals, newest first; refusals of one kind and day are one entry, counted."""
    now = datetime.now(UTC)
    first = beginning(since, now)
    wanted = {"account": account, "region": region, "gateway": gateway, "state": state}
    given = {name: value for name, value in wanted.items() if value is not None}
    found = [
        document
        for document in histories.browser(config, Ways(role, hub=hub_profile)).since(first, now)
        if all(document[name] == value for name, value in given.items())
    ]
    if as_json:
        output.result_json(found)
    else:
        output.result(histories.table(found))


def show(
    *,
    identity: Id,
    config: ConfigFile = DEFAULT_CONFIG,
    role: AccessRole = None,
    hub_profile: HubProfile = None,
    as_json: AsJson = False,
) -> None:
    """Show everything about one recording or refusal."""
    document = histories.browser(config, Ways(role, hub=hub_profile)).find(identity)
    if document is None:
        raise NatrecError(f"the history has no {identity}", next="See `natrec recordings --since 30d`.")
    if as_json:
        output.result_json(document)
    else:
        output.result(histories.card(document))


def beginning(text: str, now: datetime) -> datetime:
    """The moment that a span back from now, or a day, names.

    Raises:
        NatrecError: It names none.

    """
    from orgconfig.units import UnitError, parse_duration  # noqa: PLC0415 - with its siblings

    try:
        return now - timedelta(seconds=parse_duration(text))
    except (UnitError, OverflowError):
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise NatrecError(
            f"--since cannot be `{text}`", next="Give a span as in 24h or 7d, or a day as in 2026-11-01."
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
