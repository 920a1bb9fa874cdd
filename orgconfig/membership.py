"""Who is covered at all: the accounts below the targets' OUs, in the targets' regions."""

from orgconfig.members import Members
from orgconfig.policy import Policy
from orgconfig.sources import named
from orgconfig.subjects import Subject


def not_a_member(policy: Policy, members: Members, subject: Subject) -> str | None:
    """Why this account and region are not covered, or None when they are.

    Args:
        policy: The policy.
        members: The organization. With no account in it, it is not known yet, and only what the policy
            itself says is decided: a hub that has not yet read the organization records rather than refuses.
        subject: Who; `path` is taken from `members` where it is not given.

    Returns:
        A sentence without its end, with the limit and where that is set.

    """
    return _outside_targets(policy, subject) or _outside_organization(policy, members, subject)


def _outside_targets(policy: Policy, subject: Subject) -> str | None:
    targets = policy.targets
    if subject.region not in targets.regions:
        among = f"{named(policy, 'targets.regions')}: {', '.join(targets.regions)}"
        return f"region {subject.region} is not among {among}"
    if subject.account in targets.exclude_accounts:
        return f"account {subject.account} is in {named(policy, 'targets.exclude_accounts')}"
    if subject.account == policy.management_account and not targets.include_management_account:
        field = named(policy, "targets.include_management_account")
        return f"account {subject.account} is the management account, and {field} is false"
    return None


def _outside_organization(policy: Policy, members: Members, subject: Subject) -> str | None:
    account, targets = subject.account, policy.targets
    if account in members.suspended:
        return f"account {account} is suspended in the organization"
    if account == policy.management_account or not members.accounts:
        return None
    if account not in members.accounts:
        return f"account {account} is not in organization {policy.organization}"
    path = subject.path or members.path(account)
    if not set(path) & set(targets.ous):
        among = f"{named(policy, 'targets.ous')}: {', '.join(targets.ous)}"
        return f"account {account} ({'/'.join(path)}) is below none of {among}"
    return None
