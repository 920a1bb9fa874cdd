"""Cold starts: how long each handler's import takes from the zip, beside `import boto3` and one client.

In Lambda the zip's modules lie where nothing can be written (Lambda Developer Guide, "Lambda execution
environment": only /tmp can), so that they are compiled at each cold start unless the zip has their bytecode.
Both are measured: as the zip is, and with bytecode beside every module. The boto3 beside them has bytecode.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.benches.findings import Figure, Findings
from scripts.benches.options import Options
from scripts.benches.running import Say
from scripts.benches.targets import COLD, ZIP_MB
from scripts.sandbox.engine.lambda_runtime import library
from stacksets.bundling import Platform, bundle
from stacksets.functions import FUNCTIONS

# What stands between an onset and its flow log; everything else runs while nobody waits.
CRITICAL = ("hub.handlers.open_recording",)
_BOTO3 = "boto3"
# Processor time, so that others' work on this machine does not count; one thread does all of it.
_PROGRAM = """
import sys, time
sys.path[:0] = sys.argv[1:3]
began = time.process_time()
if sys.argv[3] == "boto3":
    import boto3
    keys = {"aws_access_key_id": "any", "aws_secret_access_key": "any"}
    boto3.session.Session(region_name="eu-west-1", **keys).client("dynamodb")
else:
    __import__(sys.argv[3])
print(time.process_time() - began)
"""


@dataclass(frozen=True)
class Starts:
    """The fastest start of each module, in seconds, and of boto3 with one client beside them."""

    seconds: Mapping[str, float]
    boto3: float

    def ratio(self, module: str) -> float:
        """How many times as long as boto3."""
        return self.seconds[module] / self.boto3

    def slowest(self, modules: Sequence[str]) -> str:
        """Which of them takes longest."""
        return max(modules, key=lambda each: self.seconds[each])


def measure(options: Options, say: Say) -> Findings:
    """Every handler, from the zip as it would run on this machine; the size of the one for Lambda."""
    modules = [each.handler.removesuffix(".handler") for each in FUNCTIONS]
    runs = max(options.runs, 3)
    with tempfile.TemporaryDirectory() as work:
        root = Path(work) / "zip"
        say("building the functions' zips")
        size = bundle(Platform.LAMBDA).path.stat().st_size
        with zipfile.ZipFile(bundle(Platform.LOCAL).path) as archive:
            archive.extractall(root)
        beside = _runtime(Path(work))
        say(f"starting {len(modules)} functions as the zip is, and {runs} times those that are waited for")
        plain = _starts(modules, runs, root, beside)
        _compile(root)
        say("and with bytecode")
        compiled = _starts(modules, runs, root, beside)
    return Findings(figures(plain, compiled, size), details=_details(plain, compiled, size))


def _runtime(work: Path) -> Path:
    """What AWS's runtime brings, with bytecode, which is written beside nobody else's sources."""
    found = work / "runtime"
    found.mkdir()
    for each in library(work / "library").iterdir():
        if each.is_dir():
            kept = shutil.ignore_patterns("__pycache__")
            shutil.copytree(each.resolve(), found / each.name, copy_function=os.symlink, ignore=kept)
        else:
            (found / each.name).symlink_to(each.resolve())
    _compile(found)
    return found


def _compile(folder: Path) -> None:
    """Isolated, for the environment may send bytecode elsewhere."""
    subprocess.run([sys.executable, "-I", "-m", "compileall", "-q", str(folder)], check=True)


def figures(plain: Starts, compiled: Starts, size: int) -> tuple[Figure, ...]:
    """What is promised of cold starts and of the zip.

    Args:
        plain: From the zip as it is.
        compiled: With bytecode beside each module.
        size: Of the zip for Lambda, in bytes.

    """
    slowest = plain.slowest(CRITICAL)
    figure = f"{plain.seconds[slowest]:.2f} s; with bytecode {compiled.seconds[slowest]:.2f} s"
    ratio = f"{plain.ratio(slowest):.2f} of boto3 + one client; with bytecode {compiled.ratio(slowest):.2f}"
    return (
        Figure("cold", figure, ratio, plain.ratio(slowest) <= COLD),
        Figure("zip", f"{size / 10**6:.1f} MB", met=size <= ZIP_MB * 10**6),
    )


def _starts(modules: Sequence[str], runs: int, root: Path, beside: Path) -> Starts:
    """In turns, so that whatever the machine does meets all; those that nobody waits for start once."""
    found: dict[str, float] = {}
    for run in range(runs):
        for module in (_BOTO3, *(CRITICAL if run else modules)):
            command = [sys.executable, "-I", "-S", "-B", "-c", _PROGRAM, str(root), str(beside), module]
            told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            found[module] = min(found.get(module, float("inf")), float(told))
    return Starts(found, found.pop(_BOTO3))


def _details(plain: Starts, compiled: Starts, size: int) -> dict[str, object]:
    def of(starts: Starts) -> dict[str, object]:
        rounded = {module: round(seconds, 3) for module, seconds in starts.seconds.items()}
        return {"boto3 and one client": round(starts.boto3, 3), **rounded}

    return {"zip_bytes": size, "as_the_zip_is": of(plain), "with_bytecode": of(compiled)}
