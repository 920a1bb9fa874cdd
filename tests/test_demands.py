"""The table of what users of similar systems suffered, in `tests/README.md`, names tests that there are."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
ROWS = re.findall(
    r"^\| (\d+) \| [^|]+ \| [^|]+ \| ([^|]+) \|$", (TESTS / "README.md").read_text(), re.MULTILINE
)
# Roll-out, regions and partitions, permissions; of the rest what concerns removal and life cycle.
DEPLOYING = [*range(1, 18), 19, 20, 22, *range(31, 35)]


@cache
def functions(module: Path) -> frozenset[str]:
    tree = ast.parse(module.read_text())
    return frozenset(each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef))


def test_every_demand_about_deploying_is_answered_once() -> None:
    assert [int(number) for number, _ in ROWS] == DEPLOYING


@pytest.mark.parametrize(("number", "tests"), ROWS)
def test_its_answer_is_shown_by_tests_that_exist(number: str, tests: str) -> None:
    named = re.findall(r"`([\w/]+\.py)::(test_\w+)`", tests)
    assert named, number
    missing = [f"{module}::{name}" for module, name in named if name not in functions(TESTS / module)]
    assert not missing
