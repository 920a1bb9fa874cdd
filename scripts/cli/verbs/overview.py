"""`natrec overview`: the hub at one look, as a page for people without console access."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from orgconfig.errors import NatrecError
from scripts.cli import output, sifting
from scripts.cli.deploying import AccessRole, HubProfile, Ways
from scripts.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, examples
from scripts.cli.verbs.recordings import Since

Out = Annotated[
    Path | None,
    typer.Option("-o", "--out", metavar="FILE", help="Where the page goes; else it is printed."),
]


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog=examples("natrec overview -o overview.html", "natrec overview --since 7d --json"))(
        overview
    )


def overview(
    *,
    out: Out = None,
    since: Since = "30d",
    config: ConfigFile = DEFAULT_CONFIG,
    role: AccessRole = None,
    hub_profile: HubProfile = None,
    as_json: AsJson = False,
) -> None:
    """Write one self-contained HTML page: recordings, refusals, quotas, cost, and how the hub itself is.

    It needs to read the hub's table, queues, sweeps, alarms and metrics; whoever gets the page needs nothing.
    """
    from scripts.overview.gathering import gather  # noqa: PLC0415 - slow to import
    from scripts.overview.page import page  # noqa: PLC0415 - slow to import
    from stacksets.inspection.targets import Place  # noqa: PLC0415 - slow to import
    from stacksets.loading import load_config  # noqa: PLC0415 - slow to import

    loaded = load_config(config)
    now = datetime.now(UTC)
    hub, accounts = loaded.organization.hub, Ways(role, hub=hub_profile).accounts(loaded)
    found = gather(
        lambda service: accounts(hub.account, hub.region, service),
        Place(hub.account, hub.region),
        loaded.names,
        sifting.moment("--since", since, now),
        now,
    )
    if out:
        try:
            out.write_text(page(found), encoding="utf-8")
        except OSError as problem:
            raise NatrecError(
                f"cannot be written: {problem.strerror}", str(out), "Name another with -o."
            ) from None
        output.say(f"written: {out}")
    if as_json:
        output.result_json(found.document())
    elif not out:
        output.result(page(found))
