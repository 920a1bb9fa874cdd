"""`./scripts/bench`: generate what is missing, run every contestant, print the table."""

import argparse
import json
import os
import platform
import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import CalledProcessError
from typing import get_args

from scripts.benches.engines import contestants
from scripts.benches.kinds import HOME, MILLION, Kind, folder_of
from scripts.benches.measuring import CONTESTANTS, best, measure
from scripts.benches.others import ENGINES
from scripts.benches.results import HEAD, Result, lines

_SIZES = (1, 5)
_LARGEST = 20


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./scripts/bench", description=__doc__)
    parser.add_argument(
        "--records",
        type=int,
        action="append",
        metavar="MILLIONS",
        help=f"of records; {_SIZES} unless told, {_LARGEST} is what targets are for",
    )
    parser.add_argument("--kind", choices=get_args(Kind), action="append", help="both unless told")
    parser.add_argument("--runs", type=int, default=3, help="of each, of which the fastest counts")
    parser.add_argument(
        "--others", action="store_true", help=f"beside {', '.join(ENGINES)}, in a Python of their own"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there too")
    return parser.parse_args()


def _results(arguments: argparse.Namespace) -> Iterator[Result]:
    others = contestants() if arguments.others else ()
    for millions in arguments.records or _SIZES:
        for kind in arguments.kind or get_args(Kind):
            print(f"{millions} million records as {kind}", file=sys.stderr)
            folder = folder_of(HOME, kind, millions * MILLION)
            if not folder.exists():
                # Not in this process: memory it ever had counts for its children (getrusage(2), ru_maxrss).
                measure(("-m", "scripts.benches.generator", kind, str(millions * MILLION)))
            able = [each for each in (*CONTESTANTS, *others) if kind in each.kinds]
            runs = {each.name: best(arguments.runs, each, folder) for each in able}
            size = sum(each.stat().st_size for each in folder.iterdir())
            yield Result(kind, millions * MILLION, size, runs)


def main() -> int:
    """Run them all."""
    arguments = _arguments()
    rows = []
    print(HEAD)
    try:
        for result in _results(arguments):
            print(*lines(result), sep="\n", flush=True)
            rows += [{**row, "size": result.size} for row in result.rows()]
    except CalledProcessError as problem:
        print(f"bench: {' '.join(problem.cmd)} ended with {problem.returncode}", file=sys.stderr)
        return 1
    if arguments.json:
        machine = {
            "processors": os.cpu_count(),
            "machine": platform.machine(),
            "python": sys.version.split()[0],
            "load": [round(each, 2) for each in os.getloadavg()],
        }
        arguments.json.write_text(json.dumps({"machine": machine, "results": rows}, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
