"""pip-audit over the lock: no locked version has a known vulnerability.

Advisories come from PyPI's JSON or from OSV, so from the network. Where neither answers, nothing is known and
the check says that it was skipped: it never fails for want of a network, and it never passes for it.
"""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.checks.apart import UnavailableError, installed
from stacksets.locked import LOCK

VERSION = "2.10.1"
# Asked one after another until one has an answer.
SERVICES: tuple[tuple[str, ...], ...] = (("-s", "pypi"), ("-s", "osv"))
_OPTIONS = (
    "--disable-pip",
    "--require-hashes",
    "--format",
    "json",
    "--progress-spinner",
    "off",
    "--timeout",
    "10",
)
_SECONDS = 180


@dataclass(frozen=True)
class Audited:
    """What is known of the lock.

    Attributes:
        packages: How many of it were looked up.
        unknown: Those of which nobody knew anything.
        findings: One line for each vulnerability.

    """

    packages: int
    unknown: tuple[str, ...]
    findings: tuple[str, ...]


def audited(services: Sequence[Sequence[str]] = SERVICES) -> Audited:
    """Look every locked version up.

    Raises:
        UnavailableError: pip-audit cannot be installed, or no service tells anything.

    """
    command = installed("pip-audit", VERSION) / "pip-audit"
    reasons = []
    for service in services:
        try:
            found = _asked(command, service)
        except (subprocess.TimeoutExpired, ValueError) as problem:
            reasons.append(f"{service[1]} does not answer ({str(problem).partition(':')[0]})")
            continue
        if found.packages:
            return found
        reasons.append(f"{service[1]} knows none of {len(found.unknown)} packages")
    raise UnavailableError("; ".join(reasons))


def _asked(command: Path, service: Sequence[str]) -> Audited:
    done = subprocess.run(
        [command, "--requirement", LOCK, *_OPTIONS, *service],
        capture_output=True,
        text=True,
        check=False,
        timeout=_SECONDS,
    )
    if not done.stdout.strip():
        raise ValueError((done.stderr.strip().splitlines() or ["it says nothing"])[-1])
    return read(json.loads(done.stdout))


def read(said: dict[str, Any]) -> Audited:
    """pip-audit's JSON: a package has `vulns`, or the reason why it was not looked up."""
    known = [each for each in said["dependencies"] if "vulns" in each]
    return Audited(
        packages=len(known),
        unknown=tuple(each["name"] for each in said["dependencies"] if "vulns" not in each),
        findings=tuple(_told(each, vulnerability) for each in known for vulnerability in each["vulns"]),
    )


def _told(package: dict[str, Any], vulnerability: dict[str, Any]) -> str:
    fixed = ", ".join(vulnerability.get("fix_versions", ())) or "nothing yet"
    return f"{package['name']} {package['version']}: {vulnerability['id']}, mended in {fixed}"
