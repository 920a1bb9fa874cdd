"""`./scripts/bench`: measure the parts that are asked for, print the one table."""

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime

from scripts.benches import machine, readme
from scripts.benches.measured import Measured
from scripts.benches.options import asked
from scripts.benches.running import PartError, run, say
from scripts.benches.table import markdown
from scripts.benches.targets import TARGETS, Part


def main() -> int:
    """Exit code 1 when a part failed; a target that is not met fails nothing."""
    wanted = asked(sys.argv[1:])
    measured, failed = [], []
    for part in wanted.parts:
        say(part)
        before = machine.load()
        try:
            findings = run(part, wanted.options)
        except PartError as problem:
            say(f"{problem}; its rows are left out")
            failed.append(part)
            continue
        at = machine.machine(before, datetime.now(UTC))
        measured.append(Measured(part, at, findings))
    print(markdown(figure for each in measured for figure in each.findings.figures), end="")
    if wanted.json:
        wanted.json.write_text(json.dumps(_document(measured, failed), indent=2) + "\n")
    if wanted.readme:
        readme.write(measured)
    return 1 if failed else 0


def _document(measured: Iterable[Measured], failed: Iterable[Part]) -> dict[str, object]:
    return {
        "targets": [asdict(each) for each in TARGETS],
        "parts": {each.part: each.document() for each in measured},
        "failed": list(failed),
    }


if __name__ == "__main__":
    sys.exit(main())
