"""Plans: to render, to compile the policy and to plan, for organizations of growing size in 17 regions.

Everything is in place, so that a plan compares all of it. Seconds are of this process: what AWS takes for its
answers is AWS's. Beside it stands reading the same pages, and nothing more.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from scripts.benches.findings import Curve, Figure, Findings
from scripts.benches.fleet import Answers, Fleet
from scripts.benches.options import Options
from scripts.benches.running import Say
from scripts.benches.targets import ACCOUNTS, PLAN_SECONDS
from scripts.stories.places import Organization
from scripts.stories.running import sandbox
from stacksets.bundling import Bundle, Platform, bundle
from stacksets.deployment import Deployment
from stacksets.hub_policy import sound_policy
from stacksets.loading import Loaded, load
from stacksets.rendering import render_archive, render_hub, render_management, render_spoke

_RUNS = 2  # of each, of which the faster counts


@dataclass(frozen=True)
class Planned:
    """One organization.

    Attributes:
        accounts: That it has.
        targets: Places with a stack instance.
        render: Seconds for all four templates.
        compile: Seconds for the policy, read back as the hub reads it.
        plan: Seconds for the whole plan, which renders and compiles too.
        pages: Seconds to read the pages that it reads.
        calls: That it makes.

    """

    accounts: int
    targets: int
    render: float
    compile: float
    plan: float
    pages: float
    calls: int


def measure(options: Options, say: Say) -> Findings:
    """Plan for each size."""
    say("starting a sandbox, where natrec is deployed")
    with sandbox() as running, TemporaryDirectory() as work:
        organization, zipped = Organization(running.line), bundle(Platform.LOCAL)
        loaded = _loaded(organization, Path(work) / "natrec.yaml")
        planned = []
        for accounts in options.planned:
            planned.append(_plan(organization, loaded, zipped, accounts))
            say(f"{accounts:,} accounts: {planned[-1].plan:.2f} s of processor, {planned[-1].calls} calls")
    return Findings(
        tuple(figures(planned)), (_curve(planned),), {"plans": [asdict(each) for each in planned]}
    )


def _loaded(organization: Organization, file: Path) -> Loaded:
    """The sandbox's config, in every region that needs no opt-in."""
    every = organization.hub("ec2").describe_regions()["Regions"]
    regions = [each["RegionName"] for each in every if each["OptInStatus"] == "opt-in-not-required"]
    document = yaml.safe_load(Path(organization.line["config"]).read_text())
    document["targets"] = {**document["targets"], "ous": [_root(organization)], "regions": sorted(regions)}
    file.write_text(yaml.safe_dump(document))
    return load(file)


def _root(organization: Organization) -> str:
    return str(organization.management("organizations").list_roots()["Roots"][0]["Id"])


def _plan(organization: Organization, loaded: Loaded, zipped: Bundle, accounts: int) -> Planned:
    line, config = organization.line, loaded.config
    central = (line["management_account"], line["hub"]["account"], line["archive"]["account"])
    fleet = Fleet(
        _root(organization), central, accounts - len(central), tuple(config.targets.regions), central[0]
    )
    answers = Answers(fleet)
    rendered = _best(lambda: [render(config) for render in _TEMPLATES])
    compiled = _best(lambda: sound_policy(config, loaded.origin))
    clients = _Clients(organization, answers)

    def plan() -> object:
        return Deployment(config, clients, zipped, _silent, origin=loaded.origin).plan()

    plan()  # clients are made once, whatever the organization's size
    answers.calls = 0
    plan()
    calls = answers.calls
    planned = _best(plan)
    reader = clients(central[0], config.organization.hub.region, "cloudformation")
    name = config.names.spoke_stack_set
    pages = _best(lambda: _read(reader, fleet, name))
    return Planned(accounts, len(fleet.instances), rendered, compiled, planned, pages, calls)


_TEMPLATES = (render_spoke, render_hub, render_archive, render_management)


def _silent(_: str) -> None:
    """Nobody is told."""


class _Clients:
    """As the command line reaches accounts, each client made once."""

    def __init__(self, organization: Organization, answers: Answers) -> None:
        """Take the sandbox; its answers are the fleet's where that has any."""
        self._organization = Organization(organization.line)
        self._organization.session.events.register("before-send", answers.before_send)
        self._own: dict[tuple[str, str], Any] = {}

    def __call__(self, account: str, region: str, service: str) -> Any:  # noqa: ANN401 - services come by name
        if account != self._organization.line["management_account"]:
            return self._organization.client(account, region, service)
        if (region, service) not in self._own:
            self._own[region, service] = self._organization.management(service, region)
        return self._own[region, service]


def _read(client: Any, fleet: Fleet, name: str) -> int:  # noqa: ANN401 - boto3's own kind
    """The stack instances, page by page, as anybody would read them."""
    pages = client.get_paginator("list_stack_instances").paginate(StackSetName=name)
    found = sum(len(page["Summaries"]) for page in pages)
    if found != len(fleet.instances):
        raise ValueError(f"{found} instances were read of {len(fleet.instances)}")
    return found


def _best(run: Callable[[], object]) -> float:
    seconds = []
    for _ in range(_RUNS):
        began = time.process_time()
        run()
        seconds.append(time.process_time() - began)
    return round(min(seconds), 4)


def figures(planned: Sequence[Planned]) -> Iterator[Figure]:
    """What is promised of a thousand accounts, or what the largest says of it."""
    wanted = next((each for each in planned if each.accounts == ACCOUNTS), planned[-1])
    is_enough = wanted.accounts >= ACCOUNTS
    is_fast = wanted.plan < PLAN_SECONDS
    yield Figure(
        "plan",
        f"{wanted.plan:.2f} s of processor for {wanted.targets:,} targets, {wanted.calls} calls",
        f"{wanted.plan / wanted.pages:.2f} of reading its pages; rendering {wanted.render:.2f} s, "
        f"compiling {wanted.compile:.2f} s",
        is_fast if is_enough or not is_fast else None,
    )


def _curve(planned: Sequence[Planned]) -> Curve:
    lines = {
        "plan, everything included": tuple((each.targets, each.plan) for each in planned),
        "reading the same pages": tuple((each.targets, each.pages) for each in planned),
        "rendering": tuple((each.targets, each.render) for each in planned),
        "compiling": tuple((each.targets, each.compile) for each in planned),
    }
    return Curve("plan", "A plan of accounts in 17 regions", "targets", "seconds of processor", lines)
