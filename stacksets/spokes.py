"""The spoke in every target, as steps: what leaves, the stack set itself, what is missing, what failed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from orgconfig.errors import NatrecError
from orgconfig.models import OrgConfig
from stacksets.administration import Administrator
from stacksets.desired import Desired
from stacksets.leaving import Leaving
from stacksets.mending import Mending
from stacksets.operations import described
from stacksets.outcomes import Outcome, of_instance
from stacksets.places import organization_members
from stacksets.reasons import Reason
from stacksets.reconciling import (
    Batch,
    Instance,
    all_places,
    amount,
    broken,
    counted,
    extent,
    extent_of,
    leaving,
    missing,
    place,
    spread,
    stranded,
    without,
)
from stacksets.skipping import Skipping, disabled_regions
from stacksets.stack_sets import Observed, StackSet
from stacksets.steps import UNCHANGED, Change, Clients, Extent, Step

# CloudFormation User Guide, "Quotas": bytes of a TemplateBody. No bucket is readable to every administrator.
LARGEST_TEMPLATE = 51_200

_NOT_GONE = Reason("failed", "it is no target any more, and still there", "Run `natrec apply` again.")
_NOT_MADE = Reason("failed", "there is no instance", "Run `natrec apply` again.")


@dataclass(frozen=True)
class Spokes:
    """The stack set's instances against the targets of a config.

    Attributes:
        config: The organization's config.
        clients: How AWS is reached.
        administrator: Who administers the stack set.
        stack_set: The stack set.
        template: Its template.
        leaves: Ends what goes on where a spoke goes.
        retry_skipped: Whether what was skipped is tried again.

    """

    config: OrgConfig
    clients: Clients
    administrator: Administrator
    stack_set: StackSet
    template: str
    leaves: Leaving
    retry_skipped: bool = False

    @cached_property
    def desired(self) -> Desired:
        """Where the spoke shall be; the organization is read once."""
        targets, organization = self.config.targets, self.config.organization
        members = organization_members(self._client("organizations"))
        unknown = sorted(set(targets.ous) - set(members.ous))
        if unknown:
            raise NatrecError(
                f"the organization has no {', '.join(unknown)}",
                "targets.ous",
                "Look at the ids of roots and OUs in Organizations.",
            )
        return Desired(
            tuple(targets.ous),
            tuple(targets.regions),
            members,
            frozenset(targets.exclude_accounts),
            frozenset({organization.management_account}),
            disabled_regions(self.config, self.clients, self.administrator),
        )

    def steps(self, there: Observed) -> Iterator[Step]:
        """Every step, those without a change too; each reads again before it acts.

        What runs now decides nothing: its instances are looked at when it has ended.

        Raises:
            NatrecError: The template is larger than CloudFormation takes.

        """
        _fits(self.template)
        name, change = self.stack_set.name, there.change(self.template)
        if there.running:
            waits = Change("update", f"waits for {'; '.join(map(described, there.running))}")
            yield self._step(f"operation on {name}", waits, self.stack_set.operations.settle)
        gone = self._leaving(there)
        if gone:
            yield self._step(
                f"instances of {name} that are no targets",
                Change(
                    "delete",
                    f"{counted(gone)}{self._again(gone)}{self.leaves.foretold(all_places(gone))}",
                    extent=extent(gone),
                ),
                self._leave,
            )
        if change.action == "update":
            reached = extent_of({place(each) for each in there.instances})
            told = f"{change.detail}; reaches {amount(reached.instances, 'instance')}"
            change = Change("update", told, extent=reached)
        mending = self._mending
        if (forsaken := mending.forsaken(there)).action != "none":
            yield self._step("recordings without a spoke", forsaken, mending.close)
        yield self._step(f"stack set {name}", change, self._ensure)
        if (changed := mending.drifted(there)).action != "none":
            yield self._step(f"instances of {name} that drifted", changed, mending.renew)
        yield self._step(
            f"instances of {name}",
            self._missing_change(there),
            lambda: self._each(self._missing, self.stack_set.create),
        )
        again = () if change.action == "update" else self._broken(there)
        if again:
            yield self._step(
                f"instances of {name} that failed",
                Change("update", f"tries again {counted(again)}", extent=extent(again)),
                lambda: self._each(self._broken, self.stack_set.retry),
            )

    def outcomes(self, there: Observed) -> tuple[Outcome, ...]:
        """What became of every account and region of the targets, and of what should have gone."""
        desired = self.desired
        kept = {(account, region) for account in desired.targets for region in desired.regions}
        found = {place(each): of_instance(each) for each in there.instances if place(each) in kept}
        skipping = Skipping(desired.members.suspended, desired.disabled)
        for account, region in kept:
            listed = (account, region) in found
            reason = skipping.reason(account, region, there=listed)
            if reason or not listed:
                told = reason or _NOT_MADE
                found[account, region] = Outcome(account, region, told.kind, told)
        left = all_places(self._leaving(there)) - kept
        found |= {place(each): _remaining(each) for each in there.instances if place(each) in left}
        found |= {(each.account, each.region): each for each in self.leaves.outcomes()}
        return tuple(found[at] for at in sorted(found))

    def _step(self, name: str, change: Change, run: Callable[[], object]) -> Step:
        return Step(name, self.administrator.account, self.config.organization.hub.region, change, run)

    def _ensure(self) -> None:
        about = f"{self.config.namespace} in every account and region: alarms and roles"
        if self.stack_set.read().change(self.template).action != "none":
            self.stack_set.ensure(self.template, about)

    def _each(self, find: Callable[[Observed], tuple[Batch, ...]], run: Callable[[Batch], None]) -> None:
        """Find anew what there is to do, for others may have done some of it, and do it."""
        self.stack_set.operations.settle()
        for batch in find(self.stack_set.read()):
            run(batch)

    def _leave(self) -> None:
        """Delete what leaves, once nothing is recorded there; where that failed the instance stays.

        An instance takes the worker and the failsafe with it: a flow log that is on then stays on for ever.
        Places that are made again are closed too: their recordings lose their failsafe.
        """
        self.stack_set.operations.settle()
        batches = self._leaving(self.stack_set.read())
        kept = self.leaves.end(all_places(batches))
        for batch in batches:
            if rest := without(batch, kept):
                self.stack_set.delete(rest)
        for batch in stranded(self.desired, all_places(batches) - kept, self.stack_set.instances()):
            self.stack_set.forget(batch)

    def _again(self, gone: tuple[Batch, ...]) -> str:
        """What is said of targets among them: only a deletion of the whole OU ends its auto-deployment."""
        again = len(all_places(gone) & self.desired.places)
        if not again:
            return ""
        stay = f"{again:,} of them stay targets and are" if again > 1 else "1 of them stays a target and is"
        return (
            f"; {stay} made again, not watched for minutes, for they leave with the OU that covers them now"
        )

    @property
    def _mending(self) -> Mending:
        return Mending(self.desired, self.stack_set, self.leaves, self._leaving)

    def _leaving(self, there: Observed) -> tuple[Batch, ...]:
        return leaving(self.desired, there.reached(self.desired), there.instances)

    def _missing(self, there: Observed) -> tuple[Batch, ...]:
        gone = all_places(self._leaving(there))
        stays = {place(each) for each in there.instances} - gone
        reached = there.reached(self.desired)
        return missing(self.desired, reached, stays)

    def _broken(self, there: Observed) -> tuple[Batch, ...]:
        settled = [each for each in there.instances if not (there.running and _unsettled(each))]
        return broken(self.desired, settled, skipped_too=self.retry_skipped)

    def _missing_change(self, there: Observed) -> Change:
        batches = self._missing(there)
        skipped = sum(each.state == "skipped" for each in self.outcomes(there))
        told = f"; {skipped:,} skipped" if skipped else ""
        if not batches:
            return Change("none", f"{UNCHANGED.detail}{told}")
        absent = sum(len(batch.places) for batch in batches)
        if not absent:
            units = amount(sum(len(batch.ous) for batch in batches), "OU")
            return Change("create", f"accounts that join {units} shall be covered{told}", extent=Extent())
        wanted = len(self.desired.places)
        detail = f"{absent:,} of {wanted:,} are missing: {spread(batches)}{told}"
        return Change("create", detail, extent=extent(batches))

    def _client(self, service: str) -> Any:  # noqa: ANN401 - a client
        return self.clients(self.administrator.account, self.config.organization.hub.region, service)


def _remaining(instance: Instance) -> Outcome:
    outcome = of_instance(instance)
    if outcome.state != "done":
        return outcome
    return Outcome(outcome.account, outcome.region, _NOT_GONE.kind, _NOT_GONE)


def _unsettled(instance: Instance) -> bool:
    detailed = (instance.get("StackInstanceStatus") or {}).get("DetailedStatus")
    return detailed in {"PENDING", "RUNNING"}


def _fits(template: str) -> None:
    if (size := len(template.encode())) > LARGEST_TEMPLATE:
        raise NatrecError(
            f"the spoke's template has {size} bytes, and CloudFormation takes {LARGEST_TEMPLATE}",
            "tiers",
            "Use fewer tiers: each takes about 2,600 bytes.",
        )
