"""`natrec explain`: which policy applies to a gateway, and where each value is set."""

import json
from datetime import UTC, datetime
from typing import Annotated

import typer

from scripts.cli import explanation, output, subjects
from scripts.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, checked, examples

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
    from orgconfig.compiling import compile_policy  # noqa: PLC0415 - slow to import
    from orgconfig.models import kinds  # noqa: PLC0415 - slow to import
    from orgconfig.policy import read_policy  # noqa: PLC0415 - slow to import
    from orgconfig.subjects import Subject  # noqa: PLC0415 - slow to import
    from stacksets.explaining import explain as explained  # noqa: PLC0415 - slow to import
    from stacksets.loading import load  # noqa: PLC0415 - slow to import

    checked("--account", kinds.AccountId, account)
    checked("--region", kinds.Region, region)
    if gateway is not None:
        checked("--gateway", kinds.GatewayId, gateway)
    tags = dict(subjects.tag(each) for each in tag or ())
    asked = Subject(account, region, subjects.path(ou) if ou is not None else (), gateway, tags)
    loaded = load(config)
    policy = read_policy(json.dumps(compile_policy(loaded.config, loaded.origin)))
    subject, members = subjects.found(asked, role)
    document = explained(policy, members, subject, datetime.now(UTC))
    if as_json:
        output.result_json(document)
    else:
        output.result(explanation.text(document))
