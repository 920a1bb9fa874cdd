"""What became of the management account's own spokes: plain stacks, which no stack set lists."""

from collections.abc import Callable, Collection, Iterator
from functools import partial

from orgconfig.models import OrgConfig
from stacksets.administration import Administrator
from stacksets.outcomes import Outcome
from stacksets.reasons import Reason, explain
from stacksets.skipping import OWN, looked
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
    config: OrgConfig,
    administrator: Administrator,
    stacks: Callable[[str], Stacks],
    disabled: Collection[str] = (),
) -> Iterator[Outcome]:
    """One for each target region, where the config includes the management account; AWS is only read.

    Args:
        config: The organization's config.
        administrator: Who administers; only the management account itself can be looked into.
        stacks: The stacks of a region of it.
        disabled: Regions that the administrator has not enabled.

    """
    if not config.targets.include_management_account:
        return
    account, name = config.organization.management_account, config.names.spoke_stack
    for region in config.targets.regions:
        if not administrator.manages:
            yield Outcome(account, region, _UNSEEN.kind, _UNSEEN)
            continue
        yield looked(
            partial(_outcome, account, region, name, stacks),
            partial(Outcome, account, region, OWN.kind, OWN),
            disabled=region in disabled,
        )


def _outcome(account: str, region: str, name: str, stacks: Callable[[str], Stacks]) -> Outcome:
    found = stacks(region).find(name)
    if found is None:
        return Outcome(account, region, _NOT_MADE.kind, _NOT_MADE)
    status = str(found["StackStatus"])
    if status in _STANDS:
        return Outcome(account, region, "done")
    if status.endswith("IN_PROGRESS"):
        return Outcome(account, region, "running")
    reason = explain(str(found.get("StackStatusReason") or ""), status)
    return Outcome(account, region, reason.kind, reason)
