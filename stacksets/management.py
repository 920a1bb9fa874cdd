"""natrec in the management account: the rule that tells of accounts, and a spoke where asked for.

A stack set never reaches the management account (CloudFormation User Guide, "Service-managed StackSets").
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from orgconfig.models import OrgConfig
from stacksets.administration import Administrator
from stacksets.leaving import Leaving
from stacksets.outcomes import Outcome
from stacksets.places import home_region
from stacksets.reasons import explain
from stacksets.skipping import OWN, looked
from stacksets.stacks import StackError, Stacks
from stacksets.steps import Change, Step

# What the hub's policy in force says of `targets`.
Targets = Mapping[str, Any]


@dataclass(frozen=True)
class Management:
    """The plain stacks of the management account.

    Attributes:
        config: The organization's config.
        administrator: Who administers; only the management account itself can be looked into.
        stacks: The stacks of a region of it.
        made: The step that makes a stack in a region of it, from its name and template.
        failed: Where spokes that failed are told: they stop nothing else.
        leaves: Ends what goes on where a spoke goes.
        disabled: Answers target regions that the administrator has not enabled.

    """

    config: OrgConfig
    administrator: Administrator
    stacks: Callable[[str], Stacks]
    made: Callable[[str, str, str], Step]
    failed: Callable[[Outcome], None]
    leaves: Leaving
    disabled: Callable[[], Collection[str]]

    def rule(self, template: str) -> Step:
        """The stack in the region where Organizations lives, which tells the hub of accounts."""
        region = home_region(self.config.organization.hub.region)
        return self._make(self.config.names.management_stack, region, template)

    def spokes(self, template: str) -> Iterator[Step]:
        """The spoke in each target region, where the config includes the management account."""
        if self.config.targets.include_management_account:
            for region in self.config.targets.regions:
                yield self._own(region, template)

    def leftovers(self, before: Targets, remembered: Collection[str]) -> Iterator[Step]:
        """Spokes of regions that have left the targets, or of all where the switch was turned.

        Args:
            before: The targets of the policy in force, for regions that the config does not name any more.
            remembered: Regions that earlier policies named for it, for a run that was interrupted.

        """
        targets = self.config.targets
        wanted = set(targets.regions) if targets.include_management_account else set()
        was = before.get("regions", ()) if before.get("include_management_account") else ()
        looked_into = {*was, *targets.regions, *remembered} if self.administrator.manages else set(was)
        for region in sorted(looked_into - wanted):
            if step := self._leftover(region):
                yield step

    def _own(self, region: str, template: str) -> Step:
        """One region's spoke; a region that is not enabled stops no other."""
        name = self.config.names.spoke_stack

        def made() -> Step:
            step = self._make(name, region, template)
            return replace(step, run=self._told(step))

        disabled = self.administrator.manages and region in self.disabled()
        return looked(made, lambda: self._skipped(name, region), disabled=disabled)

    def _leftover(self, region: str) -> Step | None:
        name = self.config.names.spoke_stack
        if not self.administrator.manages:
            return self._left_alone(name, region)
        return looked(lambda: self._goes(name, region), lambda: self._skipped(name, region))

    def _goes(self, name: str, region: str) -> Step | None:
        stacks = self.stacks(region)
        if stacks.find(name) is None:
            return None
        at = (self.config.organization.management_account, region)
        told = self.leaves.foretold({at})
        change = Change("delete", f"the management account is no target here any more{told}")

        def leave() -> None:
            if not self.leaves.end({at}):
                stacks.delete(name)

        return self._step(name, region, change, leave)

    def _make(self, name: str, region: str, template: str) -> Step:
        return (
            self.made(name, region, template)
            if self.administrator.manages
            else self._left_alone(name, region)
        )

    def _told(self, step: Step) -> Callable[[], object]:
        def run() -> None:
            try:
                step.run()
            except StackError as error:
                reason = explain(error.what)
                self.failed(Outcome(step.account, step.region, reason.kind, reason))

        return run

    def _left_alone(self, name: str, region: str) -> Step:
        told = "not looked at: that takes the management account's credentials (--management-profile)"
        return self._step(name, region, Change("none", told), lambda: None)

    def _skipped(self, name: str, region: str) -> Step:
        return self._step(name, region, Change("none", f"skipped: {OWN}"), lambda: None)

    def _step(self, name: str, region: str, change: Change, run: Callable[[], object]) -> Step:
        account = self.config.organization.management_account
        return Step(f"stack {name}", account, region, change, run)
