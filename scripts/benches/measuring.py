"""One run of one contestant, in a process of its own: seconds, processor time and peak memory."""

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from subprocess import CalledProcessError

from scripts.benches.kinds import Kind

_KILOBYTES = 1024 if sys.platform != "darwin" else 1
LIMIT = "512MB"
OURS = "natrec report"
LIMITED = f"{OURS} --memory {LIMIT}"


@dataclass(frozen=True)
class Run:
    """What one run took.

    Attributes:
        seconds: From its start to its end, Python's start included.
        cpu: Seconds of all processors.
        peak: Bytes of memory at the most; never less than whoever started it ever had (getrusage(2)).

    """

    seconds: float
    cpu: float
    peak: int


@dataclass(frozen=True)
class Contestant:
    """Somebody who answers the question.

    Attributes:
        command: What its Python is told; takes the folder of records.
        python: Whose Python that is.
        kinds: Of records that it reads.

    """

    name: str
    command: Callable[[Path], tuple[str, ...]]
    python: Path = Path(sys.executable)
    kinds: tuple[Kind, ...] = ("text", "parquet")


def _by_hand(name: str) -> Contestant:
    return Contestant(name, lambda folder: ("-m", "scripts.benches.byhand", name, str(folder)))


def _report(name: str, *options: str) -> Contestant:
    return Contestant(
        name, lambda folder: ("-m", "scripts.cli.main", "report", str(folder), "--json", *options)
    )


CONTESTANTS = (
    _by_hand("floor"),
    _by_hand("by hand"),
    _report(OURS),
    _report(LIMITED, "--memory", LIMIT),
)


def best(runs: int, contestant: Contestant, folder: Path) -> Run:
    """The fastest of some runs: whatever else the machine does makes one slower, never faster."""
    every = (measure(contestant.command(folder), contestant.python) for _ in range(runs))
    return min(every, key=lambda each: each.seconds)


def measure(arguments: tuple[str, ...], python: Path = Path(sys.executable)) -> Run:
    """Run a Python with these arguments.

    Raises:
        CalledProcessError: It failed; what it said is on stderr.

    """
    began = time.perf_counter()
    quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    child = os.posix_spawn(python, [str(python), *arguments], os.environ, file_actions=quiet)
    _, status, used = os.wait4(child, 0)
    seconds = time.perf_counter() - began
    if status:
        raise CalledProcessError(os.waitstatus_to_exitcode(status), arguments)
    return Run(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * _KILOBYTES)
