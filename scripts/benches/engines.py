"""The other engines, in an environment of their own: natrec's lock has none of them."""

import subprocess
import sys
from pathlib import Path

from scripts.benches.kinds import HOME
from scripts.benches.measuring import Contestant
from scripts.benches.others import ENGINES

_HOME = HOME.parent / "engines"
_PYTHON = _HOME / "bin" / "python"
_UV = Path(sys.executable).with_name("uv")
_SCRIPT = Path(__file__).with_name("others.py")
# What each needs, of the versions that were measured; pandas reads parquet with pyarrow.
_NEEDS = {
    "polars": ("polars==2.1.0",),
    "pandas": ("pandas==3.1.1", "pyarrow==26.0.1"),
    "chdb": ("chdb==4.4.0",),
    "flowlogs-reader": ("flowlogs-reader==5.0.1",),
}
# Its readers want objects in S3; in text its records can be made without.
_TEXT_ONLY = frozenset({"flowlogs-reader"})


def contestants(uv: Path = _UV) -> tuple[Contestant, ...]:
    """Those that can be installed here; of the others stderr says why they are left out."""
    return tuple(_contestant(name) for name in ENGINES if _installed(name, uv))


def _contestant(name: str) -> Contestant:
    return Contestant(
        name,
        lambda folder: (str(_SCRIPT), name, str(folder)),
        _PYTHON,
        ("text",) if name in _TEXT_ONLY else ("text", "parquet"),
    )


def _installed(name: str, uv: Path) -> bool:
    try:
        if not _PYTHON.exists():
            _run(str(uv), "venv", "-q", "--python", sys.executable, str(_HOME))
        _run(str(uv), "pip", "install", "-q", "--python", str(_PYTHON), *_NEEDS[name])
    except (OSError, subprocess.CalledProcessError) as problem:
        words = getattr(problem, "stderr", None) or str(problem)
        print(f"bench: without {name}, which is not installed: {words.strip()}", file=sys.stderr)
        return False
    return True


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)
