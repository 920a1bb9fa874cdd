"""Look around beside the work: for a few seconds at most, and never in its way."""

from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from threading import Thread
from typing import TypeVar

T = TypeVar("T")

# One look: more than any account takes that answers, and little enough for a notice to be news.
SECONDS = 8.0
# Attempts of a step that look; what has ended the function twice must not keep the step from its work.
ATTEMPTS = 2


@dataclass(frozen=True)
class Lookout:
    """Tries to learn what is welcome but not needed; what kept it from that is noted, and nothing is raised.

    Attributes:
        seconds: How long one look may take; an answer that comes later is not waited for.
        problems: What went wrong, one line each.

    """

    seconds: float = SECONDS
    problems: list[str] = field(default_factory=list)

    def tries(self, what: str, look: Callable[[], T]) -> T | None:
        """What the look answers; None when it failed or took too long.

        A thread of its own, for a client that AWS does not answer tries for longer than a function may run.
        """
        future: Future[T] = Future()
        Thread(target=_run, args=(future, look), name=what, daemon=True).start()
        if not wait([future], timeout=self.seconds).done:
            self.problems.append(f"{what}: no answer within {self.seconds:.0f} seconds")
            return None
        problem = future.exception()
        if problem is None:
            return future.result()
        if not isinstance(problem, Exception):
            raise problem  # the process is about to end
        self.problems.append(f"{what}: {type(problem).__name__}: {problem}")
        return None


def _run(future: Future[T], look: Callable[[], T]) -> None:
    try:
        future.set_result(look())
    except BaseException as problem:  # noqa: BLE001 - whoever waits decides
        future.set_exception(problem)
