"""Puts natrec into an organization: trust, artifacts, archive, hub, policy, and the spoke in every target."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from orgconfig.models import OrgConfig
from orgconfig.models.organization import Hub
from orgconfig.origin import Origin
from stacksets.administration import Administrator, administrator
from stacksets.artifacts import Artifacts
from stacksets.bundling import Bundle
from stacksets.costs import Cost, basis, costs
from stacksets.detecting import Looking
from stacksets.ending import Ending
from stacksets.former import former_archive
from stacksets.hub_policy import HubPolicy, sound_policy
from stacksets.inspection.parts import lost_parts
from stacksets.kept import Remains
from stacksets.leases import leases
from stacksets.leaving import FORGETS, Leaving
from stacksets.management import Management
from stacksets.moving import Deployed
from stacksets.operations import StackSetError
from stacksets.others import check, others
from stacksets.outcomes import Outcome, Told, Watch
from stacksets.own_spokes import own_outcomes
from stacksets.reconciling import amount, extent_of
from stacksets.rendering import render_archive, render_hub, render_management, render_spoke
from stacksets.spokes import Spokes
from stacksets.stack_sets import Observed, StackSet
from stacksets.stacks import Stacks, Template
from stacksets.steps import Change, Clients, Extent, Renewed, Step
from stacksets.taking_over import Kept
from stacksets.trust import Trust

__all__ = ["Applied", "Clients", "Deployment"]

Say = Callable[[str], None]
_TOLD = 10  # failed instances that are listed one by one


@dataclass(frozen=True)
class Applied:
    """What came of applying.

    Attributes:
        outputs: The hub stack's outputs.
        outcomes: What became of every account and region of the targets.

    """

    outputs: Mapping[str, str]
    outcomes: tuple[Outcome, ...]

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """Accounts and regions that failed."""
        return tuple(each for each in self.outcomes if each.state == "failed")


@dataclass(frozen=True)
class Deployment:
    """One config's natrec in one organization; applying it again changes only what differs.

    Attributes:
        config: The organization's config.
        clients: How AWS is reached.
        bundle: The functions' zip.
        say: Where progress is told.
        sleep: Waits between two looks at a running operation.
        poll: For how many seconds.
        origin: The file of the config, for refusals name its lines.
        watch: Who is told step by step; a line for each where nobody is.
        retry_skipped: Whether accounts and regions that were skipped are tried again.
        forgets: Seconds until no function of the hub goes by the policy before.
        beside: Namespaces of installations that shall stand beside this one.

    """

    config: OrgConfig
    clients: Clients
    bundle: Bundle
    say: Say
    sleep: Callable[[float], None] = time.sleep
    poll: float = 5
    origin: Origin | None = None
    watch: Watch | None = None
    retry_skipped: bool = False
    forgets: float = FORGETS
    beside: frozenset[str] = frozenset()
    _failures: list[Outcome] = field(default_factory=list, repr=False, compare=False)

    def plan(self) -> tuple[Step, ...]:
        """Every step in its order, those without a change too. AWS is only read.

        Raises:
            MovedError, BesideError: What is deployed has another name or place than the config says.
            NatrecError: Nobody who can be reached may administer stack sets, or the targets are none.
            PolicyError: The hub would not understand the compiled policy.

        """
        # Once for all of it: a large stack set is hundreds of pages.
        there = self._observed()
        deployed = Deployed(self.config, self.clients, self.administrator, there, self.origin)
        self._refuse_moves(deployed)
        return (*self._foundation(deployed), *self._hub_steps(), *self._spoke_steps(there))

    def apply(self, steps: Sequence[Step] | None = None) -> dict[str, str]:
        """Carry out every step that changes something.

        Args:
            steps: What `plan` answered; planned anew where it is left out.

        Returns:
            The hub stack's outputs.

        Raises:
            PolicyError: The hub would not understand the policy; nothing was changed.
            RefreshError: The hub cannot read the organization; later steps were not begun.
            StackError: A stack failed; later steps were not begun.
            StackSetError: The stack set was refused, or some of its instances failed.

        """
        applied = self.carry_out(self.plan() if steps is None else steps)
        if applied.failed:
            raise _failure(applied.failed, self.config.names.spoke_stack_set)
        return dict(applied.outputs)

    def policy_steps(self, *, asked: bool = False) -> tuple[Step, ...]:
        """The two that touch no stack: all that a hub needs which was deployed by other means.

        Args:
            asked: Whether the hub must read the organization in any case.

        """
        policy, place = self._policy, (self._hub.account, self._hub.region)
        stored = Step("policy", *place, policy.change(), policy.put)
        told = policy.members(asked=asked or stored.changes)
        return stored, Step("members", *place, told, policy.refresh)

    def carry_out(self, steps: Sequence[Step]) -> Applied:
        """Carry out every step that changes something; accounts and regions that fail stop nothing.

        Args:
            steps: What `plan` answered.

        Raises:
            RefreshError: The hub cannot read the organization; later steps were not begun.
            StackError: A stack of the hub or the archive failed; later steps were not begun.
            StackSetError: The stack set was refused.

        """
        self._failures.clear()
        self.run(steps)
        outputs = self._stacks(self._hub.account, self._hub.region).outputs(self.config.names.hub_stack)
        failed = {(each.account, each.region): each for each in self._failures}
        others = [each for each in self.outcomes() if (each.account, each.region) not in failed]
        return Applied(outputs, (*others, *failed.values()))

    def run(self, steps: Sequence[Step]) -> None:
        """Carry out every step that changes something, and tell nothing of the whole.

        Args:
            steps: Of `plan`, or of `policy_steps`.

        Raises:
            NatrecError: As `carry_out` does.

        """
        for step in steps:
            if step.changes:
                self._watch.begin(step)
                step.run()
                self._watch.end(step)

    def outcomes(self) -> tuple[Outcome, ...]:
        """What has become of every account and region of the targets; AWS is only read."""
        own = own_outcomes(
            self.config,
            self.administrator,
            lambda region: self._stacks(self._manager, region),
            self._spokes.desired.disabled,
        )
        return (*self._spokes.outcomes(self._observed()), *own)

    def extents(self) -> dict[str, Extent]:
        """How many accounts, regions and instances each stack set shall have, by its name."""
        return {self.config.names.spoke_stack_set: extent_of(self._spokes.desired.places)}

    def costs(self) -> tuple[Cost, ...]:
        """What each part costs a month before anything is recorded."""
        return costs(self.config, len(self._spokes.desired.places))

    def cost_basis(self) -> str:
        """Whose prices these costs are made of, in words."""
        return basis(self.config)

    def _refuse_moves(self, deployed: Deployed) -> None:
        deployed.check()
        if not deployed.hub:
            found = [*others(self.config, self.clients, self.administrator)]
            check(self.config, found, self.beside, self.origin.file if self.origin else "natrec.yaml")

    @property
    def _watch(self) -> Watch:
        return self.watch or Told(self.say)

    @property
    def _hub(self) -> Hub:
        return self.config.organization.hub

    @property
    def _manager(self) -> str:
        return self.config.organization.management_account

    @cached_property
    def administrator(self) -> Administrator:
        """Who administers the stack set."""
        return administrator(self.config, self.clients)

    def _stacks(self, account: str, region: str) -> Stacks:
        client = self.clients(account, region, "cloudformation")
        return Stacks(client, f"{account} {region}", self.poll, self._watch.tell)

    def _foundation(self, deployed: Deployed) -> Iterator[Step]:
        """What must be there before the hub."""
        trust, region = self._trust, self._hub.region
        yield Step("trusted access for stack sets", self._manager, region, trust.access(), trust.enable)
        yield Step("delegated administrator", self._manager, region, trust.delegation(), trust.delegate)
        artifacts = self._artifacts
        yield Step(
            f"bucket {artifacts.bucket}",
            self._hub.account,
            region,
            artifacts.change(self.bundle),
            lambda: artifacts.put(self.bundle),
        )
        recording = lambda: len(leases(self.config, self.clients))  # noqa: E731
        yield from former_archive(self.config, self.clients, deployed, recording)
        archive, names = self.config.organization.archive, self.config.names
        place, text = (archive.account, region), render_archive(self.config)
        yield self._stack(
            names.archive_stack, place, text, kept=Remains(self.config, self.clients).of_archive
        )

    def _hub_steps(self) -> Iterator[Step]:
        """The hub, what it must know, and the one rule that keeps it knowing."""
        place, names = (self._hub.account, self._hub.region), self.config.names
        parameters = {"ArtifactBucket": self._artifacts.bucket, "ArtifactKey": self.bundle.key}
        # Its template is above the limit of one that is given as text.
        hub = self._stack(
            names.hub_stack,
            place,
            render_hub(self.config),
            parameters,
            through_bucket=True,
            kept=Remains(self.config, self.clients).of_hub,
            lost=lambda template: lost_parts(self.clients, *place, template),
        )
        yield hub
        if old := self._artifacts.superseded(self.bundle):
            what = Change("delete", f"{amount(len(old), 'zip')} that newer ones have superseded")
            yield Step(f"old code in {self._artifacts.bucket}", *place, what, self._prune)
        yield from self.policy_steps(asked=hub.changes)
        ending = Ending(self.config, self.clients)
        if stopped := ending.disabled():
            change = Change("update", f"enables {', '.join(stopped)}, without which nothing is recorded")
            yield Step("rules", *place, change, ending.enable)
        yield self._management.rule(render_management(self.config))

    def _prune(self) -> None:
        stacks = self._stacks(self._hub.account, self._hub.region)
        self._artifacts.prune(self.bundle, stacks.find(self.config.names.hub_stack))

    def _stack(
        self,
        name: str,
        place: tuple[str, str],
        text: str,
        parameters: Mapping[str, str] | None = None,
        *,
        through_bucket: bool = False,
        kept: Callable[[], Sequence[Kept]] = tuple,
        lost: Callable[[str], Sequence[str]] = lambda _: (),
    ) -> Step:
        stacks, given = self._stacks(*place), parameters or {}

        def ensure() -> None:
            url = self._artifacts.put_template(f"{name}.yaml", text) if through_bucket else None
            template = Template(url=url) if url else None
            stacks.ensure(name, text, given, template=template, kept=kept, lost=lost)

        return Step(f"stack {name}", *place, stacks.change(name, text, given, kept, lost), ensure)

    def look_for_drift(self) -> None:
        """Have CloudFormation look for what others changed or deleted, in every stack of natrec.

        It changes nothing, but takes minutes, for a stack set of many instances hours; a plan that follows
        knows what was found.
        """
        Looking(self.config, self.clients, self.administrator, self._watch, self.sleep, self.poll).run()

    def _spoke_steps(self, there: Observed) -> Iterator[Step]:
        """The spoke in every target, and in no other place.

        After the policy, for as long as it covers a place the next onset there opens what was just closed.
        """
        yield from self._management.leftovers(self._policy.targets(), self._policy.remembered())
        yield from self._spokes.steps(there)
        yield from self._management.spokes(self._spokes.template)

    def _observed(self) -> Observed:
        # Without trusted access there is no stack set, and CloudFormation refuses to look for one.
        trusted = self._trust.access().action == "none"
        return self._spokes.stack_set.read() if trusted else Observed(None, ())

    @cached_property
    def _trust(self) -> Trust:
        return Trust(self.config, self.clients, self.administrator)

    @cached_property
    def _policy(self) -> HubPolicy:
        return HubPolicy(self.config, self.clients, sound_policy(self.config, self.origin))

    @cached_property
    def _management(self) -> Management:
        return Management(
            self.config,
            self.administrator,
            lambda region: self._stacks(self._manager, region),
            lambda name, region, text: self._stack(name, (self._manager, region), text),
            self._failures.append,
            self._leaving,
            lambda: self._spokes.desired.disabled,
        )

    @cached_property
    def _leaving(self) -> Leaving:
        return Leaving(self.config, self.clients, self._watch.tell, self.sleep, self.forgets)

    @cached_property
    def _artifacts(self) -> Artifacts:
        client: Any = self.clients(self._hub.account, self._hub.region, "s3")
        bucket = self.config.names.artifacts_bucket(self._hub.account, self._hub.region)
        return Artifacts(client, bucket, self._hub.region)

    @cached_property
    def _spokes(self) -> Spokes:
        who = self.administrator
        client = Renewed(self.clients, who.account, self._hub.region, "cloudformation")
        name = self.config.names.spoke_stack_set
        stack_set = StackSet(client, name, self.sleep, self.poll, who.call_as, self._watch)
        text = render_spoke(self.config)
        return Spokes(self.config, self.clients, who, stack_set, text, self._leaving, self.retry_skipped)


def _failure(failed: Sequence[Outcome], stack_set: str) -> StackSetError:
    told = [f"{each.account} {each.region}: {each.reason}" for each in failed]
    more = [f"and {len(told) - _TOLD} more"] if len(told) > _TOLD else []
    return StackSetError(
        "\n  ".join([f"{len(failed)} instances failed", *told[:_TOLD], *more]),
        f"stack set {stack_set}",
        "Everything else is in place. Mend these accounts, then apply again.",
    )
