"""Who may do what, by a simulator that is not ours; `pytest -s tests/privilege` prints every case."""

from collections.abc import Callable, Mapping

import pytest

from tests.privilege.attempts import told
from tests.privilege.installations import NAMES, examined
from tests.privilege.simulator import ALLOWED, Judged

DENIED = {"deny", "none"}
AT_LEAST = 60


@pytest.mark.parametrize("name", NAMES)
def test_every_call_that_natrec_makes_is_allowed(
    name: str, said: Mapping[str, Judged], measured: Callable[[str], None]
) -> None:
    calls = examined(name).calls
    verdicts = said[name].verdicts[: len(calls)]
    lines = [f"{verdict:5} {told(each)}" for each, verdict in zip(calls, verdicts, strict=True)]
    print("", f"---- {name} ----", *lines, sep="\n")  # noqa: T201 - the matrix
    wrong = [line for line, verdict in zip(lines, verdicts, strict=True) if verdict != ALLOWED]
    assert not wrong, "\n".join(wrong)
    measured(f"privilege, {name}: {len(calls)} calls allowed")


@pytest.mark.parametrize("name", NAMES)
def test_every_trespass_is_denied(
    name: str, said: Mapping[str, Judged], measured: Callable[[str], None]
) -> None:
    trespasses = examined(name).trespasses
    verdicts = said[name].verdicts[-len(trespasses) :]
    lines = [f"{verdict:5} {told(each)}" for each, verdict in zip(trespasses, verdicts, strict=True)]
    print("", f"---- {name} ----", *lines, sep="\n")  # noqa: T201 - the matrix
    wrong = [line for line, verdict in zip(lines, verdicts, strict=True) if verdict not in DENIED]
    assert not wrong, "\n".join(wrong)
    measured(f"privilege, {name}: {len(trespasses)} trespasses denied")


def test_what_is_tried_is_tried_once_and_is_much() -> None:
    for name in NAMES:
        cases = [(told(each), tuple(each.keys.items())) for each in examined(name).trespasses]
        twice = {case for case in cases if cases.count(case) > 1}
        assert not twice
        assert len(cases) >= AT_LEAST
