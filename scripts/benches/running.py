"""Each part runs in a process of its own: what one has loaded, started or broken is not another's."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from scripts.benches.findings import Findings
from scripts.benches.options import Options
from scripts.benches.targets import Part

Say = Callable[[str], None]
Measure = Callable[[Options, Say], Findings]


class PartError(Exception):
    """A part has ended without findings; what went wrong stands on stderr."""


def say(text: str) -> None:
    """Tell what is being done."""
    print(f"bench: {text}", file=sys.stderr, flush=True)


def run(part: Part, options: Options) -> Findings:
    """Measure one part.

    Raises:
        PartError: It failed.

    """
    with tempfile.NamedTemporaryFile("r", suffix=".json") as found:
        command = [
            sys.executable,
            "-m",
            "scripts.benches.running",
            part,
            json.dumps(asdict(options)),
            found.name,
        ]
        done = subprocess.run(command, stdout=sys.stderr, check=False)
        if done.returncode:
            raise PartError(f"{part} ended with {done.returncode}")
        return Findings.read(json.load(found))


def _measure(part: str) -> Measure:
    measure: Measure = import_module(f"scripts.benches.parts.{part}").measure
    return measure


def main() -> None:
    """Measure what the arguments say, and leave the findings in a file."""
    part, given, target = sys.argv[1:]
    options = Options.read(json.loads(given))
    findings = _measure(part)(options, lambda text: say(f"{part}: {text}"))
    Path(target).write_text(json.dumps(findings.document()))


if __name__ == "__main__":
    main()
