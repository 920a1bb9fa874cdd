"""What the organization must allow, and the stack set that stands in it."""

from dataclasses import dataclass

from stacksets.doctor.checks import Check, Place, Verdict, ill, well
from stacksets.inspection.described import described_stack_set
from stacksets.inspection.installation import Installation

_APPLY = "See `natrec plan`, then `natrec apply`."


@dataclass(frozen=True)
class StackSetSeen:
    """The stack set as it was read, beside what the config asks for.

    Attributes:
        name: Its name.
        template: Its text; None where there is no stack set.
        wanted: The text that this config renders to.
        automatic: Whether accounts that join get the spoke by themselves.
        status: As CloudFormation has it.
        drifted: How many instances drifted when CloudFormation last looked; None where it never did.

    """

    name: str
    template: str | None
    wanted: str
    automatic: bool = False
    status: str = "ACTIVE"
    drifted: int | None = None


def read_access(installation: Installation, _: Place) -> bool:
    """Whether stack sets may act in the organization."""
    return installation.trust.access().action == "none"


def judge_access(enabled: bool) -> Verdict:  # noqa: FBT001 - what was read
    """Without trusted access no stack set can be looked at or changed."""
    if enabled:
        return well("stack sets may act in this organization")
    return ill(
        "trusted access for stack sets is off: no account that joins gets a spoke, and none is updated",
        "`natrec apply` turns it on again; or CloudFormation's console, StackSets, Activate trusted access.",
    )


def read_delegation(installation: Installation, _: Place) -> tuple[str, bool]:
    """The hub, and whether it may read the organization."""
    hub = installation.hub.account
    return hub, installation.trust.delegation().action == "none"


def judge_delegation(seen: tuple[str, bool]) -> Verdict:
    """Without it the hub knows no account that is new, and refuses its alarms."""
    hub, delegated = seen
    if delegated:
        return well(f"the hub {hub} may read the organization")
    return ill(
        f"the hub {hub} is no delegated administrator of stack sets, so it cannot read the organization",
        "`natrec apply` registers it again.",
    )


def read_stack_set(installation: Installation, _: Place) -> StackSetSeen:
    """The stack set as CloudFormation describes it."""
    name = installation.config.names.spoke_stack_set
    wanted = installation.spoke_text
    found = described_stack_set(installation)
    if found is None:
        return StackSetSeen(name, None, wanted)
    return StackSetSeen(
        name,
        found.get("TemplateBody", ""),
        wanted,
        automatic=bool(found.get("AutoDeployment", {}).get("Enabled")),
        status=found.get("Status", ""),
        drifted=found.get("StackSetDriftDetectionDetails", {}).get("DriftedStackInstancesCount"),
    )


def judge_stack_set(seen: StackSetSeen) -> Verdict:
    """The stack set must be what this config renders to, and reach accounts that join."""
    if seen.template is None:
        return ill(f"there is no stack set {seen.name}", "`natrec apply` makes it.")
    if seen.template.strip() != seen.wanted.strip():
        return ill(
            f"the template of stack set {seen.name} is not what this config renders to: it was changed by "
            "hand, or the config has changed since it was applied",
            _APPLY,
        )
    if not seen.automatic:
        return ill(
            f"stack set {seen.name} no longer deploys to accounts that join",
            "Turn automatic deployment on again: aws cloudformation update-stack-set "
            f"--stack-set-name {seen.name} --use-previous-template --capabilities CAPABILITY_NAMED_IAM "
            "--auto-deployment Enabled=true,RetainStacksOnAccountRemoval=false",
        )
    if seen.drifted:
        return ill(
            f"{seen.drifted} instances of {seen.name} were changed by hand when CloudFormation last looked",
            "See `natrec plan`, then `natrec apply`: they are made again.",
        )
    return well(f"{seen.name} is what this config says")


CHECKS = (
    Check("trusted access", "organization", read_access, judge_access),
    Check("delegated administrator", "organization", read_delegation, judge_delegation),
    Check("stack set", "organization", read_stack_set, judge_stack_set),
)
