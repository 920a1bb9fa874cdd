"""The table of what users of similar systems suffered, in `tests/README.md`, names tests that there are."""

import re

import pytest

from tests.named import TESTS, missing, named

ROWS = re.findall(
    r"^\| (\d+) \| [^|]+ \| [^|]+ \| ([^|]+) \|$", (TESTS / "README.md").read_text(), re.MULTILINE
)
# Roll-out, regions and partitions, permissions; of the rest what concerns removal and life cycle.
DEPLOYING = [*range(1, 18), 19, 20, 22, *range(31, 35)]


def test_every_demand_about_deploying_is_answered_once() -> None:
    assert [int(number) for number, _ in ROWS] == DEPLOYING


@pytest.mark.parametrize(("number", "tests"), ROWS)
def test_its_answer_is_shown_by_tests_that_exist(number: str, tests: str) -> None:
    assert named(tests), number
    assert not missing(tests)
