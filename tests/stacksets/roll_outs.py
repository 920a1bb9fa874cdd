"""One organization on the engine, and the spokes of a config in it without a hub."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from orgconfig.models import OrgConfig
from scripts.sandbox.engine.core import Engine
from stacksets.administration import Administrator, administrator
from stacksets.documents import write
from stacksets.leaving import Leaving
from stacksets.loading import parse_config
from stacksets.outcomes import Outcome, Tally
from stacksets.rendering import render_spoke
from stacksets.spokes import Spokes
from stacksets.stack_sets import StackSet
from stacksets.steps import Clients, Step
from tests.orgconfig.documents import config
from tests.sandbox.organization import Organization, until
from tests.stacksets.calls import Recorded

HOME, AWAY = "eu-west-1", "us-east-1"
ROLE = "natrec-worker-eu-west-1"
Sleep = Callable[[float], None]
NOBODY = '{"Version":"2012-10-17","Statement":[]}'


@dataclass
class Watching:
    """Keeps what it is told, and may be interrupted."""

    told: list[str] = field(default_factory=list)
    tallies: list[Tally] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)

    def begin(self, step: Step) -> None:
        self.steps.append(step.name)

    def end(self, step: Step) -> None: ...

    def tell(self, text: str) -> None:
        self.told.append(text)

    def tally(self, tally: Tally) -> None:
        self.tallies.append(tally)


@dataclass
class RollOut:
    """Spokes in an organization of OUs `top/middle` and `beside`, planned and carried out."""

    engine: Engine
    org: Organization
    top: str
    middle: str
    beside: str
    settings: dict[str, Any] = field(default_factory=dict)
    watching: Watching = field(default_factory=Watching)

    @classmethod
    def create(cls, engine: Engine, management: str) -> "RollOut":
        org = Organization.create(engine, management)
        top = org.unit("top")
        made = cls(engine, org, top, org.unit("middle", top), org.unit("beside"))
        made.settings = {"targets__ous": [top], "targets__regions": [HOME, AWAY]}
        return made

    def config(self, **changed: object) -> OrgConfig:
        place: dict[str, object] = {
            "organization__id": self.org.client.describe_organization()["Organization"]["Id"],
            "organization__management_account": self.org.management,
        }
        return parse_config(write(config(**{**place, **self.settings, **changed})))

    def spokes(self, wanted: OrgConfig, clients: Clients | None = None, sleep: Sleep | None = None) -> Spokes:
        reach = clients or self.engine.client
        who: Administrator = administrator(wanted, reach)
        client = reach(who.account, HOME, "cloudformation")
        stack_set = StackSet(client, "natrec-spoke", sleep or _no_sleep, 0.01, who.call_as, self.watching)
        leaving = Leaving(wanted, reach, self.watching.tell, _no_sleep)
        return Spokes(wanted, reach, who, stack_set, render_spoke(wanted), leaving)

    def plan(self, clients: Clients | None = None, **changed: object) -> dict[str, str]:
        """What would change: action and detail of each step by its name."""
        spokes = self.spokes(self.config(**changed), clients)
        return {
            step.name: f"{step.change.action}: {step.change.detail}"
            for step in spokes.steps(spokes.stack_set.read())
            if step.changes
        }

    def apply(
        self,
        clients: Clients | None = None,
        sleep: Sleep | None = None,
        **changed: object,
    ) -> tuple[Outcome, ...]:
        """Plan, carry out, and tell what became of each account and region."""
        spokes = self.spokes(self.config(**changed), clients, sleep)
        for step in list(spokes.steps(spokes.stack_set.read())):
            if step.changes:
                self.watching.begin(step)
                step.run()
        return spokes.outcomes(spokes.stack_set.read())

    def recorded(self) -> Recorded:
        return Recorded(self.engine.client)

    def alarms(self, account: str, region: str = HOME) -> dict[str, float]:
        """Thresholds of natrec's alarms there."""
        client = self.engine.client(account, region, "cloudwatch")
        found = client.describe_alarms(AlarmNamePrefix="natrec-")["MetricAlarms"]
        return {each["AlarmName"]: each["Threshold"] for each in found}

    def covered(self) -> set[tuple[str, str]]:
        """Accounts and regions with an instance."""
        pages = self.engine.client(self.org.management, HOME, "cloudformation").get_paginator(
            "list_stack_instances"
        )
        return {
            (each["Account"], each["Region"])
            for page in pages.paginate(StackSetName="natrec-spoke")
            for each in page["Summaries"]
        }

    def in_the_way(self, account: str) -> None:
        """A role of the worker's name that somebody else made."""
        iam = self.engine.client(account, HOME, "iam")
        iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=NOBODY)

    def out_of_the_way(self, account: str) -> None:
        self.engine.client(account, HOME, "iam").delete_role(RoleName=ROLE)

    def settle(self) -> None:
        """Wait until no operation runs."""
        client = self.engine.client(self.org.management, HOME, "cloudformation")

        def idle() -> bool:
            found = client.list_stack_set_operations(StackSetName="natrec-spoke")["Summaries"]
            return all(each["Status"] in {"SUCCEEDED", "FAILED", "STOPPED"} for each in found)

        until(idle)


def _no_sleep(_: float) -> None:
    """The engine works meanwhile; asking it again is wait enough."""
