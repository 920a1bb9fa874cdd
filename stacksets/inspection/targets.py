"""The targets of a config: every account below its OUs, in every region."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orgconfig.models import OrgConfig
from stacksets.places import organization_members

if TYPE_CHECKING:
    from mypy_boto3_organizations import OrganizationsClient


@dataclass(frozen=True, order=True)
class Place:
    """An account and a region."""

    account: str
    region: str

    def __str__(self) -> str:
        return f"{self.account} {self.region}"


@dataclass(frozen=True)
class Covered:
    """The accounts that shall have a spoke from the stack set.

    Attributes:
        accounts: Those that are active.
        closed: Those that are suspended or closed: StackSets skips them.
        groups: The OU of each.

    """

    accounts: frozenset[str]
    closed: frozenset[str] = frozenset()
    groups: Mapping[str, str] = field(default_factory=dict)


def covered(config: OrgConfig, client: "OrganizationsClient") -> Covered:
    """The accounts that a config covers; the stack set never reaches the management account."""
    targets, members = config.targets, organization_members(client)
    never = {config.organization.management_account, *targets.exclude_accounts}
    wanted = {each for each in members.accounts if set(members.path(each)) & set(targets.ous)} - never
    closed = wanted & members.suspended
    return Covered(frozenset(wanted - closed), frozenset(closed), members.accounts)


def places(accounts: Iterable[str], regions: Iterable[str]) -> list[Place]:
    """Each account in each region, in their order."""
    wanted = list(regions)
    return [Place(account, region) for account in sorted(accounts) for region in wanted]


def only(found: Iterable[Place], account: str | None, region: str | None) -> list[Place]:
    """Those of one account, one region, or both."""
    return [
        each
        for each in found
        if each.account == (account or each.account) and each.region == (region or each.region)
    ]


def sampled(found: Iterable[Place], groups: Mapping[str, str], most: int) -> list[Place]:
    """At most so many, spread evenly: over the groups of accounts (their OUs) first, then over regions.

    Args:
        found: All targets.
        groups: Each account's group.
        most: How many are wanted.

    """
    regions: dict[str, list[Place]] = {}
    for each in found:
        regions.setdefault(each.account, []).append(each)
    queues: dict[str, list[Place]] = {}
    for turn in range(max(map(len, regions.values()), default=0)):
        for number, (account, own) in enumerate(sorted(regions.items())):
            if turn < len(own):  # each account begins with another region, so that few accounts show them all
                queues.setdefault(groups.get(account, ""), []).append(own[(number + turn) % len(own)])
    chosen: list[Place] = []
    while len(chosen) < most and queues:
        for group in sorted(queues):
            chosen.append(queues[group].pop(0))
            if not queues[group]:
                del queues[group]
    return sorted(chosen[:most])
