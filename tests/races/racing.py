"""Threads that really collide: a thread for each act, all let go at once, some a moment late."""

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar, cast

from hub.domain.errors import Transient

Answer = TypeVar("Answer")
Port = TypeVar("Port")

# As often as Step Functions tries a step.
TRIES = 6
_GATHER_SECONDS = 60
_DELAYS = (0.0, 0.0, 0.0, 0.002, 0.005)
_pause = threading.Event().wait


class Race:
    """Races whose delays a seed tells again, though no two runs of threads are the same."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - not for secrets

    def run(self, *acts: Callable[[], Answer]) -> list[Answer]:
        """Let all go at once; the answers come in the order of the acts.

        Raises:
            Exception: Whatever an act raised, the first of them.

        """
        gate = threading.Barrier(len(acts))

        def one(act: Callable[[], Answer], delay: float) -> Answer:
            gate.wait(_GATHER_SECONDS)
            if delay:
                _pause(delay)
            return act()

        with ThreadPoolExecutor(len(acts)) as threads:
            running = [threads.submit(one, act, self.chance.choice(_DELAYS)) for act in acts]
            return [each.result() for each in running]


def tried(act: Callable[..., Answer], *args: object) -> Callable[[], Answer]:
    """The act as whoever starts it would try it: again, when what failed may pass."""

    def trying() -> Answer:
        for _ in range(TRIES - 1):
            try:
                return act(*args)
            except Transient:
                continue
        return act(*args)

    return trying


class _OneAtATime:
    def __init__(self, target: object) -> None:
        self._target, self._lock = target, threading.RLock()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any attribute
        found = getattr(self._target, name)
        if not callable(found):
            return found

        def alone(*args: Any, **named: Any) -> Any:  # noqa: ANN401 - any operation's
            with self._lock:
                return found(*args, **named)

        return alone


def one_at_a_time(fake: Port) -> Port:
    """A fake whose operations are atomic, as those of the service are that it stands for."""
    return cast("Port", _OneAtATime(fake))
