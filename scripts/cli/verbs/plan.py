"""`natrec plan`: what applying would change."""

from typing import Annotated

import typer

from scripts.cli import output
from scripts.cli.deploying import (
    AccessRole,
    ArchiveProfile,
    Beside,
    Drift,
    HubProfile,
    ManagementProfile,
    RetrySkipped,
    Ways,
    deployment,
)
from scripts.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, examples

THERE_ARE_CHANGES = 3
Detailed = Annotated[
    bool,
    typer.Option(
        "--detailed-exitcode",
        help=f"Exit with 0: nothing to change, {THERE_ARE_CHANGES}: there are changes, 1: the plan failed, "
        "2: wrong use. (Other tools' 2 for changes would be taken for wrong use.)",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog=examples("natrec plan", "natrec plan -c acme.yaml --json --detailed-exitcode"))(plan)


def plan(
    *,
    config: ConfigFile = DEFAULT_CONFIG,
    role: AccessRole = None,
    management_profile: ManagementProfile = None,
    hub_profile: HubProfile = None,
    archive_profile: ArchiveProfile = None,
    detailed: Detailed = False,
    retry_skipped: RetrySkipped = False,
    beside: Beside = None,
    drift: Drift = False,
    as_json: AsJson = False,
) -> int:
    """Show what applying a config would change, without changing anything.

    Stacks, the stack set, its instances and the policy are compared with what the config becomes.
    """
    from scripts.cli import plans, summaries  # noqa: PLC0415 - slow to import

    ways = Ways(role, management_profile, hub_profile, archive_profile)
    deploying = deployment(config, ways, retry_skipped=retry_skipped, beside=beside)
    if drift:
        deploying.look_for_drift()
    steps = deploying.plan()
    parts = deploying.costs()
    if as_json:
        basis = deploying.cost_basis()
        output.result_json(plans.document(steps, deploying.extents(), parts, basis))
    else:
        summaries.show_plan(steps)
        output.result(summaries.monthly(parts, deploying.cost_basis()))
    return THERE_ARE_CHANGES if detailed and summaries.changing(steps) else 0
