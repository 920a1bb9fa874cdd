"""Which locked packages the functions need at run time, and their entries in the lock."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from orgconfig.errors import NatrecError

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
PROJECT = ROOT / "pyproject.toml"

# One package of the lock: `name==version`, perhaps a marker, and a hash on each following line.
_ENTRY = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==[^\\\n]*(?:\\\n[^\\\n]*)*", re.MULTILINE)


class NotLockedError(NatrecError):
    """A package that the functions need does not stand in the lock."""


def run_time_requirements() -> tuple[str, ...]:
    """The project's own dependencies, as `pyproject.toml` has them."""
    dependencies: list[str] = tomllib.loads(PROJECT.read_text())["project"]["dependencies"]
    return tuple(dependencies)


def closure(requirements: Iterable[str], target: Mapping[str, str]) -> frozenset[str]:
    """Every package that these need, directly or through others.

    Args:
        requirements: Requirements as packages write them.
        target: Values of environment markers where the code will run, as in `{"python_version": "3.13"}`;
            the others are this interpreter's.

    Raises:
        importlib.metadata.PackageNotFoundError: One is not installed here, so its needs are unknown.

    """
    names: set[str] = set()
    waiting = [Requirement(each) for each in requirements]
    while waiting:
        needed = waiting.pop()
        name = canonicalize_name(needed.name)
        if name not in names:
            names.add(name)
            waiting.extend(_needs(name, needed.extras, target))
    return frozenset(names)


def _needs(package: str, extras: Iterable[str], target: Mapping[str, str]) -> Iterator[Requirement]:
    for text in metadata.requires(package) or ():
        requirement = Requirement(text)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({**target, "extra": extra}) for extra in ("", *extras)):
            yield requirement


def lock_entries(names: Iterable[str], lock: str) -> str:
    """The lock's entries for these packages, with their hashes, as a requirements file.

    Raises:
        NotLockedError: One is missing.

    """
    entries = {str(canonicalize_name(match["name"])): match[0] for match in _ENTRY.finditer(lock)}
    missing = sorted(set(names) - set(entries))
    if missing:
        raise NotLockedError(
            f"{', '.join(missing)} missing in {LOCK.name}: compile it again (see scripts/README.md)"
        )
    return "\n".join(entries[name] for name in sorted(names)) + "\n"
