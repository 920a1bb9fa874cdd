"""`natrec sandbox`: a whole organization on this machine, and traffic through its gateways."""

import gc
import signal
import threading
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Annotated, Any, Literal

import typer

from orgconfig.errors import NatrecError
from scripts.cli import output
from scripts.cli.options import AsJson, examples

Given = Annotated[
    Path | None,
    typer.Option("-c", "--config", metavar="FILE", help="A config whose rules (not its places) shall hold."),
]
Accounts = Annotated[int, typer.Option("--accounts", min=1, max=200, help="Member accounts with gateways.")]
Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="Where to listen; 0 takes a free port.")]
Bare = Annotated[bool, typer.Option("--bare", help="Accounts, OUs and gateways only, natrec not deployed.")]
GatewayId = Annotated[str, typer.Argument(metavar="NAT", help="The gateway, as in nat-0123456789abcdef0.")]
Account = Annotated[str, typer.Option("--account", metavar="A", help="Its account.")]
Region = Annotated[str, typer.Option("--region", metavar="R", help="Its region.")]
Mbps = Annotated[float, typer.Option("--mbps", min=0.001, help="Megabits per second.")]
Seconds = Annotated[float, typer.Option("--seconds", min=1, help="How long it flows.")]
Way = Annotated[Literal["download", "upload"], typer.Option("--direction", help="Which way it flows.")]


def register(app: typer.Typer) -> None:
    """Add the family."""
    family = typer.Typer(
        rich_markup_mode=None, help="A whole AWS organization on this machine.", no_args_is_help=True
    )
    family.command(epilog=examples("natrec sandbox up", "natrec sandbox up -c natrec.yaml --accounts 20"))(up)
    traffic_example = (
        "natrec sandbox traffic nat-0123456789abcdef0 --account 123456789012 --region eu-west-1 --mbps 800 "
        "--seconds 30"
    )
    family.command(epilog=examples(f"AWS_ENDPOINT_URL=http://127.0.0.1:5000 {traffic_example}"))(traffic)
    app.add_typer(family, name="sandbox")


def up(*, config: Given = None, accounts: Accounts = 4, port: Port = 0, bare: Bare = False) -> None:
    """Start a sandbox, print one JSON line when it is ready, and run until told to stop."""
    from stacksets.loading import load_config  # noqa: PLC0415 - slow to import

    # What is made until it is ready stays to the end: Python looked through all of it again and again, which
    # took a quarter of the start.
    gc.disable()
    stopping = threading.Event()

    def give_up(number: int, frame: FrameType | None) -> None:
        stopping.set()  # for Python drops what is raised while it cleans up after an import or a callback
        signal.default_int_handler(number, frame)

    for each in (signal.SIGTERM, signal.SIGINT):  # until it is ready: at once
        signal.signal(each, give_up)
    given = load_config(config) if config else None
    from scripts.sandbox import world  # noqa: PLC0415 - slower still, and of no use with a broken config

    try:
        running = world.up(accounts=accounts, port=port, given=given, bare=bare, say=output.say)
    except OSError as problem:
        raise NatrecError(str(problem), f"port {port}", "Choose another with --port, or 0 for any.") from None
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stopping.set())
    try:
        if stopping.is_set():
            raise KeyboardInterrupt
        output.result_json(running.line(), one_line=True)
        gc.freeze()
        gc.enable()
        stopping.wait()
    finally:
        gc.freeze()  # or Python looks through all that was ever here once more, for up to twenty seconds
        running.stop()


def traffic(
    *,
    gateway: GatewayId,
    account: Account,
    region: Region,
    mbps: Mbps = 800,
    seconds: Seconds = 30,
    direction: Way = "download",
    as_json: AsJson = False,
) -> None:
    """Let traffic flow through a gateway of the running sandbox, and wait until it has flowed."""
    asked = {"gateway": gateway, "account": account, "region": region, "mbps": mbps, "seconds": seconds}
    flown = _ask("traffic", {**asked, "direction": direction})
    output.say(f"{mbps:g} Mbit/s of {direction} through {gateway} for {seconds:g} s")
    threading.Event().wait(seconds)
    if as_json:
        output.result_json({**asked, "direction": direction, **flown})
    else:
        amount = f"{mbps * seconds / 8:,.0f} MB of {direction}"
        start, end = (datetime.fromisoformat(flown[name]) for name in ("start", "end"))
        output.result(f"{gateway}: {amount} between {start:%Y-%m-%d %H:%M:%S} and {end:%H:%M:%S} UTC")


def _ask(route: str, asked: dict[str, Any]) -> dict[str, Any]:
    """Ask the running sandbox, which AWS_ENDPOINT_URL names like any AWS endpoint."""
    from scripts.sandbox.remote import ask  # noqa: PLC0415 - slow to import

    return ask(route, asked)
