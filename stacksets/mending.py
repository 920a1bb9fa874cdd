"""Spokes that are not what they were: taken away while something is recorded, or changed by others."""

from collections.abc import Callable
from dataclasses import dataclass

from stacksets.desired import Desired, Place
from stacksets.leaving import Leaving
from stacksets.reconciling import Batch, all_places, counted, drifted, place, without
from stacksets.stack_sets import Observed, StackSet
from stacksets.steps import UNCHANGED, Change

_SHOWN = 10


@dataclass(frozen=True)
class Mending:
    """What is done about them.

    Attributes:
        desired: Where spokes shall be.
        stack_set: The stack set.
        leaves: Ends what goes on where a spoke goes.
        leaving: The instances that are deleted anyway.

    """

    desired: Desired
    stack_set: StackSet
    leaves: Leaving
    leaving: Callable[[Observed], tuple[Batch, ...]]

    def forsaken(self, there: Observed) -> Change:
        """Whether something is recorded where no spoke is."""
        found = self._forsaken(there)
        if not found:
            return UNCHANGED
        places = ", ".join(" ".join(at) for at in sorted(found)[:_SHOWN])
        return Change("delete", f"no spoke is left in {places}{self.leaves.foretold(found)}")

    def close(self) -> None:
        """Close it; what cannot be is told among the outcomes."""
        self.leaves.end(self._forsaken(self.stack_set.read()))

    def drifted(self, there: Observed) -> Change:
        """Whether others have changed or deleted parts of instances, as far as CloudFormation has looked."""
        found = self._drifted(there)
        if not found:
            return UNCHANGED
        told = f"others have changed or deleted parts of {counted(found)}; deleted and made again"
        return Change("update", f"{told}{self.leaves.foretold(all_places(found))}")

    def renew(self) -> None:
        """Make them again: an update restores nothing that is gone, as long as its properties are the same.

        For minutes their gateways are not watched. An onset meanwhile is offered by the next full sweep.
        """
        self.stack_set.operations.settle()
        batches = self._drifted(self.stack_set.read())
        kept = self.leaves.end(all_places(batches), stay=True)
        for batch in batches:
            if rest := without(batch, kept):
                self.stack_set.delete(rest)
                self.stack_set.create(rest)

    def _forsaken(self, there: Observed) -> frozenset[Place]:
        """Auto-deployment asks nobody: an account that is moved while it is recorded loses its spoke."""
        desired, has = self.desired, {place(each) for each in there.instances}
        reached = desired.members.accounts.keys() - desired.members.suspended - desired.never
        return frozenset(
            at for at in self.leaves.recorded() if at[0] in reached and at not in has | desired.places
        )

    def _drifted(self, there: Observed) -> tuple[Batch, ...]:
        gone = all_places(self.leaving(there))
        found = drifted(self.desired, there.instances)
        return tuple(rest for each in found if (rest := without(each, gone)))
