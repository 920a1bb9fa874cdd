"""`natrec recordings` and `natrec show`: what was recorded, and what was refused."""

from datetime import UTC, datetime
from pathlib import Path
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
Until = Annotated[
    str | None, typer.Option("--until", metavar="WHEN", help="Only before that; a day is part of it.")
]
Tier = Annotated[str | None, typer.Option("--tier", metavar="T", help="Recorded as of this tier only.")]
OpenedBy = Annotated[
    str | None,
    typer.Option(
        "--opened-by", metavar="TEXT", help="A part of it: alarm, an alarm's name, manual, a caller."
    ),
]
EndedBy = Annotated[
    str | None,
    typer.Option(
        "--ended-by", metavar="TEXT", help="A part of it: recovered, time_limit, stopped, a caller."
    ),
]
Reason = Annotated[
    str | None, typer.Option("--reason", metavar="TEXT", help="A part of it, as in quota or cooling_down.")
]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print the result as CSV.")]
WithTrace = Annotated[
    bool, typer.Option("--trace", help="With its story: executions, logs and notices in order of time.")
]
Html = Annotated[
    Path | None, typer.Option("--html", metavar="FILE", help="Write its report's page there too.")
]
Id = Annotated[str, typer.Argument(metavar="ID", help="As in rec-20261123T061018-0123abcd.")]


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command(
        epilog=examples(
            "natrec recordings --since 24h",
            "natrec recordings --account 444444444444 --json",
            "natrec recordings --since 2026-11-01 --until 2026-11-30 --state refused --csv",
            "natrec recordings --opened-by manual --ended-by time_limit",
        )
    )(recordings)
    app.command(
        epilog=examples(
            "natrec show rec-20261123T061018-0123abcd",
            "natrec show rec-20261123T061018-0123abcd --html report.html",
            "natrec show rec-20261123T061018-0123abcd --trace",
        )
    )(show)


def recordings(
    *,
    since: Since = "7d",
    until: Until = None,
    account: Account = None,
    region: Region = None,
    gateway: Gateway = None,
    state: States = None,
    tier: Tier = None,
    opened_by: OpenedBy = None,
    ended_by: EndedBy = None,
    reason: Reason = None,
    config: ConfigFile = DEFAULT_CONFIG,
    role: AccessRole = None,
    hub_profile: HubProfile = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """List recordings and refusals, newest first; refusals of one kind and day are one entry, counted.

    The history is kept for a year.
    """
    from scripts.cli import sifting  # noqa: PLC0415 - slow to import

    if as_json and as_csv:
        raise typer.BadParameter("say one of --json and --csv")
    now = datetime.now(UTC)
    first = sifting.moment("--since", since, now)
    last = sifting.moment("--until", until, now, end_of_day=True) if until is not None else now
    wanted = sifting.Wanted(account, region, gateway, state, tier, opened_by, ended_by, reason)
    found = [
        document
        for document in histories.browser(config, Ways(role, hub=hub_profile)).since(first, last)
        if wanted.admits(document) and (until is None or sifting.began(document) < last)
    ]
    if as_json:
        output.result_json(found)
    elif as_csv:
        output.result(sifting.as_csv(found))
    else:
        output.result(histories.table(found))


def show(
    *,
    identity: Id,
    trace: WithTrace = False,
    html: Html = None,
    config: ConfigFile = DEFAULT_CONFIG,
    role: AccessRole = None,
    hub_profile: HubProfile = None,
    as_json: AsJson = False,
) -> None:
    """Show everything about one recording or refusal."""
    document = histories.browser(config, Ways(role, hub=hub_profile)).find(identity)
    if document is None:
        raise NatrecError(f"the history has no {identity}", next="See `natrec recordings --since 30d`.")
    if html:
        written(
            html, histories.page_of(document, histories.in_hub(config, Ways(role, hub=hub_profile))("s3"))
        )
    shown = histories.card(document, output.columns())
    if trace:
        from scripts.cli import tracing  # noqa: PLC0415 - slow to import

        story = tracing.sources(config, Ways(role, hub=hub_profile)).trace(document, datetime.now(UTC))
        shown, document = f"{shown}\n\n{tracing.as_text(story)}", {**document, **story.document()}
    if as_json:
        output.result_json(document)
    else:
        output.result(shown)


def written(file: Path, page: bytes) -> None:
    """Write a page, and say so.

    Raises:
        NatrecError: It cannot be written.

    """
    try:
        file.write_bytes(page)
    except OSError as problem:
        raise NatrecError(f"cannot be written: {problem.strerror}", str(file)) from None
    output.say(f"written: {file}")
