"""Takes natrec out of an organization: recordings first, then spokes, then the hub; data stays unless told.

Every step is found out by reading and is safe to repeat, so that a removal that was interrupted continues.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from orgconfig.models import OrgConfig
from stacksets.administration import PRINCIPAL, Administrator, administrator
from stacksets.data import Data, Stays
from stacksets.desired import Desired
from stacksets.ending import Ending
from stacksets.flow_logs import FlowLogs
from stacksets.leases import leases, place_of
from stacksets.leaving import Leaving
from stacksets.moving import Deployed
from stacksets.outcomes import Told, Watch
from stacksets.places import home_region
from stacksets.reconciling import Batch, counted, extent, leaving, place, stranded
from stacksets.rendering import render_spoke
from stacksets.skipping import OWN, looked
from stacksets.spokes import Spokes
from stacksets.stack_sets import Observed, StackSet, StackSetError
from stacksets.stacks import Stacks
from stacksets.steps import UNCHANGED, Change, Clients, Renewed, Step
from stacksets.trust import Trust

_GONE = Change("none", "it is not there")
_SHOWN = 10


@dataclass
class Removal:
    """One config's natrec, as it is removed.

    Attributes:
        config: The organization's config.
        clients: How AWS is reached.
        archive: Whether the archive goes too.
        history: Whether the table goes too, and the reports with it.
        sleep: Waits between two looks at a running operation.
        poll: For how many seconds.
        watch: Who is told step by step.
        stays: What stays, and why; complete once `run` has ended.

    """

    config: OrgConfig
    clients: Clients
    archive: bool = False
    history: bool = False
    sleep: Callable[[float], None] = time.sleep
    poll: float = 5
    watch: Watch = field(default_factory=lambda: Told(lambda _: None))
    stays: list[Stays] = field(default_factory=list)

    def plan(self) -> tuple[Step, ...]:
        """Every step in its order, those of what is gone already too. AWS is only read.

        Raises:
            MovedError: The hub is deployed somewhere else than the config says.
            NatrecError: Nobody who can be reached may administer stack sets.

        """
        there = self._observed
        Deployed(self.config, self.clients, self._who, there).check_place()
        return (*self._recordings(there), *self._spokes(there), *self._plain(), *self._hub_steps())

    def run(self, steps: Sequence[Step]) -> tuple[Stays, ...]:
        """Carry out every step that removes something.

        Returns:
            What stays, and why.

        Raises:
            NatrecError: A step failed; later ones were not begun. Run again, it continues.

        """
        for step in steps:
            if step.changes:
                self.watch.begin(step)
                step.run()
                self.watch.end(step)
        return (*self.stays, *self._data.stays(), *self._trust())

    # What the hub is doing.

    def _recordings(self, there: Observed) -> Iterator[Step]:
        ending, hub = Ending(self.config, self.clients), self.config.organization.hub
        at, rules, running = (hub.account, hub.region), ending.enabled(), ending.running()
        openers = Change("update", f"disables {', '.join(rules)}: nothing opens a recording any more")
        yield Step("rules", *at, openers if rules else _GONE, ending.disable)
        # While rules are on, more may open between the plan and its doing.
        closes = Change("delete", f"closes all that are open; now {len(running)}")
        idle = Change("none", "none is open")
        yield Step("open recordings", *at, closes if running or rules else idle, self._close)
        places = self._places(there)
        flow_logs = Change("delete", f"those with natrec's tags, in {len(places)} accounts and regions")
        nowhere = Change("none", "natrec is in no account")
        yield Step("flow logs", *at, flow_logs if places else nowhere, lambda: self._delete_flow_logs(places))

    def _close(self) -> None:
        for failed in Ending(self.config, self.clients).close():
            self.watch.tell(f"{failed}; its flow logs are looked for next")

    def _places(self, there: Observed) -> frozenset[tuple[str, str]]:
        """Where natrec may have made flow logs."""
        hub = self.config.organization.hub
        found = {place(each) for each in there.instances if self._is_open(str(each["Account"]))}
        hub_there = self._stacks(hub.account, hub.region).find(self.config.names.hub_stack) is not None
        if found or hub_there:
            found |= self._desired.places
            if self.config.targets.include_management_account:
                manager = self.config.organization.management_account
                found |= {(manager, region) for region in self.config.targets.regions}
        # Places that have left the targets, while something was recorded there that nobody could close.
        found |= {place_of(each) for each in leases(self.config, self.clients)}
        return frozenset(found)

    def _is_open(self, account: str) -> bool:
        members = self._desired.members
        return account in members.accounts and account not in members.suspended

    def _delete_flow_logs(self, places: frozenset[tuple[str, str]]) -> None:
        flow_logs = FlowLogs(self.config, self.clients)
        count = flow_logs.delete(places)
        self.watch.tell(f"{count} flow logs deleted")
        for account, reason in sorted(flow_logs.unreachable.items()):
            why = f"not looked into, the hub has closed what it knew of there: {reason}"
            self.stays.append(Stays(f"flow logs in account {account}, if any", why))

    # The spokes.

    def _spokes(self, there: Observed) -> Iterator[Step]:
        at, name = (self._who.account, self.config.organization.hub.region), self.config.names.spoke_stack_set
        if there.template is None:
            yield Step(f"stack set {name}", *at, _GONE, lambda: None)
            return
        batches = self._leaving(there)
        gone = Change("delete", counted(batches), extent=extent(batches))
        change = gone if batches else Change("none", "there is none")
        yield Step(f"instances of {name}", *at, change, self._delete_instances)
        yield Step(f"stack set {name}", *at, Change("delete", "once it has no instances"), self._delete_set)

    def _leaving(self, there: Observed) -> tuple[Batch, ...]:
        nowhere = Desired((), (), self._desired.members)
        return leaving(nowhere, there.aimed, there.instances)

    def _delete_instances(self) -> None:
        for batch in self._leaving(self._stack_set.read()):
            self._stack_set.delete(batch)

    def _delete_set(self) -> None:
        """Accounts that are closed or have left, and disabled regions, keep theirs: nobody can act there."""
        nowhere, found = Desired((), (), self._desired.members), self._stack_set.instances()
        for batch in stranded(nowhere, {place(each) for each in found}, found):
            self._stack_set.forget(batch)
            for account, region in sorted(batch.places):
                why = "the region is not enabled there; its stack, if there is one, shows when it is again"
                self.stays.append(Stays(f"the spoke in {account} {region}", why))
        left = self._stack_set.instances()
        failed = [each for each in left if self._is_open(str(each["Account"]))]
        if failed:
            told = [f"{each['Account']} {each['Region']}: {each.get('StatusReason', '')}" for each in failed]
            more = [f"and {len(told) - _SHOWN} more"] if len(told) > _SHOWN else []
            raise StackSetError(
                "\n  ".join([f"{len(failed)} instances could not be deleted", *told[:_SHOWN], *more]),
                f"stack set {self._stack_set.name}",
                "Mend these accounts, then run `natrec destroy` again.",
            )
        for each in left:
            self._stack_set.abandon(str(each["OrganizationalUnitId"]), *place(each))
            why = "the account is closed or has left the organization; its stack goes with it"
            self.stays.append(Stays(f"the spoke in {each['Account']} {each['Region']}", why))
        self._stack_set.drop()

    def _plain(self) -> Iterator[Step]:
        """The plain stacks of the management account: its own spokes, and the rule that tells of accounts."""
        names, manager = self.config.names, self.config.organization.management_account
        regions = dict.fromkeys(self.config.targets.regions)
        home = home_region(self.config.organization.hub.region)
        for name, region in [
            *((names.spoke_stack, each) for each in regions),
            (names.management_stack, home),
        ]:
            yield self._plain_stack(name, manager, region)

    def _plain_stack(self, name: str, manager: str, region: str) -> Step:
        at = (f"stack {name}", manager, region)
        if not self._who.manages:
            told = "not looked at: that takes the management account's credentials (--management-profile)"
            return Step(*at, Change("none", told), lambda: None)
        return looked(
            lambda: self._stack(name, manager, region),
            lambda: Step(*at, Change("none", f"skipped: {OWN}"), lambda: None),
            disabled=region in self._desired.disabled,
        )

    # The hub.

    def _hub_steps(self) -> Iterator[Step]:
        names, hub = self.config.names, self.config.organization.hub
        yield self._stack(names.hub_stack, hub.account, hub.region)
        yield from self._data.of_hub()
        if self.archive:
            archive = self.config.organization.archive
            yield self._stack(names.archive_stack, archive.account, hub.region)
            yield self._data.of_archive()

    def _stack(self, name: str, account: str, region: str) -> Step:
        stacks = self._stacks(account, region)
        there = stacks.find(name) is not None
        change = Change("delete", "with everything in it but data") if there else _GONE
        return Step(f"stack {name}", account, region, change, lambda: stacks.delete(name))

    def _trust(self) -> Iterator[Stays]:
        """Others may rely on both, and who made them is not written anywhere: natrec leaves them."""
        hub = self.config.organization.hub
        if not self._who.manages:
            return
        trust = Trust(self.config, self.clients, self._who)
        if trust.delegation() == UNCHANGED:
            command = f"--account-id {hub.account} --service-principal {PRINCIPAL}"
            yield Stays(
                f"the hub {hub.account} as delegated administrator of stack sets",
                "other stack sets may need it; where none does: "
                f"aws organizations deregister-delegated-administrator {command}",
            )
        if trust.access() == UNCHANGED:
            yield Stays(
                "trusted access of stack sets to the organization",
                "other stack sets may need it; where none does: "
                f"aws cloudformation deactivate-organizations-access --region {hub.region}",
            )

    @cached_property
    def _who(self) -> Administrator:
        return administrator(self.config, self.clients)

    @cached_property
    def _data(self) -> Data:
        return Data(self.config, self.clients, archive=self.archive, history=self.history, watch=self.watch)

    @cached_property
    def _observed(self) -> Observed:
        trusted = Trust(self.config, self.clients, self._who).access() == UNCHANGED
        return self._stack_set.read() if trusted else Observed(None, ())

    @cached_property
    def _desired(self) -> Desired:
        return Spokes(
            self.config,
            self.clients,
            self._who,
            self._stack_set,
            render_spoke(self.config),
            Leaving(self.config, self.clients, self.watch.tell, self.sleep),
        ).desired

    @cached_property
    def _stack_set(self) -> StackSet:
        region = self.config.organization.hub.region
        client: Any = Renewed(self.clients, self._who.account, region, "cloudformation")
        name, who = self.config.names.spoke_stack_set, self._who.call_as
        return StackSet(client, name, self.sleep, self.poll, who, self.watch)

    def _stacks(self, account: str, region: str) -> Stacks:
        client = self.clients(account, region, "cloudformation")
        return Stacks(client, f"{account} {region}", self.poll, self.watch.tell)
