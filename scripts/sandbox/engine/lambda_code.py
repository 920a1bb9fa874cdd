"""Where the functions' code lies: each zip extracted once, for all engines on this machine.

In Lambda the code is read-only, and so no function notices that others run from the same folder. The bytecode
that the first process leaves there spares all others the compiling, which is most of a start.
"""

import contextlib
import io
import os
import shutil
import tempfile
import time
import zipfile
from pathlib import Path

CACHE = Path(__file__).resolve().parents[3] / ".cache" / "functions"
# As long as an engine may run without starting a function.
IN_USE = 24 * 3600


def extracted(digest: str, code: bytes, cache: Path = CACHE) -> Path:
    """The folder with a zip's content, which nobody may change.

    Args:
        digest: SHA-256 of the zip.
        code: The zip.
        cache: Where such folders lie, each as old as the last time it was asked for.

    """
    place = cache / f"zip-{digest}"
    try:
        os.utime(place)
    except FileNotFoundError:
        _into(cache, place, code)
        prune(cache, time.time())
    return place


def prune(cache: Path, now: float) -> None:
    """Remove what nobody has asked for lately; `now` is in seconds since the epoch."""
    for each in cache.iterdir():
        with contextlib.suppress(FileNotFoundError):  # another process was quicker
            if now - each.stat().st_mtime > IN_USE:
                shutil.rmtree(each, ignore_errors=True)


def _into(cache: Path, place: Path, code: bytes) -> None:
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, ignore_cleanup_errors=True) as work:
        made = Path(work) / "code"
        with zipfile.ZipFile(io.BytesIO(code)) as bundle:
            bundle.extractall(made)
        # In one step: whoever sees the folder, perhaps another process, finds it complete.
        try:
            made.rename(place)
        except OSError:
            if not place.is_dir():  # else another process was quicker
                raise
