"""`natrec doctor`: what goes wrong in practice, looked for before it does."""

from typing import TYPE_CHECKING, Annotated

import typer

from orgconfig.errors import NatrecError
from scripts.cli import output
from scripts.cli.deploying import AccessRole, ArchiveProfile, HubProfile, ManagementProfile, Ways
from scripts.cli.inspecting import Account, Region, account_names, asking, installation
from scripts.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, examples

if TYPE_CHECKING:
    from pathlib import Path

    from stacksets.doctor.checks import Check
    from stacksets.inspection.installation import Installation
    from stacksets.inspection.targets import Place

# As many as `status` asks by itself: 20 accounts in 3 regions are all asked. Some minutes at AWS's own pace.
SAMPLE = 100
All = Annotated[bool, typer.Option("--all", help=f"Ask every target, not a sample of {SAMPLE}.")]
Names = Annotated[
    list[str] | None, typer.Option("--check", metavar="NAME", help="Ask this check only; repeatable.")
]
Policies = Annotated[
    bool,
    typer.Option("--policies", help="Print policies to paste, for SCPs, a boundary, people; ask nothing."),
]


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(
        epilog=examples(
            "natrec doctor",
            "natrec doctor --account 444444444444 --region eu-west-1",
            'natrec doctor --check "delete flow logs" --all --json',
            "natrec doctor --policies",
        )
    )(doctor)


def doctor(
    *,
    account: Account = None,
    region: Region = None,
    all_targets: All = False,
    check: Names = None,
    policies: Policies = False,
    config: ConfigFile = DEFAULT_CONFIG,
    role: AccessRole = None,
    management_profile: ManagementProfile = None,
    hub_profile: HubProfile = None,
    archive_profile: ArchiveProfile = None,
    as_json: AsJson = False,
) -> int:
    """Look for what keeps natrec from working, and say what to do; nothing is changed.

    Organization, hub and archive are asked once. Of many targets a sample is asked, spread over OUs and
    regions. What cannot be asked counts as not well. Exits 1 when a check does not hold.
    """
    if policies:
        return _policies(config, as_json=as_json)
    from stacksets.doctor.examining import examine  # noqa: PLC0415 - slow to import
    from stacksets.doctor.registry import CHECKS  # noqa: PLC0415 - slow to import

    checks = _chosen(CHECKS, check or [])
    ways = Ways(role, management_profile, hub_profile, archive_profile)
    found = installation(config, ways, with_zip=True)
    targets, of = _targets(found, account, region, every=all_targets)
    with asking("asking") as done:
        results = examine(found, checks, targets, done)
    if as_json:
        output.result_json(
            {"checks": [each.document() for each in results], "targets": {"asked": len(targets), "of": of}}
        )
    else:
        from scripts.cli.diagnosis import diagnosis  # noqa: PLC0415 - slow to import

        output.painted(diagnosis(results, checks, len(targets), of, account_names(found)))
    return 0 if all(each.verdict.ok for each in results) else 1


def _chosen(checks: "tuple[Check, ...]", names: list[str]) -> "tuple[Check, ...]":
    known = {each.name for each in checks}
    if unknown := [each for each in names if each not in known]:
        raise typer.BadParameter(
            f"there is no check `{unknown[0]}`; there are: {', '.join(sorted(known))}", param_hint="--check"
        )
    return tuple(each for each in checks if not names or each.name in names)


def _targets(
    found: "Installation", account: str | None, region: str | None, *, every: bool
) -> "tuple[list[Place], int]":
    """The targets to ask, and how many there are."""
    from stacksets.inspection.targets import only, sampled  # noqa: PLC0415 - slow to import

    whole = found.targets
    chosen = only(whole, account, region)
    if (account or region) and not chosen:
        wanted = " ".join(filter(None, [account, region]))
        raise NatrecError(
            f"{wanted} is not among the {len(whole)} targets of this config", next="See `natrec status`."
        )
    if every or account or region:
        return chosen, len(whole)
    return sampled(chosen, found.covered.groups, SAMPLE), len(whole)


def _policies(config: "Path", *, as_json: bool) -> int:
    from botocore.session import Session  # noqa: PLC0415 - slow to import

    from scripts.cli import diagnosis  # noqa: PLC0415 - slow to import
    from stacksets.doctor.texts import texts  # noqa: PLC0415 - slow to import
    from stacksets.loading import load_config  # noqa: PLC0415 - slow to import

    loaded = load_config(config)
    partition = Session().get_partition_for_region(loaded.organization.hub.region)
    found = texts(loaded, partition)
    if as_json:
        output.result_json({name: policy for name, (_, policy) in found.items()})
    else:
        output.result(diagnosis.policies(found))
    return 0
