"""`natrec record` and `natrec stop`: recordings that people start and end by hand."""

import threading
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orgconfig.errors import NatrecError
from scripts.cli import errors, output
from scripts.cli.deploying import AccessRole, HubProfile, Ways
from scripts.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, checked, examples

if TYPE_CHECKING:
    from scripts.cli.by_hand import Desk, Started

Nat = Annotated[str, typer.Argument(metavar="NAT", help="The gateway, as in nat-0123456789abcdef0.")]
Account = Annotated[str, typer.Option("--account", metavar="A", help="The gateway's account.")]
Region = Annotated[str, typer.Option("--region", metavar="R", help="The gateway's region.")]
Duration = Annotated[
    str | None,
    typer.Option(
        "--duration", metavar="D", help="How long, as in 15m, below the hard limit; else max_duration."
    ),
]
OverQuota = Annotated[
    str | None,
    typer.Option(
        "--over-quota", metavar="REASON", help="Let neither quota nor cooldown refuse it; the reason is kept."
    ),
]
NoWait = Annotated[bool, typer.Option("--no-wait", help="Return once the hub has answered.")]
Id = Annotated[str, typer.Argument(metavar="ID", help="As in rec-20261123T061018-0123abcd.")]

_CLOSES_WITHIN = 120.0  # seconds
_AGAIN = "Wait, raise the limit in the config, or give a reason to pass it: --over-quota REASON."
_ADVICE = {
    "cooling_down": _AGAIN,
    "already_recording": "See it with `natrec show ID`, or end it with `natrec stop ID`.",
    "unknown_gateway": "Look at its id, account and region.",
    "spoke_unreachable": "`natrec doctor` says what keeps natrec out of that account and region.",
    "not_a_member": "Only what the config's `targets` cover can be recorded.",
}


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    where = "nat-0123456789abcdef0 --account 444444444444 --region eu-west-1"
    app.command(
        epilog=examples(
            f"natrec record {where} --duration 30m",
            f'natrec record {where} --no-wait --over-quota "incident 42"',
        )
    )(record)
    app.command(epilog=examples("natrec stop rec-20261123T061018-0123abcd"))(stop)


def record(
    *,
    nat: Nat,
    account: Account,
    region: Region,
    duration: Duration = None,
    over_quota: OverQuota = None,
    no_wait: NoWait = False,
    config: ConfigFile = DEFAULT_CONFIG,
    role: AccessRole = None,
    hub_profile: HubProfile = None,
    as_json: AsJson = False,
) -> None:
    """Record a gateway now, by the same rules and quotas as if an alarm had asked; follow it to its report.

    Ctrl-C ends the following, not the recording. Who asked is kept in the history.
    """
    from hub.domain.by_hand import ByHand  # noqa: PLC0415 - slow to import
    from hub.domain.gateways import GatewayRef  # noqa: PLC0415 - slow to import
    from orgconfig.models import kinds  # noqa: PLC0415 - slow to import
    from scripts.cli.by_hand import desk as open_desk  # noqa: PLC0415 - slow to import

    checked("NAT", kinds.GatewayId, nat)
    checked("--account", kinds.AccountId, account)
    checked("--region", kinds.Region, region)
    lasting = _duration(duration)
    if over_quota is not None and not over_quota.strip():
        raise typer.BadParameter("must say why", param_hint="--over-quota")
    desk = open_desk(config, Ways(role, hub=hub_profile))
    asked = ByHand(desk.by, lasting, over_quota.strip()[:500] if over_quota else None)
    started = desk.start(GatewayRef(account, region, nat), asked)
    output.say(f"asked      the hub to record {nat} in {account} {region}, as {desk.by}")
    document = _answered(desk, started)
    if document["state"] == "refused":
        _refuse(document, as_json=as_json)
    if not no_wait:
        document = _followed(desk, document, as_json=as_json)
    _show(document, as_json=as_json)
    if document["state"] == "failed" or (not no_wait and not document["report"]):
        raise typer.Exit(1)


def stop(
    *,
    identity: Id,
    no_wait: NoWait = False,
    config: ConfigFile = DEFAULT_CONFIG,
    role: AccessRole = None,
    hub_profile: HubProfile = None,
    as_json: AsJson = False,
) -> None:
    """End a recording, whoever or whatever began it; its report follows, and its cooldown begins."""
    from scripts.cli.by_hand import desk as open_desk  # noqa: PLC0415 - slow to import

    desk = open_desk(config, Ways(role, hub=hub_profile))
    document = desk.find(identity)
    if document["state"] == "refused":
        raise NatrecError(f"{identity} is a refusal: nothing was recorded", next="See `natrec recordings`.")
    if document["state"] != "open":
        output.say(f"{identity} has ended already, at {document['closed_at']}: {document['reason']}")
    else:
        desk.stop(identity)
        document = desk.find(identity) if no_wait else _closed(desk, identity)
    _show(document, as_json=as_json)


def _duration(text: str | None) -> timedelta | None:
    from orgconfig.units import UnitError, parse_duration  # noqa: PLC0415 - with its siblings

    if text is None:
        return None
    try:
        seconds = parse_duration(text)
    except UnitError as problem:
        raise typer.BadParameter(str(problem), param_hint="--duration") from None
    if not 0 < seconds <= timedelta(days=366).total_seconds():
        raise typer.BadParameter("must be longer than nothing, and at most a year", param_hint="--duration")
    return timedelta(seconds=seconds)


def _answered(desk: "Desk", started: "Started") -> Mapping[str, Any]:
    wait = threading.Event().wait
    while True:
        document = desk.outcome(started)
        if document and (document["state"] != "open" or document["flow_logs"]):
            return document
        wait(desk.pause)


def _refuse(document: Mapping[str, Any], *, as_json: bool) -> None:
    reason = document["reason"]
    quota = reason.startswith(("gateway_", "account_", "organization_"))
    advice = _ADVICE.get(reason, _AGAIN if quota else "`natrec explain` says where that is set.")
    refused = NatrecError(f"refused ({reason}): {document['text']}", next=advice)
    if as_json:
        output.result_json(document)
        raise errors.ReportedError from refused
    raise refused


def _followed(desk: "Desk", document: Mapping[str, Any], *, as_json: bool) -> Mapping[str, Any]:
    from scripts.cli.following import follow  # noqa: PLC0415 - slow to import

    identity, execution = document["id"], document["execution"]
    try:
        return follow(output.console(), lambda: desk.find(identity), lambda: desk.runs(execution), desk.pause)
    except KeyboardInterrupt:
        output.say(
            f"{identity} goes on, until {document['deadline']} at the latest.\n"
            f"See it: natrec show {identity}\nEnd it: natrec stop {identity}"
        )
        if as_json:
            output.result_json(desk.find(identity))
        raise typer.Exit(errors.INTERRUPTED) from None


def _closed(desk: "Desk", identity: str) -> Mapping[str, Any]:
    """Closing takes a moment; whoever waits no longer hears that it will be closed."""
    wait, document = threading.Event().wait, desk.find(identity)
    for _ in range(int(_CLOSES_WITHIN / desk.pause)):
        if document["state"] != "open":
            return document
        wait(desk.pause)
        document = desk.find(identity)
    output.say(f"{identity} is being closed; see `natrec show {identity}`")
    return document


def _show(document: Mapping[str, Any], *, as_json: bool) -> None:
    from scripts.cli import histories  # noqa: PLC0415 - slow to import

    if as_json:
        output.result_json(document)
    else:
        output.result(histories.card(document, output.columns()))
