"""Puts natrec into an organization: trust, artifacts, archive, hub, policy, and the spoke in every target."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from orgconfig.models import OrgConfig
from orgconfig.models.organization import Hub
from orgconfig.origin import Origin
from stacksets.artifacts import Artifacts
from stacksets.bundling import Bundle
from stacksets.hub_policy import HubPolicy, sound_policy
from stacksets.places import accounts_below, home_region
from stacksets.rendering import render_archive, render_hub, render_management, render_spoke
from stacksets.stack_sets import Observed, StackSet
from stacksets.stacks import Stacks, Template
from stacksets.steps import Clients, Step
from stacksets.trust import Trust

__all__ = ["Clients", "Deployment"]

Say = Callable[[str], None]


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

    """

    config: OrgConfig
    clients: Clients
    bundle: Bundle
    say: Say
    sleep: Callable[[float], None] = time.sleep
    poll: float = 5
    origin: Origin | None = None

    def plan(self) -> tuple[Step, ...]:
        """Every step in its order, those without a change too. AWS is only read.

        Raises:
            PolicyError: The hub would not understand the compiled policy.

        """
        return (*self._foundation(), *self._hub_steps(), *self._spoke_steps())

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
        for step in self.plan() if steps is None else steps:
            if step.changes:
                self.say(str(step))
                step.run()
        return self._stacks(self._hub.account, self._hub.region).outputs(self.config.names.hub_stack)

    @property
    def _hub(self) -> Hub:
        return self.config.organization.hub

    @property
    def _management(self) -> str:
        return self.config.organization.management_account

    def _stacks(self, account: str, region: str) -> Stacks:
        client = self.clients(account, region, "cloudformation")
        return Stacks(client, f"{account} {region}", self.poll)

    def _foundation(self) -> Iterator[Step]:
        """What must be there before the hub."""
        trust, region = Trust(self.config, self.clients), self._hub.region
        yield Step("trusted access for stack sets", self._management, region, trust.access(), trust.enable)
        yield Step("delegated administrator", self._management, region, trust.delegation(), trust.delegate)
        artifacts = self._artifacts
        yield Step(
            f"bucket {artifacts.bucket}",
            self._hub.account,
            region,
            artifacts.change(self.bundle),
            lambda: artifacts.put(self.bundle),
        )
        archive, names = self.config.organization.archive, self.config.names
        yield self._stack(names.archive_stack, (archive.account, region), render_archive(self.config))

    def _hub_steps(self) -> Iterator[Step]:
        """The hub, what it must know, and the one rule that keeps it knowing."""
        policy = HubPolicy(self.config, self.clients, sound_policy(self.config, self.origin))
        place, names = (self._hub.account, self._hub.region), self.config.names
        parameters = {"ArtifactBucket": self._artifacts.bucket, "ArtifactKey": self.bundle.key}
        # Its template is above the limit of one that is given as text.
        hub = self._stack(names.hub_stack, place, render_hub(self.config), parameters, through_bucket=True)
        stored = Step("policy", *place, policy.change(), policy.put)
        told = policy.members(asked=hub.changes or stored.changes)
        home = (self._management, home_region(self._hub.region))
        yield from (hub, stored, Step("members", *place, told, policy.refresh))
        yield self._stack(names.management_stack, home, render_management(self.config))

    def _stack(
        self,
        name: str,
        place: tuple[str, str],
        text: str,
        parameters: Mapping[str, str] | None = None,
        *,
        through_bucket: bool = False,
    ) -> Step:
        stacks, given = self._stacks(*place), parameters or {}

        def ensure() -> None:
            url = self._artifacts.put_template(f"{name}.yaml", text) if through_bucket else None
            stacks.ensure(name, Template(url=url) if url else Template(body=text), given)

        return Step(f"stack {name}", *place, stacks.change(name, text, given), ensure)

    def _spoke_steps(self) -> Iterator[Step]:
        """The spoke in every target."""
        place, targets = (self._management, self._hub.region), self.config.targets
        spokes, accounts, text = self._stack_set, self._accounts, render_spoke(self.config)

        # Without trusted access there is no stack set, and CloudFormation refuses to look for one.
        trusted = Trust(self.config, self.clients).access().action == "none"
        there = spokes.read() if trusted else Observed(None, ())
        made, missing = there.change(text, accounts), there.missing(accounts, targets.regions)

        def ensure() -> None:
            spokes.ensure(text, f"{self.config.namespace} in every account and region: alarms and roles")
            if missing.action == "none":
                spokes.check(accounts)

        def deploy() -> None:
            spokes.deploy(targets.ous, targets.regions, targets.exclude_accounts)
            spokes.check(accounts)

        yield Step(f"stack set {spokes.name}", *place, made, ensure)
        yield Step(f"instances of {spokes.name}", *place, missing, deploy)

    @cached_property
    def _artifacts(self) -> Artifacts:
        client: Any = self.clients(self._hub.account, self._hub.region, "s3")
        bucket = self.config.names.artifacts_bucket(self._hub.account, self._hub.region)
        return Artifacts(client, bucket, self._hub.region)

    @cached_property
    def _stack_set(self) -> StackSet:
        client = self.clients(self._management, self._hub.region, "cloudformation")
        return StackSet(client, self.config.names.spoke_stack_set, self.sleep, self.poll)

    @cached_property
    def _accounts(self) -> frozenset[str]:
        """The accounts that get the spoke; a stack set never reaches the management account."""
        client = self.clients(self._management, self._hub.region, "organizations")
        below = accounts_below(client, self.config.targets.ous)
        return frozenset(below - {self._management, *self.config.targets.exclude_accounts})
