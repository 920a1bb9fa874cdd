"""Desired targets against the instances that are there: which operations bring them together.

Only values; nothing is asked or done here. An operation aims at OUs, and may narrow them to accounts
(CloudFormation API reference, DeploymentTargets); it is refused or does too much where its accounts and
regions are no rectangle, so what it is about is grouped by the regions that accounts have in common.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from stacksets.desired import Desired, Place
from stacksets.reasons import explain_instance
from stacksets.steps import Extent

Instance = Mapping[str, Any]
Filter = Literal["NONE", "INTERSECTION", "DIFFERENCE"]

# API reference, CreateStackInstances, UpdateStackSet and DeleteStackInstances.
MOST_UNITS = 50


@dataclass(frozen=True)
class Batch:
    """What one operation is about.

    Attributes:
        ous: OUs aimed at.
        regions: Regions.
        how: How `accounts` narrow the OUs.
        accounts: Some of their accounts.
        places: The instances that it shall touch.

    """

    ous: tuple[str, ...]
    regions: tuple[str, ...]
    how: Filter
    accounts: tuple[str, ...]
    places: frozenset[Place]

    @property
    def aim(self) -> dict[str, Any]:
        """`DeploymentTargets` and `Regions` of the call; the filter is always said."""
        targets: dict[str, Any] = {"OrganizationalUnitIds": list(self.ous), "AccountFilterType": self.how}
        if self.accounts:
            targets["Accounts"] = list(self.accounts)
        return {"DeploymentTargets": targets, "Regions": list(self.regions)}


def place(instance: Instance) -> Place:
    """Where an instance is."""
    return str(instance["Account"]), str(instance["Region"])


def leaving(
    desired: Desired, aimed: Mapping[str, Collection[str]], instances: Sequence[Instance]
) -> tuple[Batch, ...]:
    """Operations that delete what is no target any more, and what cannot be updated.

    An OU or region that has left is deleted as a whole: that also ends its auto-deployment.
    """
    gone = {unit: _gone(desired, unit, regions) for unit, regions in aimed.items() if _known(desired, unit)}
    whole = _by_regions({unit: regions for unit, regions in gone.items() if regions})
    batches = []
    living = {place(each): each for each in instances if _removable(desired, each)}
    for regions, units in whole:
        for some in _chunks(units):
            places = {
                at
                for at, each in living.items()
                if at[1] in regions and (at[0] in desired.below(some) or each["OrganizationalUnitId"] in some)
            }
            batches.append(Batch(some, regions, "NONE", (), frozenset(places)))
    covered = all_places(batches)
    kept = frozenset((account, region) for account in desired.targets for region in desired.regions)
    rest = [
        each
        for at, each in living.items()
        if at not in covered and (at not in kept or each["Status"] == "INOPERABLE")
    ]
    return (*batches, *_narrow(desired, rest))


def without(batch: Batch, kept: Collection[Place]) -> Batch | None:
    """The batch without the accounts of these places; None where nothing is left of it.

    An account is kept in all regions of the batch: an operation aims at rectangles.
    """
    accounts = {account for account, _ in batch.places & frozenset(kept)}
    if not accounts:
        return batch
    places = frozenset(at for at in batch.places if at[0] not in accounts)
    if not places:
        return None
    if batch.how == "INTERSECTION":
        return replace(batch, accounts=tuple(a for a in batch.accounts if a not in accounts), places=places)
    return replace(
        batch, how="DIFFERENCE", accounts=tuple(sorted({*batch.accounts, *accounts})), places=places
    )


def _gone(desired: Desired, unit: str, regions: Collection[str]) -> frozenset[str]:
    return frozenset(regions) - (frozenset(desired.regions) if unit in desired.ous else frozenset())


def _known(desired: Desired, unit: str) -> bool:
    """An OU that is gone from the organization cannot be aimed at; it has no accounts either."""
    return unit in desired.members.ous


def _removable(desired: Desired, instance: Instance) -> bool:
    """CloudFormation deletes nothing in suspended accounts, nor in those that left the organization."""
    account = instance["Account"]
    return account in desired.members.accounts and account not in desired.members.suspended


def missing(
    desired: Desired, aimed: Mapping[str, Collection[str]], there: Collection[Place]
) -> tuple[Batch, ...]:
    """Operations that create what is missing; OUs without accounts are aimed at too, for those that join.

    Args:
        desired: The targets.
        aimed: The regions of each OU for which accounts that join it are covered.
        there: Instances that are there and stay.

    """
    absent = desired.places - frozenset(there)
    new = {unit: frozenset(desired.open_regions) - frozenset(aimed.get(unit, ())) for unit in desired.topmost}
    batches = []
    for regions, units in _by_regions({unit: regions for unit, regions in new.items() if regions}):
        for some in _chunks(units):
            below = desired.below(some)
            excluded = tuple(sorted(desired.excluded & below))
            places = {at for at in absent if at[0] in below and at[1] in regions}
            how: Filter = "DIFFERENCE" if excluded else "NONE"
            batches.append(Batch(some, regions, how, excluded, frozenset(places)))
    covered = all_places(batches)
    rest = [{"Account": account, "Region": region} for account, region in absent - covered]
    return (*batches, *_narrow(desired, rest))


def broken(
    desired: Desired, instances: Sequence[Instance], *, skipped_too: bool = False
) -> tuple[Batch, ...]:
    """Operations that try again what failed; what was skipped too where asked, or its account is back."""
    wanted = desired.places
    found = [
        each
        for each in instances
        if place(each) in wanted
        and each["Status"] == "OUTDATED"
        and (skipped_too or not is_skipped(desired, each))
    ]
    return _narrow(desired, found)


def drifted(desired: Desired, instances: Sequence[Instance]) -> tuple[Batch, ...]:
    """Instances whose parts others have changed or deleted, when that was last looked for."""
    wanted = desired.places
    return _narrow(
        desired,
        [each for each in instances if place(each) in wanted and each.get("DriftStatus") == "DRIFTED"],
    )


def is_skipped(desired: Desired, instance: Instance) -> bool:
    """Whether an instance is not current for a reason that is no failure, and that still holds."""
    if instance["Status"] == "CURRENT" or explain_instance(instance).kind != "skipped":
        return False
    suspended = (instance.get("StackInstanceStatus") or {}).get(
        "DetailedStatus"
    ) == "SKIPPED_SUSPENDED_ACCOUNT"
    return not suspended or instance["Account"] in desired.members.suspended


def stranded(desired: Desired, gone: Collection[Place], instances: Iterable[Instance]) -> tuple[Batch, ...]:
    """Operations that forget instances which were to go, where the region is not enabled: nobody can act.

    Args:
        desired: The targets.
        gone: What was deleted.
        instances: Those that are still there.

    """
    left = [each for each in instances if place(each) in gone and _removable(desired, each)]
    return _narrow(desired, [each for each in left if is_skipped(desired, each)])


def _narrow(desired: Desired, instances: Iterable[Instance]) -> tuple[Batch, ...]:
    """Rectangles of single accounts: those below one OU that need the same regions."""
    regions: dict[tuple[str, str], set[str]] = {}
    for each in instances:
        home = desired.home(each["Account"], str(each.get("OrganizationalUnitId", "")))
        regions.setdefault((home, each["Account"]), set()).add(each["Region"])
    groups: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (home, account), found in sorted(regions.items()):
        groups.setdefault((home, tuple(sorted(found))), []).append(account)
    return tuple(
        Batch(
            (home,),
            found,
            "INTERSECTION",
            tuple(accounts),
            frozenset((account, region) for account in accounts for region in found),
        )
        for (home, found), accounts in groups.items()
    )


def _by_regions(units: Mapping[str, frozenset[str]]) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    groups: dict[tuple[str, ...], list[str]] = {}
    for unit, regions in sorted(units.items()):
        groups.setdefault(tuple(sorted(regions)), []).append(unit)
    yield from groups.items()


def _chunks(units: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for start in range(0, len(units), MOST_UNITS):
        yield tuple(units[start : start + MOST_UNITS])


def counted(batches: Iterable[Batch]) -> str:
    """How many instances these are about, as in `6 instances: 3 accounts, 2 regions`."""
    batches = tuple(batches)
    return f"{amount(len(all_places(batches)), 'instance')}: {spread(batches)}"


def extent(batches: Iterable[Batch]) -> Extent:
    """How many accounts, regions and instances these are about."""
    return extent_of(all_places(batches))


def extent_of(places: Collection[Place]) -> Extent:
    """The same of places with an instance each."""
    return Extent(len({at[0] for at in places}), len({at[1] for at in places}), len(places))


def spread(batches: Iterable[Batch]) -> str:
    """In how many accounts and regions, as in `3 accounts, 2 regions`."""
    found = extent(batches)
    return f"{amount(found.accounts, 'account')}, {amount(found.regions, 'region')}"


def all_places(batches: Iterable[Batch]) -> frozenset[Place]:
    """Every account and region that these operations are about."""
    return frozenset[Place]().union(*(batch.places for batch in batches))


def amount(count: int, noun: str) -> str:
    """A number with its noun, as in `1 account` and `2 accounts`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
