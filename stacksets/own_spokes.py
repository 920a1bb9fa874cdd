"""What became of the management account's own spokes: plain stacks, which no stack set lists."""

from collections.abc import Callable, Iterator

from orgconfig.models import OrgConfig
from stacksets.administration import Administrator
from stacksets.outcomes import Outcome
from stacksets.reasons import Reason, explain
from stacksets.stacks import Stacks

# After a rollback of an update what was there before stands; the step that failed tells why.
_STANDS = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE")
_UNSEEN = Reason(
    "skipped",
    "not looked at: that takes the management account's credentials",
    "Name its profile with --management-profile.",
)
_NOT_MADE = Reason("failed", "there is no stack", "Run `natrec apply` again.")


def own_outcomes(
    config: OrgConfig, administrator: Administrator, stacks: Callable[[str], Stacks]
) -> Iterator[Outcome]:
    """One for each target region, where the config includes the management account; AWS is only read.

    Args:
        config: The organization's config.
        administrator: Who administers; only the management account itself can be looked into.
        stacks: The stacks of a region of it.

    """
    if not config.targets.include_management_account:
        return
    account, name = config.organization.management_account, config.names.spoke_stack
    for region in config.targets.regions:
        if not administrator.manages:
            yield Outcome(account, region, _UNSEEN.kind, _UNSEEN)
            continue
        found = stacks(region).find(name)
        status = str(found["StackStatus"]) if found else ""
        if status in _STANDS:
            yield Outcome(account, region, "done")
        elif status.endswith("IN_PROGRESS"):
            yield Outcome(account, region, "running")
        else:
            reason = (
                explain(str((found or {}).get("StackStatusReason") or ""), status) if found else _NOT_MADE
            )
            yield Outcome(account, region, reason.kind, reason)
