"""`natrec explain`: which policy applies to a gateway, and where each value is set."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from scripts.cli import explanation, output
from scripts.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, checked, examples

if TYPE_CHECKING:
    from orgconfig.members import Members
    from orgconfig.subjects import Subject

Account = Annotated[str, typer.Option("--account", metavar="A", help="The gateway's account.")]
Region = Annotated[str, typer.Option("--region", metavar="R", help="The gateway's region.")]
Ou = Annotated[
    str | None,
    typer.Option(
        "--ou",
        metavar="PATH",
        help="The account's OUs, ids from the root to its own, joined by /. Without it, AWS is asked.",
    ),
]
Gateway = Annotated[str | None, typer.Option("--gateway", metavar="NAT", help="One gateway.")]
Tags = Annotated[
    list[str] | None,
    typer.Option(
        "--tag", metavar="K=V", help="A tag of the gateway, beside those that AWS knows; repeatable."
    ),
]
Role = Annotated[
    str, typer.Option("--role", metavar="NAME", help="The role that leads into other accounts, for tags.")
]

_OFFLINE = "natrec explain --account 444444444444 --region eu-west-1 --ou r-ab12/ou-ab12-payments"


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(
        epilog=examples(
            f"{_OFFLINE} --tag team=data-platform",
            "natrec explain --account 444444444444 --region eu-west-1 --gateway nat-0123456789abcdef0 --json",
        )
    )(explain)


def explain(
    *,
    account: Account,
    region: Region,
    ou: Ou = None,
    gateway: Gateway = None,
    tag: Tags = None,
    role: Role = "OrganizationAccountAccessRole",
    config: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Show the policy of a gateway, and where each value is set.

    Offline with --ou; otherwise Organizations is asked for the account's OUs, and EC2 for the tags of
    --gateway. With --json, values are as the config writes them: 15m, until_recovery, 20 GB, 0 for
    unlimited; `sources` names the file, line and override of each field of `recording`.
    """
    from orgconfig.models import kinds  # noqa: PLC0415 - slow to import
    from orgconfig.policy import compile_policy, read_policy  # noqa: PLC0415 - slow to import
    from orgconfig.subjects import Subject  # noqa: PLC0415 - slow to import
    from stacksets.explaining import explain as explained  # noqa: PLC0415 - slow to import
    from stacksets.loading import load  # noqa: PLC0415 - slow to import

    checked("--account", kinds.AccountId, account)
    checked("--region", kinds.Region, region)
    if gateway is not None:
        checked("--gateway", kinds.GatewayId, gateway)
    tags = dict(_tag(each) for each in tag or ())
    asked = Subject(account, region, _path(ou) if ou is not None else (), gateway, tags)
    loaded = load(config)
    policy = read_policy(json.dumps(compile_policy(loaded.config, loaded.origin)))
    subject, members = _found(asked, role)
    document = explained(policy, members, subject, datetime.now(UTC))
    if as_json:
        output.result_json(document)
    else:
        output.result(explanation.text(document))


def _tag(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not key or not equals:
        raise typer.BadParameter(
            f"must be KEY=VALUE, as in team=data-platform; this is `{text}`", param_hint="--tag"
        )
    return key, value


def _path(text: str) -> tuple[str, ...]:
    """The path of OUs; its root may be left out, for every OU's id names it.

    Organizations API reference, "OrganizationalUnit": `ou-`, the root's id without `r-`, `-`, the rest.
    """
    from orgconfig.models import kinds  # noqa: PLC0415 - slow to import

    path = tuple(text.strip("/").split("/"))
    for at, each in enumerate(path):
        checked("--ou", kinds.OuOrRootId, each)
        if at and each.startswith("r-"):
            raise typer.BadParameter(f"must begin with the root; this is `{text}`", param_hint="--ou")
    return path if path[0].startswith("r-") else (f"r-{path[0].split('-')[1]}", *path)


def _found(given: "Subject", role: str) -> "tuple[Subject, Members]":
    """The subject as AWS knows it, where its OUs are not given, and what is known of its organization."""
    from orgconfig.members import Members  # noqa: PLC0415 - slow to import

    if given.path:
        return given, Members.of_path(given.account, given.path)
    from scripts.cli.accounts import own_session  # noqa: PLC0415 - slow to import
    from stacksets.lookups import Lookups  # noqa: PLC0415 - slow to import

    lookups = Lookups(own_session(given.region), role)
    members = lookups.members(given.account, given.region)
    known = lookups.tags(given.account, given.region, given.gateway) if given.gateway else {}
    found = replace(given, path=members.path(given.account), tags={**known, **given.tags})
    return found, members
