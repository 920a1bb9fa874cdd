"""What is examined: one config's natrec, and how AWS is asked about it."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from orgconfig.members import Members
from orgconfig.models import OrgConfig
from orgconfig.origin import Origin
from stacksets.administration import Administrator
from stacksets.inspection.control import RESOURCE, Control
from stacksets.inspection.rendered import Rendered
from stacksets.inspection.targets import Covered, Place, places
from stacksets.places import home_region
from stacksets.rendering import render_archive, render_hub, render_management, render_spoke
from stacksets.skipping import disabled_regions
from stacksets.steps import Clients
from stacksets.trust import Trust

_POLICY = {"pk": {"S": "POLICY"}, "sk": {"S": "CURRENT"}}


@dataclass(frozen=True)
class Installation:
    """One natrec in one organization; safe to use from several threads.

    Attributes:
        config: The organization's config.
        clients: How AWS is reached.
        zip_key: The key of the functions' zip that this config would deploy.
        administrator: Who administers the stack set.
        covered: The accounts that shall have a spoke.
        origin: The file of the config.

    """

    config: OrgConfig
    clients: Clients
    zip_key: str
    administrator: Administrator
    covered: Covered
    origin: Origin | None = None
    _making: Any = field(default_factory=threading.RLock, repr=False, compare=False)

    def client(self, place: Place, service: str) -> Any:  # noqa: ANN401 - a client
        """A client at a place; they are made one at a time, for boto3's sessions are not thread-safe."""
        with self._making:
            return self.clients(place.account, place.region, service)

    @property
    def hub(self) -> Place:
        """Where the hub is."""
        return Place(self.config.organization.hub.account, self.config.organization.hub.region)

    @property
    def archive(self) -> Place:
        """Where the archive is: its stack is in the hub's region."""
        return Place(self.config.organization.archive.account, self.hub.region)

    @property
    def management(self) -> Place:
        """The management account."""
        return Place(self.config.organization.management_account, self.hub.region)

    @property
    def manager(self) -> Place:
        """Where the stack set is administered, and the organization read."""
        return Place(self.administrator.account, self.hub.region)

    @property
    def accounts(self) -> frozenset[str]:
        """The active accounts that shall have a spoke from the stack set."""
        return self.covered.accounts

    @cached_property
    def disabled(self) -> frozenset[str]:
        """Target regions that the stack set's administrator has not enabled."""
        with self._making:
            return disabled_regions(self.config, self.clients, self.administrator)

    @property
    def own_targets(self) -> list[Place]:
        """The management account's own, where it is covered: plain stacks, for no stack set reaches it."""
        wanted = self.config.targets
        own = [self.management.account] if wanted.include_management_account else []
        return places(own, wanted.regions)

    @property
    def targets(self) -> list[Place]:
        """Every place that shall have a spoke."""
        return sorted([*places(self.accounts, self.config.targets.regions), *self.own_targets])

    @property
    def stack_set(self) -> dict[str, str]:
        """What every call about the stack set begins with."""
        return {"StackSetName": self.config.names.spoke_stack_set, "CallAs": self.administrator.call_as}

    @property
    def trust(self) -> Trust:
        """What the organization allows."""
        return Trust(self.config, self.clients, self.administrator)

    @property
    def home(self) -> Place:
        """Where Organizations tells its events."""
        return Place(self.management.account, home_region(self.hub.region))

    @cached_property
    def partition(self) -> str:
        """The partition of the hub's region."""
        return str(self.client(self.hub, "sts").meta.partition)

    @cached_property
    def policy_item(self) -> Mapping[str, Any]:
        """The item of the hub's table that holds the policy, and what the hub knows of the organization."""
        client = self.client(self.hub, "dynamodb")
        try:
            found: Mapping[str, Any] = client.get_item(
                TableName=self.config.names.table, Key=_POLICY, ConsistentRead=True
            ).get("Item", {})
        except client.exceptions.ResourceNotFoundException:
            return {}
        return found

    @property
    def members(self) -> Members | None:
        """The organization as the hub knows it; None where the hub knows none yet."""
        encoded = self.policy_item.get("members", {}).get("B")
        return Members.decode(bytes(encoded)) if encoded else None

    @cached_property
    def control(self) -> Control:
        """The organization's service control policies."""
        return Control(self.client(self.manager, "organizations"))

    @cached_property
    def resource_control(self) -> Control:
        """Its resource control policies."""
        return Control(self.client(self.manager, "organizations"), RESOURCE)

    def role(self, account: str, name: str) -> str:
        """The ARN of one of natrec's roles."""
        return self.config.names.role_arn(self.partition, account, name)

    @cached_property
    def spoke_text(self) -> str:
        """The template of every spoke."""
        return render_spoke(self.config)

    @cached_property
    def hub_text(self) -> str:
        """The template of the hub."""
        return render_hub(self.config)

    @cached_property
    def archive_text(self) -> str:
        """The template of the archive."""
        return render_archive(self.config)

    @cached_property
    def management_text(self) -> str:
        """The template of the management account."""
        return render_management(self.config)

    def spoke(self, place: Place) -> Rendered:
        """What a spoke shall be."""
        return Rendered(self.spoke_text, place, self.partition)
