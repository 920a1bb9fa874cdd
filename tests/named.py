"""Tests that a README names: `folder/test_module.py::test_name`, from `tests/` on."""

import ast
import re
from functools import cache
from pathlib import Path

TESTS = Path(__file__).parent
_NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")


@cache
def functions(module: Path) -> frozenset[str]:
    """The functions of a module; none, where it is not there."""
    if not module.exists():
        return frozenset()
    tree = ast.parse(module.read_text(encoding="utf-8"))
    return frozenset(each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef))


def named(text: str) -> list[tuple[str, str]]:
    """Every test that a text names: its module and its name."""
    return _NAMED.findall(text)


def missing(text: str) -> list[str]:
    """Those of them that are not there."""
    return [f"{module}::{name}" for module, name in named(text) if name not in functions(TESTS / module)]
