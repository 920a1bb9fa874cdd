"""The one way natrec gets its environment: a virtual environment beside the code, synced to the lock.

Standard library only, for it runs before anything is installed. A second run with an unchanged lock
costs a few milliseconds; two runs at once wait for each other.
"""

import fcntl
import hashlib
import os
import re
import subprocess
import sys
import venv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
OLDEST = (3, 11)


class SetupError(Exception):
    """The environment cannot be prepared; the message says what to do next."""


def _say(text: str) -> None:
    print(f"natrec: {text}", file=sys.stderr, flush=True)


def _fingerprint() -> str:
    """What the environment was made from. Which Python calls does not matter: the environment has its own."""
    return hashlib.sha256(LOCK.read_bytes()).hexdigest()


def _locked(package: str) -> str:
    """The lock's own entry for one package, with its hashes."""
    entry = re.search(rf"^{package}==(?:.*\\\n)*.*", LOCK.read_text(), re.MULTILINE)
    if entry is None:
        raise SetupError(f"{LOCK.name} does not list {package}; compile it again (see scripts/README.md)")
    return entry.group(0)


def _run(*command: str | Path, doing: str) -> None:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if done.returncode:
        detail = (done.stderr or done.stdout).strip()
        raise SetupError(
            f"{doing} failed: {detail}\nCheck the network and the package index, then run again."
        )


@contextmanager
def _only_one() -> Iterator[None]:
    with (ROOT / ".venv.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def prepare() -> Path:
    """Make the environment if it is missing or stale.

    Returns:
        The environment's Python.

    Raises:
        SetupError: Python is too old, the environment is another checkout's, or a step of the
            installation failed.

    """
    if sys.version_info < OLDEST:
        wanted = ".".join(map(str, OLDEST))
        raise SetupError(f"Python {wanted} or newer is needed, this is {sys.version.split()[0]}")
    python, stamp = HOME / "bin" / "python", HOME / ".made-from"
    with _only_one():
        if python.exists() and stamp.exists() and stamp.read_text() == _fingerprint():
            return python
        if HOME.is_symlink():
            # Another checkout's: emptying it would take the ground from under whoever works there.
            raise SetupError(f"{HOME} is a link, made from another lock; remove it, and run again")
        _say("preparing the environment (once; later runs start at once)")
        venv.EnvBuilder(with_pip=True, clear=True, symlinks=True).create(HOME)
        installer = HOME / "uv.txt"
        installer.write_text(_locked("uv") + "\n")
        _run(python, "-m", "pip", "install", "-q", "--require-hashes", "-r", installer, doing="installing uv")
        _say("installing the locked dependencies")
        sync = (HOME / "bin" / "uv", "pip", "sync", "-q", "--require-hashes", "--python", python, LOCK)
        _run(*sync, doing="installing the locked dependencies")
        stamp.write_text(_fingerprint())
    return python


def variables() -> dict[str, str]:
    """The environment variables under which the project's own programs run."""
    path = os.pathsep.join([str(HOME / "bin"), os.environ.get("PATH", os.defpath)])
    # Whoever wants no bytecode beside the sources gets none there; without any, every program compiles
    # everything anew, which took a sandbox as long as all that it does.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    own = {"PATH": path, "PYTHONPATH": str(ROOT), "VIRTUAL_ENV": str(HOME)}
    return {**kept, **own, "PYTHONPYCACHEPREFIX": str(ROOT / ".cache" / "bytecode")}


def execute(*arguments: str) -> NoReturn:
    """Become the environment's Python, with these arguments; a setup failure exits with 1."""
    try:
        python = prepare()
    except SetupError as problem:
        _say(str(problem))
        sys.exit(1)
    os.execve(python, [str(python), *arguments], variables())


def run_all(steps: Sequence[tuple[str, Sequence[str]]]) -> NoReturn:
    """Run each named step from the root, go on past failures, exit with 1 when any failed."""
    try:
        prepare()
    except SetupError as problem:
        _say(str(problem))
        sys.exit(1)
    failed = []
    for name, command in steps:
        _say(name)
        program = HOME / "bin" / command[0]
        if subprocess.run([program, *command[1:]], cwd=ROOT, env=variables(), check=False).returncode:
            failed.append(name)
    if failed:
        _say(f"failed: {', '.join(failed)}")
        sys.exit(1)
    _say("all checks passed")
    sys.exit(0)
