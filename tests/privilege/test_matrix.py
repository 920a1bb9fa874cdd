"""Who may do what, by a simulator that is not ours; the last lines of a run name files with every case."""

from collections.abc import Callable, Mapping

import pytest

from tests.privilege.attempts import told
from tests.privilege.installations import NAMES, examined
from tests.privilege.matrix import kept, lines
from tests.privilege.simulator import ALLOWED, Judged

DENIED = {"deny", "none"}
AT_LEAST = 60


@pytest.mark.parametrize("name", NAMES)
def test_every_call_that_natrec_makes_is_allowed(
    name: str, said: Mapping[str, Judged], measured: Callable[[str], None]
) -> None:
    calls = examined(name).calls
    verdicts = said[name].verdicts[: len(calls)]
    cases = lines(calls, verdicts)
    file = kept(name, "allowed", cases)
    wrong = [line for line, verdict in zip(cases, verdicts, strict=True) if verdict != ALLOWED]
    assert not wrong, "\n".join(wrong)
    measured(f"privilege, {name}: {len(calls)} calls allowed, each in {file}")


@pytest.mark.parametrize("name", NAMES)
def test_every_trespass_is_denied(
    name: str, said: Mapping[str, Judged], measured: Callable[[str], None]
) -> None:
    trespasses = examined(name).trespasses
    verdicts = said[name].verdicts[-len(trespasses) :]
    cases = lines(trespasses, verdicts)
    file = kept(name, "denied", cases)
    wrong = [line for line, verdict in zip(cases, verdicts, strict=True) if verdict not in DENIED]
    assert not wrong, "\n".join(wrong)
    measured(f"privilege, {name}: {len(trespasses)} trespasses denied, each in {file}")


def test_what_is_tried_is_tried_once_and_is_much() -> None:
    for name in NAMES:
        cases = [(told(each), tuple(each.keys.items())) for each in examined(name).trespasses]
        twice = {case for case in cases if cases.count(case) > 1}
        assert not twice
        assert len(cases) >= AT_LEAST
