"""Stacks against the config: their template, their parameters, their state."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from stacksets.doctor.checks import Check, Place, Verdict, ill, well
from stacksets.inspection.installation import Installation
from stacksets.stacks import Stacks

_SOUND = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE")


@dataclass(frozen=True)
class StackSeen:
    """A stack as it was read.

    Attributes:
        name: Its name.
        status: As CloudFormation has it; None where there is no stack.
        reason: CloudFormation's own, where it gives one.
        differs: How it differs from what the config asks for; empty when it does not.

    """

    name: str
    status: str | None
    reason: str = ""
    differs: str = ""


def read_stack(
    installation: Installation, place: Place, name: str, text: str, parameters: Mapping[str, str]
) -> StackSeen:
    """A stack as CloudFormation describes it, and how it differs."""
    stacks = Stacks(installation.client(place, "cloudformation"), str(place))
    found = stacks.find(name)
    if found is None:
        return StackSeen(name, None)
    change = stacks.change(name, text, parameters)
    return StackSeen(
        name,
        found["StackStatus"],
        found.get("StackStatusReason", ""),
        "" if change.action == "none" else change.detail,
    )


def judge_stack(seen: StackSeen) -> Verdict:
    """A stack must be there, at rest, and what the config says."""
    if seen.status is None:
        return ill(f"there is no stack {seen.name}", "`natrec apply` makes it.")
    if seen.status.endswith("IN_PROGRESS"):
        return ill(f"stack {seen.name} is being changed ({seen.status})", "Ask again when it has finished.")
    if seen.status not in _SOUND:
        reason = f": {seen.reason}" if seen.reason else ""
        return ill(
            f"stack {seen.name} is {seen.status}{reason}",
            "Mend what its events in CloudFormation tell, then `natrec apply`.",
        )
    if seen.differs:
        return ill(
            f"stack {seen.name} is not what this config says: {seen.differs}",
            "Somebody changed it, or the config has changed: see `natrec plan`, then `natrec apply`.",
        )
    return well(f"{seen.name} is what this config says")


def read_hub(installation: Installation, place: Place) -> StackSeen:
    """The hub, with the zip that its functions run."""
    names = installation.config.names
    given = {
        "ArtifactBucket": names.artifacts_bucket(place.account, place.region),
        "ArtifactKey": installation.zip_key,
    }
    return read_stack(installation, place, names.hub_stack, installation.hub_text, given)


def _plain(name: str, text: Callable[[Installation], str]) -> Callable[[Installation, Place], StackSeen]:
    def read(installation: Installation, place: Place) -> StackSeen:
        return read_stack(
            installation, place, getattr(installation.config.names, name), text(installation), {}
        )

    return read


def read_management(installation: Installation, _: Place) -> StackSeen:
    """The stack of the management account, in the region of Organizations."""
    name = installation.config.names.management_stack
    return read_stack(installation, installation.home, name, installation.management_text, {})


CHECKS = (
    Check("hub stack", "hub", read_hub, judge_stack),
    Check("archive stack", "archive", _plain("archive_stack", lambda each: each.archive_text), judge_stack),
    Check("management stack", "organization", read_management, judge_stack),
)
