"""The validator of the Amazon States Language from npm, where Node is there to run it."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from scripts.checks import definitions
from scripts.environment import ROOT

VERSION = "4.0.0"
_HOME = ROOT / ".cache" / "node" / f"asl-validator-{VERSION}"
_PACKAGE = _HOME / "node_modules" / "asl-validator"


class UnavailableError(Exception):
    """The validator cannot run here; the message says why."""


def findings(definition: str) -> Iterator[str]:
    """What it says of a definition.

    Raises:
        UnavailableError: There is no Node, or the validator cannot be installed.

    """
    program = _installed()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "machine.asl.json"
        file.write_text(definitions.filled(definition), encoding="utf-8")
        done = _run(_tool("node"), str(program), "--json-path", str(file))
    if done.returncode:
        yield (done.stdout + done.stderr).replace(folder, "").strip()


def _installed() -> Path:
    manifest = _PACKAGE / "package.json"
    if not manifest.exists():
        options = ("--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--silent")
        done = _run(_tool("npm"), "install", "--prefix", str(_HOME), *options, f"asl-validator@{VERSION}")
        if done.returncode or not manifest.exists():
            raise UnavailableError(
                f"npm could not install asl-validator {VERSION}: {done.stderr.strip()[-300:]}"
            )
    program: str = json.loads(manifest.read_text(encoding="utf-8"))["bin"]["asl-validator"]
    return _PACKAGE / program


def _tool(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise UnavailableError(f"there is no {name} on this machine")
    return path


def _run(*command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, capture_output=True, text=True, check=False)
