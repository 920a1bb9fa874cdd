"""`natrec apply`: the config becomes what runs."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from orgconfig.errors import NatrecError
from scripts.cli import output
from scripts.cli.answers import agreed
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
from scripts.cli.errors import FAILED, INTERRUPTED, ReportedError
from scripts.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, examples

if TYPE_CHECKING:
    from stacksets.steps import Step

PolicyOnly = Annotated[
    bool,
    typer.Option("--policy-only", help="Only the policy, for a hub that was deployed by other means."),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog=examples("natrec apply", "natrec apply --yes -c acme.yaml --json"))(apply)


def apply(
    *,
    yes: Yes = False,
    config: ConfigFile = DEFAULT_CONFIG,
    role: AccessRole = None,
    management_profile: ManagementProfile = None,
    hub_profile: HubProfile = None,
    archive_profile: ArchiveProfile = None,
    retry_skipped: RetrySkipped = False,
    beside: Beside = None,
    drift: Drift = False,
    policy_only: PolicyOnly = False,
    as_json: AsJson = False,
) -> int:
    """Deploy what a config says, changing only what differs.

    An account that fails stops no other: it is told with its reason at the end, and the exit code is 1.
    A stack of the hub or the archive that fails ends it: what is done and what was not begun is told.
    Interrupted at any point, run it again: it continues. A changed policy (tiers of gateways, durations,
    quotas, overrides) is in force within a minute and touches no stack.
    """
    from scripts.cli import stopping, summaries  # noqa: PLC0415 - slow to import
    from scripts.cli.progress import progress  # noqa: PLC0415 - slow to import

    shown, ways = progress(), Ways(role, management_profile, hub_profile, archive_profile)
    deploying = deployment(config, ways, shown, retry_skipped=retry_skipped, beside=beside)
    if drift and not policy_only:
        deploying.look_for_drift()
    steps = deploying.policy_steps() if policy_only else deploying.plan()
    summaries.show_plan(steps, output.console())
    changing = summaries.changing(steps)
    if changing and not yes:
        _ask(summaries.prerequisites(steps))
    shown.expect(changing)
    title = f"natrec apply  {deploying.config.organization.id}  {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    try:
        with shown:
            if policy_only:
                deploying.run(steps)
                return _policy_told(steps, as_json=as_json)
            applied = deploying.carry_out(steps)
    except KeyboardInterrupt:
        output.say(shown.interrupted())
        if as_json:
            output.result_json(stopping.interrupted(steps, shown))
        return INTERRUPTED
    except Exception as problem:
        if as_json:
            output.result_json(stopping.document(steps, shown, problem))
        else:
            output.result(stopping.report(title, shown, problem))
        raise ReportedError from problem
    if as_json:
        output.result_json(summaries.document(steps, applied.outcomes, applied.outputs))
    else:
        output.result(summaries.report(title, steps, applied.outcomes, applied.outputs))
    return FAILED if applied.failed else 0


def _policy_told(steps: "Sequence[Step]", *, as_json: bool) -> int:
    if as_json:
        output.result_json({"steps": [step.document() for step in steps]})
    else:
        output.result("\n".join(map(str, steps)))
    return 0


def _ask(prerequisites: Sequence[str]) -> None:
    for line in prerequisites:
        output.say(line)
    answer = agreed("Apply this?")
    if answer is None:
        raise NatrecError(
            "nobody is here to be asked, nothing was changed", next="Say --yes to apply without asking."
        )
    if not answer:
        raise NatrecError("not applied, nothing was changed")
