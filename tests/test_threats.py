"""The threats in `hub/README.md`: each is stopped by something that a test shows, and the test is there."""

import re
from pathlib import Path

import pytest

from tests.named import TESTS, missing, named

ROOT = TESTS.parent
SECTION = (ROOT / "hub" / "README.md").read_text(encoding="utf-8").partition("what could go wrong\n")[2]
TABLE = SECTION.partition("| what | threat | what stops it | shown by |\n")[2].partition("\n\n")[0]
ROWS = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", TABLE, re.MULTILINE)
READMES = sorted(
    each
    for each in ROOT.rglob("README.md")
    if not any(part.startswith(".") or part == "node_modules" for part in each.relative_to(ROOT).parts)
)


def test_every_row_is_read() -> None:
    assert len(ROWS) == len([line for line in TABLE.splitlines() if "---" not in line]) >= 10


@pytest.mark.parametrize(
    ("threat", "shown"), [(f"{what}: {threat}", shown) for what, threat, _, shown in ROWS]
)
def test_what_stops_a_threat_is_shown_by_a_test_that_exists(threat: str, shown: str) -> None:
    assert named(shown) or shown.startswith("the same"), threat
    beside = re.findall(r"`(\w+\.py)`", shown)
    assert not [each for each in beside if not (TESTS / "privilege" / each).exists()]


def test_the_first_row_names_what_the_others_mean_by_the_same() -> None:
    assert named(ROWS[0][3])


@pytest.mark.parametrize("readme", READMES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_test_that_a_readme_names_exists(readme: Path) -> None:
    assert not missing(readme.read_text(encoding="utf-8"))
