"""The table of the ancestor's defects in `hub/README.md` names tests that there are."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
README = TESTS.parent / "hub" / "README.md"
ROWS = re.findall(r"^\| (B\d+) \| [^|]+ \| ([^|]+) \|$", README.read_text(), re.MULTILINE)
DEFECTS = 25


@cache
def functions(module: Path) -> frozenset[str]:
    tree = ast.parse(module.read_text())
    return frozenset(each.name for each in tree.body if isinstance(each, ast.FunctionDef))


def test_every_defect_of_the_ancestor_is_named_once() -> None:
    assert [name for name, _ in ROWS] == [f"B{number}" for number in range(1, DEFECTS + 1)]


@pytest.mark.parametrize(("defect", "tests"), ROWS)
def test_its_absence_is_shown_by_tests_that_exist(defect: str, tests: str) -> None:
    named = re.findall(r"`([\w/]+\.py)::(test_\w+)`", tests)
    assert named, defect
    missing = [f"{module}::{name}" for module, name in named if name not in functions(TESTS / module)]
    assert not missing
