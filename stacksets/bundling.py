"""The functions' zip: the hub's code and its locked dependencies, the same bytes whenever and wherever built.

boto3 is not in it: Lambda's runtime brings its own (Lambda Developer Guide, "Runtime-included SDK versions").
"""

import hashlib
import os
import subprocess
import sys
import sysconfig
import tempfile
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from orgconfig.errors import NatrecError
from stacksets.locked import LOCK, PROJECT, ROOT, closure, lock_entries, run_time_requirements

PACKAGES = ("hub", "orgconfig")
# Rendered, or compiled into the policy, where natrec is deployed.
_DEPLOY_TIME = frozenset({"templates", "models"})
# Of the templates, those that the functions fill; the others are deploy time.
FILLED_AT_RUN_TIME = (
    "hub/templates/report.html.j2",
    "hub/templates/talkers.sql",
    *sorted(
        each.relative_to(ROOT).as_posix() for each in (ROOT / "hub" / "templates" / "notices").glob("*.j2")
    ),
)
CACHE = ROOT / ".cache" / "bundle"
KEPT = 6
# Another process, such as an `apply` that waits for an answer, may still upload what it has found.
IN_USE = 6 * 3600
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date a zip can hold
_PLAIN_FILE = 0o100644 << 16
# Of a wheel's own records only its name, version and licence are kept; the rest tells of the installation.
_KEPT_RECORDS = ("METADATA", "entry_points.txt")
_LEFT_OUT = frozenset({"__pycache__", "tests", "bin"})


class Platform(Enum):
    """Where the zip runs: in Lambda, or in this machine's sandbox."""

    LAMBDA = "lambda"
    LOCAL = "local"

    @property
    def markers(self) -> dict[str, str]:
        """The environment markers that differ from this interpreter's."""
        if self is Platform.LOCAL:
            return {}
        version = {"python_version": "3.13", "python_full_version": "3.13.0"}
        return {**version, "platform_machine": "aarch64", "sys_platform": "linux", "platform_system": "Linux"}

    @property
    def install_options(self) -> tuple[str, ...]:
        """How uv is told to choose wheels for it."""
        if self is Platform.LOCAL:
            return ("--python", sys.executable)
        return ("--python-platform", "aarch64-manylinux2014", "--python-version", "3.13")

    @property
    def fingerprint(self) -> str:
        """What else than the sources the zip depends on."""
        return (
            f"{self.value} {sys.version} {sysconfig.get_platform()}" if self is Platform.LOCAL else self.value
        )


@dataclass(frozen=True)
class Bundle:
    """A built zip.

    Attributes:
        path: Where it lies.
        digest: SHA-256 of its bytes, in hexadecimal.

    """

    path: Path
    digest: str

    @property
    def key(self) -> str:
        """Its key in a bucket: an unchanged zip changes no template."""
        return f"{self.digest}.zip"


class BundleError(NatrecError):
    """The dependencies cannot be installed; it says why in uv's own words."""


def bundle(platform: Platform, cache: Path = CACHE) -> Bundle:
    """Build the zip, or find the one that was built from the same inputs.

    Raises:
        BundleError: The dependencies cannot be installed.
        NotLockedError: One of them does not stand in the lock.

    """
    inputs, now = _inputs(platform), time.time()
    place, note = cache / f"{inputs}.zip", cache / f"{inputs}.sha256"
    try:
        os.utime(note)
    except FileNotFoundError:
        _into(cache, platform, place, note)
    prune(cache, now)
    return Bundle(place, note.read_text())


def prune(cache: Path, now: float) -> None:
    """Remove zips that nobody has asked for lately; the few that were asked for last stay, however old.

    Args:
        cache: Where they lie, each with a note that is as old as the last time it was asked for.
        now: The time, in seconds since the epoch.

    """
    notes = sorted(cache.glob("*.sha256"), key=lambda each: each.stat().st_mtime, reverse=True)
    for note in notes[KEPT:]:
        if now - note.stat().st_mtime > IN_USE:
            # The note first: whoever sees one, perhaps another process, finds the zip.
            note.unlink(missing_ok=True)
            note.with_suffix(".zip").unlink(missing_ok=True)


def _into(cache: Path, platform: Platform, place: Path, note: Path) -> None:
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as work:
        built = Path(work) / "bundle.zip"
        _build(platform, Path(work) / "stage", built)
        written = Path(work) / "digest"
        written.write_text(hashlib.sha256(built.read_bytes()).hexdigest())
        # The note last: whoever sees it, perhaps another process, finds the zip complete.
        built.replace(place)
        written.replace(note)


def _inputs(platform: Platform) -> str:
    digest = hashlib.sha256(platform.fingerprint.encode())
    for path in (LOCK, PROJECT, Path(__file__), *(source for _, source in _own_files())):
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:32]


def _own_files() -> Iterator[tuple[str, Path]]:
    """Name in the zip and place of every module of ours, and of what they fill."""
    yield from ((name, ROOT / name) for name in FILLED_AT_RUN_TIME)
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = path.relative_to(ROOT)
            if not (_DEPLOY_TIME | _LEFT_OUT) & set(name.parts):
                yield name.as_posix(), path


def _build(platform: Platform, stage: Path, target: Path) -> None:
    stage.mkdir()
    _install(platform, stage)
    files = dict(_dependency_files(stage)) | dict(_own_files())
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.external_attr = _PLAIN_FILE
            entry.create_system = 3  # Unix, also when built elsewhere
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name].read_bytes())


def _install(platform: Platform, stage: Path) -> None:
    names = closure(run_time_requirements(), platform.markers)
    wanted = stage.with_suffix(".txt")
    wanted.write_text(lock_entries(names, LOCK.read_text()))
    uv = Path(sys.executable).with_name("uv")
    command: list[str | Path] = [uv, "pip", "install", "--quiet", "--target", stage]
    command += ["--require-hashes", "--no-deps", "--only-binary", ":all:", "--link-mode", "copy"]
    command += [*platform.install_options, "-r", wanted]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BundleError(
            f"installing the functions' dependencies failed: {done.stderr.strip()}",
            next="Check the network and the package index, then run again.",
        )


def _dependency_files(stage: Path) -> Iterator[tuple[str, Path]]:
    for path in stage.rglob("*"):
        parts = path.relative_to(stage).parts
        if path.is_file() and not _LEFT_OUT & set(parts) and _is_kept(parts):
            yield "/".join(parts), path


def _is_kept(parts: tuple[str, ...]) -> bool:
    if len(parts) == 1:
        return parts[0].endswith(".py")
    if not parts[0].endswith(".dist-info"):
        return True
    return parts[1] in _KEPT_RECORDS or parts[1].upper().startswith(("LICEN", "NOTICE"))
