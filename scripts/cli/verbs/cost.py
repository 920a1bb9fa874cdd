"""`natrec cost`: what natrec costs in a month, and what logs that are always on would."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scripts.cli import output
from scripts.cli.deploying import AccessRole, HubProfile, Ways
from scripts.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, examples

if TYPE_CHECKING:
    from orgconfig.models import OrgConfig
    from stacksets.break_even import Comparison
    from stacksets.spending import Item, Usage

_GATEWAYS, _RECORDINGS, _GB_A_GATEWAY = 10, 10, 1000.0
Gateways = Annotated[
    int | None, typer.Option("--gateways", min=0, metavar="N", help=f"NAT gateways; else {_GATEWAYS}.")
]
Recordings = Annotated[
    int | None,
    typer.Option("--recordings", min=0, metavar="N", help=f"Recordings a month; else {_RECORDINGS}."),
]
Traffic = Annotated[
    float | None,
    typer.Option(
        "--gb",
        min=0,
        metavar="GB",
        help=f"Traffic through all gateways in a month; else {_GB_A_GATEWAY:,.0f} GB for each.",
    ),
]
Targets = Annotated[
    int | None,
    typer.Option("--targets", min=0, metavar="N", help="Accounts times regions; else one for each gateway."),
]
Since = Annotated[
    str | None,
    typer.Option(
        "--since", metavar="WHEN", help="Take recordings from the hub's history: a span, as in 30d."
    ),
]
Svg = Annotated[Path | None, typer.Option("--svg", metavar="FILE", help="Also draw both, by traffic.")]

_TITLES = {
    "fixed": "whatever happens",
    "gateways": "by gateway",
    "recordings": "by recording",
    "archive": "records in the archive",
    "always_on": "instead: flow logs that are always on",
}


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(
        epilog=examples(
            "natrec cost --gateways 20 --recordings 10 --gb 20000",
            "natrec cost --since 30d --gb 20000 --json",
        )
    )(cost)


def cost(
    *,
    gateways: Gateways = None,
    recordings: Recordings = None,
    gb: Traffic = None,
    targets: Targets = None,
    since: Since = None,
    svg: Svg = None,
    config: ConfigFile = DEFAULT_CONFIG,
    role: AccessRole = None,
    hub_profile: HubProfile = None,
    as_json: AsJson = False,
) -> None:
    """Show what a month costs, line by line, against flow logs that are always on for the same gateways.

    Without --since nothing is asked of AWS, and nothing needs to be deployed.
    """
    from stacksets.break_even import compare  # noqa: PLC0415 - slow to import
    from stacksets.loading import load_config  # noqa: PLC0415 - slow to import
    from stacksets.spending import bill, expected  # noqa: PLC0415 - slow to import

    loaded = load_config(config)
    many = _GATEWAYS if gateways is None else gateways
    traffic = many * _GB_A_GATEWAY if gb is None else gb
    usage = expected(loaded, many, _RECORDINGS if recordings is None else recordings, traffic)
    if targets is not None:
        usage = replace(usage, targets=targets)
    if since is not None:
        usage = _from_history(loaded, config, Ways(role, hub=hub_profile), usage, since)
    items, found = bill(loaded, usage), compare(loaded, usage)
    if svg:
        from scripts.cli.curves import curves  # noqa: PLC0415 - only for who asks

        svg.write_text(curves(loaded, usage), encoding="utf-8")
        output.say(f"drawn: {svg}")
    if as_json:
        output.result_json(_document(items, usage, found))
    else:
        output.result(_text(items, usage, found))


def _from_history(loaded: "OrgConfig", config: Path, ways: Ways, usage: "Usage", since: str) -> "Usage":
    from scripts.cli import histories, sifting  # noqa: PLC0415 - only for who asks
    from stacksets.used import measured, seen  # noqa: PLC0415 - only for who asks

    now = datetime.now(UTC)
    first = sifting.moment("--since", since, now)
    history = seen(loaded, histories.browser(config, ways).recordings(first, now))
    return measured(usage, history, max(1.0, (now - first).total_seconds()), since)


def _document(items: "tuple[Item, ...]", usage: "Usage", found: "Comparison") -> dict[str, object]:
    return {
        "items": [each.document() for each in items],
        "natrec_usd": round(found.natrec_usd, 2),
        "always_on_usd": round(found.always_on_usd, 2),
        "break_even": {
            "text": found.sentence,
            "gb": round(found.traffic, 1),
            "recordings": found.recordings,
        },
        "assumed": _assumed(usage),
    }


def _assumed(usage: "Usage") -> list[str]:
    return [
        f"{usage.gateways} gateways, {usage.targets:,} targets, {usage.traffic:,.0f} GB of traffic a month",
        usage.said,
        f"{usage.mb_per_gb:g} MB of records for each GB of traffic, kept as long as the config says",
        "list prices without free tiers, or what the config says is paid",
    ]


def _text(items: "tuple[Item, ...]", usage: "Usage", found: "Comparison") -> str:
    lines = []
    for kind, title in _TITLES.items():
        listed = [each for each in items if each.kind == kind]
        lines += [f"{title}: ${sum(each.usd for each in listed):,.2f}"]
        lines += [
            f"  ${each.usd:>9,.2f}  {each.what}: {_amount(each)} at ${each.price_usd:.6g}" for each in listed
        ]
    sources = dict.fromkeys(one for each in items for one in each.source.split("; "))
    assumed = [f"  {each}" for each in _assumed(usage)]
    prices = [f"  {each}" for each in sources]
    return "\n".join([*lines, "", found.sentence, "", "Assumed:", *assumed, "Prices:", *prices])


def _amount(item: "Item") -> str:
    unit = item.unit.removesuffix("s") if item.quantity == 1 else item.unit
    return f"{item.quantity:,.6g} {unit}"
