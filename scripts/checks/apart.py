"""Tools with environments of their own: natrec's lock has none of them, nor of what they bring along."""

import subprocess
import sys
from pathlib import Path

from scripts.environment import HOME, ROOT

_HOME = ROOT / ".cache" / "checks"
_UV = HOME / "bin" / "uv"
_INSTALL_SECONDS = 300


class UnavailableError(Exception):
    """The tool cannot run here; the message says why."""


def installed(package: str, version: str, uv: Path = _UV, home: Path = _HOME) -> Path:
    """The folder of its commands; installed when it is first asked for.

    Args:
        package: Its name, which is its environment's too.
        version: The very version that was looked at; what it needs is what the index has.
        uv: Installs it.
        home: Where the environments are.

    Raises:
        UnavailableError: It cannot be installed.

    """
    place = home / f"{package}-{version}"
    commands, done = place / "bin", place / ".installed"
    if done.exists():
        return commands
    try:
        _run(uv, "venv", "--quiet", "--clear", "--python", sys.executable, place)
        _run(uv, "pip", "install", "--quiet", "--python", commands / "python", f"{package}=={version}")
    except (OSError, subprocess.SubprocessError) as problem:
        said = (getattr(problem, "stderr", "") or str(problem)).strip()
        raise UnavailableError(f"{package} {version} cannot be installed: {said[-300:]}") from problem
    done.touch()
    return commands


def _run(*command: str | Path) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True, timeout=_INSTALL_SECONDS)
