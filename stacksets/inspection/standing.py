"""Where natrec stands: every target, the stack set, the hub, the last sweeps.

What it costs: the stack set's instances come a hundred a page, so 13,600 targets are 136 calls, and the hub a
handful more. What only a target knows, its gateways and alarms, is asked where there are few, or on demand.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from typing import Any

from stacksets.inspection.asking import NotAskedError, asking
from stacksets.inspection.described import described_stack_set
from stacksets.inspection.fleet import read_fleet
from stacksets.inspection.installation import Installation
from stacksets.inspection.instances import Asked, Instance, counted, instances, of_stack, skipped
from stacksets.inspection.sweeps import Sweep, last_sweeps
from stacksets.inspection.targets import Place, only, places
from stacksets.skipping import OWN, Skipping, not_accepted
from stacksets.stacks import Stacks

# Up to so many targets are asked unless somebody says otherwise; a minute or so for all of them.
ASKED_UNASKED = 100
THREADS = 16
# There is nothing there that could answer, or that should.
UNASKABLE = ("missing", "skipped", "leftover")


@dataclass(frozen=True)
class Standing:
    """Where natrec stands.

    Attributes:
        instances: Every target, and what is left over.
        stack_set: `current`, `outdated` (the config has changed since), or `missing`.
        hub: The hub stack's status as CloudFormation has it; None where there is none.
        sweeps: The last sweep of each kind.

    """

    instances: tuple[Instance, ...]
    stack_set: str
    hub: str | None
    sweeps: Mapping[str, Sweep]

    @property
    def whole(self) -> bool:
        """Whether everything is that shall be: hub and stack set sound, nothing missing, failed or silent."""
        sound = self.hub is not None and not failing(self.hub) and self.stack_set == "current"
        return sound and not any(
            each.status in ("missing", "failed") or (each.asked and each.asked.missing_alarms)
            for each in self.instances
        )

    def document(self) -> dict[str, Any]:
        """As JSON shows it."""
        asked = [each.asked for each in self.instances if each.asked]
        return {
            "instances": [each.document() for each in self.instances],
            "counts": counted(self.instances),
            "asked": len(asked),
            "gateways": sum(each.gateways for each in asked) if asked else None,
            "stack_set": self.stack_set,
            "hub": self.hub,
            "sweeps": [each.document() for each in self.sweeps.values()],
        }


def failing(stack: str) -> bool:
    """Whether a stack's status tells of a failure: what was rolled back is not what was asked for."""
    return "FAILED" in stack or "ROLLBACK" in stack or stack.startswith("DELETE")


def stand(
    installation: Installation,
    *,
    account: str | None = None,
    region: str | None = None,
    ask: bool | None = None,
    done: Callable[[int, int], None] = lambda _done, _of: None,
) -> Standing:
    """Look at everything; nothing is changed.

    Args:
        installation: Of what.
        account: Of this account only.
        region: Of this region only.
        ask: Ask every target for its gateways and alarms; None asks where there are few.
        done: Told how many of how many targets were asked.

    Raises:
        NotAskedError: The stack set or the hub cannot be asked.

    """
    hub, names, wanted = installation.hub, installation.config.names, installation.config.targets
    closed = installation.covered.closed
    with asking():
        template = _template(installation)
        listed = _listed(installation, account) if template is not None else []
        stacks = Stacks(installation.client(hub, "cloudformation"), str(hub))
        stack = (stacks.find(names.hub_stack) or {}).get("StackStatus")
        sweeps = last_sweeps(installation.client(hub, "stepfunctions"), hub, names)
        skipping = Skipping(closed, installation.disabled)
    reached = only(places(installation.accounts | closed, wanted.regions), account, region)
    there = [each for each in listed if each["Region"] == (region or each["Region"])]
    found = instances(reached, there, skipping)
    found += [_own(installation, each) for each in only(installation.own_targets, account, region)]
    if ask is None:
        ask = len(found) <= ASKED_UNASKED
    told = _ask(installation, found, done) if ask else found
    return Standing(tuple(told), _stack_set(template, installation.spoke_text), stack, sweeps)


def _own(installation: Installation, place: Place) -> Instance:
    """The management account's own spoke, a plain stack: no stack set reaches it."""
    name = installation.config.names.spoke_stack
    if place.region in installation.disabled:
        return skipped(place, OWN)
    try:
        with asking():
            stacks = Stacks(installation.client(place, "cloudformation"), str(place))
            found = stacks.find(name)
            same = found is not None and stacks.change(name, installation.spoke_text, {}).action == "none"
    except NotAskedError as problem:
        if isinstance(problem.__cause__, Exception) and not_accepted(problem.__cause__):
            return skipped(place, OWN)
        return Instance(place, "missing", f"could not be asked: {problem.what}", advice=problem.next)
    return of_stack(place, found, same=same)


def _template(installation: Installation) -> str | None:
    """The stack set's; None where there is none."""
    found = described_stack_set(installation)
    return None if found is None else str(found.get("TemplateBody", ""))


def _stack_set(template: str | None, wanted: str) -> str:
    if template is None:
        return "missing"
    return "current" if template == wanted else "outdated"


def _listed(installation: Installation, account: str | None) -> list[Mapping[str, Any]]:
    client = installation.client(installation.manager, "cloudformation")
    narrowed = {"StackInstanceAccount": account} if account else {}
    pages = client.get_paginator("list_stack_instances").paginate(**installation.stack_set, **narrowed)
    return [each for page in pages for each in page["Summaries"]]


def _ask(
    installation: Installation, found: Sequence[Instance], done: Callable[[int, int], None]
) -> list[Instance]:
    """Ask each target that has an instance."""
    there = [each for each in found if each.status not in UNASKABLE]
    told: dict[Place, Instance] = {}
    with ThreadPoolExecutor(THREADS) as threads:
        started = [threads.submit(_asked, installation, each) for each in there]
        for number, each in enumerate(as_completed(started), start=1):
            answer = each.result()
            told[answer.place] = answer
            done(number, len(there))
    return [told.get(each.place, each) for each in found]


def _asked(installation: Installation, instance: Instance) -> Instance:
    try:
        with asking():
            ec2 = installation.client(instance.place, "ec2")
            pages = ec2.get_paginator("describe_nat_gateways").paginate(
                Filter=[{"Name": "state", "Values": ["pending", "available"]}]
            )
            gateways = sum(len(page["NatGateways"]) for page in pages)
            fleet = read_fleet(installation, instance.place)
    except NotAskedError as problem:
        return replace(instance, unasked=problem.what)
    missing = tuple(each.name for each in fleet.wanted if each.name not in fleet.found)
    return instance.told(Asked(gateways, len(fleet.found), missing))
