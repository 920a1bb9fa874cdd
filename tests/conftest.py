"""One engine for all tests of a process: moto's state and the seams are process-wide."""

import itertools
import os
import random
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from scripts.sandbox.engine.core import Engine


@pytest.fixture(scope="session")
def engine() -> Iterator["Engine"]:
    from scripts.sandbox.engine.server import start  # noqa: PLC0415 - unit tests need not load moto

    running = start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def fresh_account() -> Callable[[], str]:
    """An account id that no other test uses: isolation without resetting the engine."""
    start_at = random.Random(os.getpid()).randrange(10**11, 9 * 10**11)  # noqa: S311
    numbers = itertools.count(start_at)
    return lambda: str(next(numbers))


@pytest.fixture
def account(fresh_account: Callable[[], str]) -> str:
    return fresh_account()
