"""Has CloudFormation look for drift in all that natrec has deployed: somebody decides, for it takes time."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from orgconfig.models import OrgConfig
from stacksets import drift
from stacksets.administration import Administrator
from stacksets.outcomes import Watch
from stacksets.places import home_region
from stacksets.stack_sets import StackSet
from stacksets.steps import Clients, Renewed, UnreachableError

Named = tuple[str, str, str]


@dataclass(frozen=True)
class Looking:
    """One look at everything.

    Attributes:
        config: The organization's config.
        clients: How AWS is reached.
        administrator: Who administers the stack set.
        watch: Who is told.
        sleep: Waits between two looks at a detection that runs.
        poll: For how many seconds.

    """

    config: OrgConfig
    clients: Clients
    administrator: Administrator
    watch: Watch
    sleep: Callable[[float], None] = time.sleep
    poll: float = 5

    def run(self) -> None:
        """Look at every stack, then at the stack set, and wait for the end of it.

        Raises:
            StackSetError: CloudFormation refused to look at the stack set.

        """
        for name, account, region in _stacks(self.config, self.administrator):
            where = f"stack {name} in {account} {region}"
            try:
                client = self.clients(account, region, "cloudformation")
            except UnreachableError as refused:
                self.watch.tell(f"{where} is not looked at: {refused.what}")
                continue
            status = drift.detect(client, name, self.sleep, self.poll)
            self.watch.tell(f"{where}: {status or 'cannot be looked at'}")
        self._stack_set().detect()

    def _stack_set(self) -> StackSet:
        who, names = self.administrator, self.config.names
        client = Renewed(self.clients, who.account, self.config.organization.hub.region, "cloudformation")
        return StackSet(client, names.spoke_stack_set, self.sleep, self.poll, who.call_as, self.watch)


def _stacks(config: OrgConfig, administrator: Administrator) -> Iterator[Named]:
    """Each plain stack, with its account and region."""
    names, organization = config.names, config.organization
    hub, manager = organization.hub, organization.management_account
    yield names.archive_stack, organization.archive.account, hub.region
    yield names.hub_stack, hub.account, hub.region
    if administrator.manages:
        yield names.management_stack, manager, home_region(hub.region)
        if config.targets.include_management_account:
            for region in config.targets.regions:
                yield names.spoke_stack, manager, region
