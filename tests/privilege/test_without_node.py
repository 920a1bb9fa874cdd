"""Without Node nothing is judged: the tests say so and are skipped, and CI has it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.environment import ROOT
from tests.privilege.simulator import UnavailableError, judge

ENVIRONMENT = os.environ  # noqa: TID251 - handed on to another run of these tests


def test_without_node_nobody_judges(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match=r"there is no (node|npm) on this machine"):
        judge({}, [], path=str(tmp_path))


def test_a_run_without_node_is_skipped_and_says_why(tmp_path: Path) -> None:
    modules = [f"tests/privilege/test_{name}.py" for name in ("matrix", "mutants")]
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *modules],
        capture_output=True, text=True, check=False, cwd=ROOT,
        env={**ENVIRONMENT, "PATH": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "policies are not judged: there is no n" in done.stdout
    assert "calls allowed" not in done.stdout
    assert "1 passed, 9 skipped" in done.stdout


def test_ci_runs_these_tests() -> None:
    assert "./scripts/test\n" in (ROOT / ".ci" / "run").read_text()
