"""`./scripts/natrec sandbox up` as its users run it: another process, known by the line it prints."""

import json
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts import environment
from scripts.stories.places import expect

NATREC = Path(__file__).parents[2] / "scripts" / "natrec"
STOPS_WITHIN = 15.0


@dataclass(frozen=True)
class Sandbox:
    """A running sandbox: its process, and the JSON line it printed."""

    process: subprocess.Popen[str]
    line: Mapping[str, Any]

    def stop(self, by: signal.Signals = signal.SIGTERM) -> int:
        """Stop it; answers its exit code."""
        self.process.send_signal(by)
        return self.process.wait(STOPS_WITHIN)


def natrec(
    *arguments: str, patience: float = 60, typed: str = "", **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run the command line to its end, within `patience` seconds; `typed` comes through a pipe that ends."""
    given = {**environment.variables(), **variables}
    return subprocess.run(
        [NATREC, *arguments],
        input=typed,
        capture_output=True,
        text=True,
        check=False,
        env=given,
        timeout=patience,
    )


@contextmanager
def begun(*arguments: str, **variables: str) -> Iterator[subprocess.Popen[str]]:
    """The command line while it runs, with what it says on stderr to be read."""
    given = {**environment.variables(), **variables}
    with subprocess.Popen(
        [NATREC, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=given
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


@contextmanager
def sandbox(*arguments: str, **variables: str) -> Iterator[Sandbox]:
    """Run a sandbox; progress goes to a file, so that nobody needs to read it."""
    with (
        tempfile.TemporaryFile("w+") as told,
        subprocess.Popen(
            [NATREC, "sandbox", "up", *arguments],
            stdout=subprocess.PIPE,
            stderr=told,
            text=True,
            env={**environment.variables(), **variables},
        ) as process,
    ):
        printed = process.stdout.readline() if process.stdout else ""
        told.seek(0)
        expect(printed, told.read())
        running = Sandbox(process, json.loads(printed))
        try:
            yield running
        finally:
            if process.poll() is None:
                running.stop()
