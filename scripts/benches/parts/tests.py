"""The test suite: how long it takes, and which folders take it."""

import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from scripts.benches.findings import Figure, Findings
from scripts.benches.options import Options
from scripts.benches.running import Say
from scripts.benches.targets import SUITE_SECONDS

ROOT = Path(__file__).parents[3]
_LONGEST = 3
# What `./scripts/test` says when it is told nothing.
_USUAL = ("-n", "4", "--dist", "loadscope")


@dataclass(frozen=True)
class Suite:
    """One run.

    Attributes:
        seconds: By the clock.
        tests: How many there are.
        failed: How many of them failed.
        folders: Seconds of tests and of what they set up, by folder, over all workers.
        longest: The tests that took longest, with their seconds.

    """

    seconds: float
    tests: int
    failed: int
    folders: Mapping[str, float]
    longest: tuple[tuple[float, str], ...]


def measure(_: Options, say: Say) -> Findings:
    """The whole suite, as `./scripts/test` runs it."""
    say("running the test suite")
    with tempfile.TemporaryDirectory() as work:
        file, began = Path(work) / "junit.xml", time.perf_counter()
        command = [str(ROOT / "scripts" / "test"), *_USUAL, "-q", "--junitxml", str(file)]
        subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
        suite = read(time.perf_counter() - began, file.read_text())
    longest = [{"seconds": seconds, "test": test} for seconds, test in suite.longest]
    return Findings((figure(suite),), details={"folders": dict(suite.folders), "longest": longest})


def read(seconds: float, junit: str) -> Suite:
    """What pytest wrote (pytest, "Creating JUnitXML format files")."""
    cases = list(ET.fromstring(junit).iter("testcase"))  # noqa: S314 - our own tests' own file
    folders, times = Counter[str](), []
    for each in cases:
        took, module = float(each.get("time", 0)), each.get("classname", "")
        folders[_folder(module)] += took  # type: ignore[assignment] # a counter of seconds
        times.append((round(took, 1), f"{module}.{each.get('name')}"))
    failed = sum(each.find("failure") is not None or each.find("error") is not None for each in cases)
    by_time = {name: round(took, 1) for name, took in folders.most_common()}
    return Suite(seconds, len(cases), failed, by_time, tuple(sorted(times, reverse=True)[:10]))


def _folder(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 2 else "tests"  # noqa: PLR2004 - tests.FOLDER.MODULE


def _shares(suite: Suite) -> Iterator[str]:
    whole = sum(suite.folders.values()) or 1.0
    for name, seconds in list(suite.folders.items())[:_LONGEST]:
        yield f"{name} {seconds / whole:.0%}"


def figure(suite: Suite) -> Figure:
    """What is promised of the suite; a run with failures says nothing good."""
    failed = f", {suite.failed} FAILED" if suite.failed else ""
    return Figure(
        "tests",
        f"{suite.seconds / 60:.1f} minutes, {suite.tests:,} tests{failed}",
        f"of the workers' time {', '.join(_shares(suite))}",
        suite.seconds < SUITE_SECONDS and not suite.failed,
    )
