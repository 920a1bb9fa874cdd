"""One engine for all tests of a process: moto's state and the seams are process-wide."""

import gc
import itertools
import os
import random
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from scripts.sandbox.engine.core import Engine

# Modules, models and what moto keeps stay to the end: Python looked through all of it again and again, which
# took a seventh of a run.
gc.set_threshold(10_000)

# How long an example takes says how busy the machine is.
settings.register_profile("natrec", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("natrec")


# A shell starts what runs in its background deaf to Ctrl-C, and whatever that starts: the tests press it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


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


@pytest.fixture
def survived(record_property: Callable[[str, object], None]) -> Callable[..., None]:
    """Counts what a test has tried and found well, for the last lines of the run."""

    def count(what: str, times: int = 1) -> None:
        record_property(_SURVIVED, (what, times))

    return count


@pytest.fixture
def measured(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Tells what a test has measured in the last lines of the run."""
    return lambda line: record_property(_MEASURED, line)


_SURVIVED, _MEASURED = "survived", "measured"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    tried, well = Counter[str](), Counter[str]()
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            for name, value in report.user_properties:
                if name == _MEASURED:
                    terminalreporter.write_line(str(value))
                elif name == _SURVIVED:
                    what, times = value
                    tried[what] += times
                    well[what] += times * (outcome == "passed")
    for what, times in sorted(tried.items()):
        terminalreporter.write_line(f"{what}: {times} tried, {well[what]} survived")
