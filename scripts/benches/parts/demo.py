"""The demo, from a cold clone to the finished report, and where its time goes."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.benches.findings import Figure, Findings
from scripts.benches.options import Options
from scripts.benches.running import Say
from scripts.benches.targets import DEMO_SECONDS

ROOT = Path(__file__).parents[3]
_PREPARE = "import sys; sys.path[:0] = ['scripts']; import environment; environment.prepare()"


@dataclass(frozen=True)
class Shown:
    """One demo.

    Attributes:
        clone: Seconds until the code is there.
        environment: Seconds until its dependencies are installed.
        sandbox: Seconds until the sandbox is ready and natrec deployed; its end too.
        story: Seconds from the rise of the traffic to the last milestone.
        milestones: What happened, with its seconds since then.

    """

    clone: float
    environment: float
    sandbox: float
    story: float
    milestones: Sequence[tuple[float, str]]

    @property
    def seconds(self) -> float:
        """All of it."""
        return self.clone + self.environment + self.sandbox + self.story


def measure(_: Options, say: Say) -> Findings:
    """The last commit's; what is not committed is not shown."""
    with tempfile.TemporaryDirectory() as work:
        home = Path(work) / "natrec"
        say("cloning")
        clone = _timed("git", "clone", "-q", "--no-hardlinks", str(ROOT), str(home))[0]
        say("preparing the clone's environment")
        environment = _timed(sys.executable, "-I", "-c", _PREPARE, at=home)[0]
        say("running its demo")
        seconds, told = _timed(str(home / "scripts" / "demo"), "--json", at=home)
    shown = read(clone, environment, seconds, json.loads(told))
    milestones = [{"seconds": each, "what": what} for each, what in shown.milestones]
    parts = {name: round(getattr(shown, name), 1) for name in ("clone", "environment", "sandbox", "story")}
    return Findings((figure(shown),), details={**parts, "milestones": milestones})


def read(clone: float, environment: float, demo: float, document: dict[str, Any]) -> Shown:
    """What the demo's document and the clock say.

    Args:
        clone: Seconds of the clone.
        environment: Of its preparation.
        demo: Of the demo, from its start to its end.
        document: What it printed.

    """
    milestones = [(float(each["seconds"]), str(each["what"])) for each in document["timeline"]]
    story = max(each for each, _ in milestones)
    return Shown(clone, environment, demo - story, story, milestones)


def figure(shown: Shown) -> Figure:
    """What is promised of the demo."""
    return Figure(
        "demo",
        f"{shown.seconds:.0f} s",
        f"dependencies {shown.environment:.0f} s, sandbox and deployment {shown.sandbox:.0f} s, "
        f"the story {shown.story:.0f} s",
        shown.seconds < DEMO_SECONDS,
    )


def _timed(*command: str, at: Path | None = None) -> tuple[float, str]:
    began = time.perf_counter()
    told = subprocess.run(command, cwd=at, stdout=subprocess.PIPE, text=True, check=True).stdout
    return time.perf_counter() - began, told
