"""`natrec replay`: what an event would do, without doing it."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orgconfig.errors import NatrecError
from scripts.cli import output, subjects
from scripts.cli.deploying import ACCESS_ROLE, AccessRole, HubProfile, Ways
from scripts.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, examples

if TYPE_CHECKING:
    from hub.domain.alarms import Transition
    from hub.ports import Picture

Event = Annotated[Path, typer.Argument(metavar="EVENT.json", help="As EventBridge delivers it; - for stdin.")]
Ou = Annotated[
    str | None,
    typer.Option(
        "--ou",
        metavar="PATH",
        help="The account's OUs, ids from the root to its own, joined by /. Without it, AWS is asked.",
    ),
]
Tags = Annotated[
    list[str] | None,
    typer.Option(
        "--tag", metavar="K=V", help="A tag of the gateway, beside those that AWS knows; repeatable."
    ),
]
Live = Annotated[
    bool,
    typer.Option(
        "--live", help="Read the hub's table too: policy in force, usage, leases, cooldowns; as of now."
    ),
]


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(
        epilog=examples(
            "natrec replay event.json --ou r-ab12/ou-ab12-payments --tag team=data-platform",
            "natrec replay event.json --live --json",
        )
    )(replay)


def replay(
    *,
    event: Event,
    ou: Ou = None,
    tag: Tags = None,
    live: Live = False,
    config: ConfigFile = DEFAULT_CONFIG,
    role: AccessRole = None,
    hub_profile: HubProfile = None,
    as_json: AsJson = False,
) -> None:
    """Say what the hub would do with an alarm's event, and why; nothing is done.

    From the config alone, the event is judged as of when it was sent, and nothing counts as used; with --live
    as of now, with what the hub's table knows.
    """
    from scripts.cli import replaying  # noqa: PLC0415 - slow to import
    from stacksets.loading import load_config  # noqa: PLC0415 - slow to import

    now, read = datetime.now(UTC), _read(event)
    if live:
        read = replaying.told_now(read, now)
    told = replaying.understood(read, now)
    moment = now if live else replaying.moment(told, now)
    tags = dict(subjects.tag(each) for each in tag or ())
    ways = Ways(role, hub=hub_profile)
    if isinstance(told, str):
        picture = _nothing(config, None)
    elif live:
        picture = _live(config, ways, told, now)
        tags = {**({} if ou else _asked(told, role)), **tags}
    else:
        picture, tags = _offline(config, told, ou, tags, role)
    namespace = load_config(config).namespace
    document = replaying.Replay(read, namespace, picture, tags, moment, live).document()
    if as_json:
        output.result_json(document)
    else:
        output.result(replaying.as_text(document))


def _read(file: Path) -> dict[str, Any]:
    try:
        read = json.loads(sys.stdin.read() if str(file) == "-" else file.read_text())
    except OSError as problem:
        raise NatrecError(
            f"{file} cannot be read: {problem.strerror}", next="Name an event's file."
        ) from None
    except ValueError as problem:
        raise NatrecError(f"{file} is no JSON: {problem}", next="Give it one event.") from None
    if not isinstance(read, dict):
        raise NatrecError(f"{file} holds no event", next="An event is one JSON object.")
    return read


def _offline(
    config: Path, told: "Transition", ou: str | None, tags: dict[str, str], role: str | None
) -> "tuple[Picture, dict[str, str]]":
    from orgconfig.subjects import Subject  # noqa: PLC0415 - slow to import

    place = told.gateway
    path = subjects.path(ou) if ou is not None else ()
    asked = Subject(place.account, place.region, path, place.gateway or None, tags)
    subject, members = subjects.found(asked, role or ACCESS_ROLE)
    return _nothing(config, members), dict(subject.tags)


def _nothing(config: Path, members: Any) -> "Picture":  # noqa: ANN401 - Members, or None
    """The policy of the config, where nothing was ever recorded."""
    from hub.adapters.policy import CompiledRules  # noqa: PLC0415 - slow to import
    from hub.domain.admission import GatewayItem  # noqa: PLC0415 - slow to import
    from hub.ports import Picture  # noqa: PLC0415 - slow to import
    from orgconfig.compiling import compile_policy  # noqa: PLC0415 - slow to import
    from orgconfig.members import Members  # noqa: PLC0415 - slow to import
    from orgconfig.policy import read_policy  # noqa: PLC0415 - slow to import
    from stacksets.loading import load  # noqa: PLC0415 - slow to import

    loaded = load(config)
    policy = read_policy(json.dumps(compile_policy(loaded.config, loaded.origin)))
    return Picture(CompiledRules(policy, members or Members()), GatewayItem(), {})


def _live(config: Path, ways: Ways, told: "Transition", now: datetime) -> "Picture":
    """One read of the hub's table, which changes nothing."""
    from hub.adapters.ledger import TableLedger  # noqa: PLC0415 - slow to import
    from hub.adapters.transactions import Transactions  # noqa: PLC0415 - slow to import
    from stacksets.loading import load_config  # noqa: PLC0415 - slow to import

    loaded = load_config(config)
    hub = loaded.organization.hub
    client = ways.accounts(loaded)(hub.account, hub.region, "dynamodb")
    unused = Transactions(client, lambda _: None, lambda: 0.0)
    return TableLedger(client, loaded.names.table, unused).picture(told.gateway, now)


def _asked(told: "Transition", role: str | None) -> dict[str, str]:
    """The gateway's tags, as its account has them."""
    from scripts.cli.accounts import own_session  # noqa: PLC0415 - slow to import
    from stacksets.lookups import Lookups  # noqa: PLC0415 - slow to import

    place = told.gateway
    if not place.is_named:
        return {}
    lookups = Lookups(own_session(place.region), role or ACCESS_ROLE)
    return lookups.tags(place.account, place.region, place.gateway)
