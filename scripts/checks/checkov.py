"""checkov over every rendered template: no finding without a reason beside its resource, no reason in vain.

A reason is written as checkov reads it: `Metadata: {checkov: {skip: [{id, comment}]}}` (checkov, "Suppressing
and Skipping Policies"). It is asked of each template with its reasons and without them, for it does not look
at what is skipped.
"""

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from scripts.checks.apart import installed
from stacksets.templates import parse

VERSION = "3.3.30"
_SECONDS = 300
_REASONS = re.compile(r"^    Metadata:\n      checkov:\n(?: {8,}.*\n)+", re.MULTILINE)
# Where, as in `AWS::SQS::Queue.DeadLetters`, and which.
Finding = tuple[str, str]


def findings(texts: Mapping[str, str]) -> Iterator[str]:
    """What it finds in these templates without a reason, and reasons for what it does not find.

    Raises:
        UnavailableError: It cannot be installed.

    """
    command = installed("checkov", VERSION) / "checkov"
    with tempfile.TemporaryDirectory() as folder:
        for number, text in enumerate(texts.values()):
            (Path(folder) / f"{number}-with.yaml").write_text(text, encoding="utf-8")
            (Path(folder) / f"{number}-without.yaml").write_text(without_reasons(text), encoding="utf-8")
        found = _found(_ran(command, folder))
    for number, (name, text) in enumerate(texts.items()):
        for where, which in sorted(found.get(f"{number}-with.yaml", ())):
            yield f"{name}: {which} at {where}, and no reason beside it"
        for where, which in sorted(set(reasons(text)) - found.get(f"{number}-without.yaml", set())):
            yield f"{name}: a reason for {which} at {where}, where it is not found"


def without_reasons(text: str) -> str:
    """The template as if nothing were explained."""
    return _REASONS.sub("", text)


def reasons(text: str) -> dict[Finding, str]:
    """Every reason of a template."""
    return {
        (f"{resource['Type']}.{name}", skip["id"]): skip["comment"]
        for name, resource in parse(text)["Resources"].items()
        for skip in resource.get("Metadata", {}).get("checkov", {}).get("skip", ())
    }


def _ran(command: Path, folder: str) -> list[dict[str, Any]]:
    """Its findings; it is offline, for it would ask its maker's platform for severities."""
    options = ("--framework", "cloudformation", "--output", "json", "--compact", "--quiet", "--skip-download")
    done = subprocess.run(
        [command, "--directory", folder, *options],
        capture_output=True,
        text=True,
        check=False,
        timeout=_SECONDS,
        env={**os.environ, "LOG_LEVEL": "ERROR"},
    )
    try:
        said = json.loads(done.stdout)
    except ValueError:
        raise RuntimeError(f"checkov says no JSON: {(done.stderr or done.stdout).strip()[-500:]}") from None
    results: dict[str, Any] = said["results"]
    broken = results.get("parsing_errors")
    if broken:
        raise RuntimeError(f"checkov cannot read {', '.join(broken)}")
    failed: list[dict[str, Any]] = results["failed_checks"]
    return failed


def _found(failed: list[dict[str, Any]]) -> dict[str, set[Finding]]:
    found: dict[str, set[Finding]] = {}
    for each in failed:
        name = Path(each["file_path"]).name
        found.setdefault(name, set()).add((each["resource"], each["check_id"]))
    return found
