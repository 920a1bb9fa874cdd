"""Tells the story: a spike on one gateway, and every milestone with the time at which it was seen."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from scripts.demonstration.milestones import Milestone, Observer
from scripts.sandbox.world import World

MBPS = 800
SECONDS = 14
PATIENCE = 90.0
LOOK_EVERY = 0.2


@dataclass(frozen=True)
class Seen:
    """A milestone that was reached.

    Attributes:
        seconds: Since traffic rose.
        what: In words.
        account: Where.
        region: Where.
        detail: What exactly was seen.

    """

    seconds: float
    what: str
    account: str
    region: str
    detail: str


class MissedError(Exception):
    """Milestones were not reached in time; the message names them."""


def watch(
    milestones: list[Milestone], now: Callable[[], float], sleep: Callable[[float], None]
) -> Iterator[Seen]:
    """Look again and again; yields each milestone when it is first seen.

    Args:
        milestones: What must happen.
        now: Seconds since traffic rose.
        sleep: Waits between two looks.

    Raises:
        MissedError: Time is up and something has not happened.

    """
    waiting = list(milestones)
    while waiting:
        for milestone in list(waiting):
            detail = milestone.seen()
            if detail is not None:
                waiting.remove(milestone)
                yield Seen(now(), milestone.what, milestone.account, milestone.region, detail)
        if waiting and now() > PATIENCE:
            raise MissedError("; ".join(milestone.what for milestone in waiting))
        sleep(LOOK_EVERY)


def tell(world: World) -> Iterator[Seen]:
    """Make a spike on the first gateway and watch its recording to the end.

    Raises:
        MissedError: Something has not happened in time.

    """
    gateway = world.organization.gateways[0]
    begun = time.monotonic()
    world.traffic.start(gateway.account, gateway.region, gateway.id, MBPS, SECONDS, "download")
    flow = f"{MBPS} Mbit/s of download through {gateway.id}"
    yield Seen(0.0, "traffic rises", gateway.account, gateway.region, flow)
    milestones = Observer(world, gateway).milestones()
    yield from watch(milestones, lambda: time.monotonic() - begun, time.sleep)
