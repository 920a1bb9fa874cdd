"""A statement or a condition that could be taken out unnoticed would protect nothing, or not be needed."""

from collections.abc import Callable

import pytest

from tests.privilege.installations import MUTATED, examined, mutated
from tests.privilege.simulator import UnavailableError


def test_whatever_is_taken_out_of_a_policy_is_noticed(measured: Callable[[str], None]) -> None:
    noticed: dict[str, bool] = {}
    for name in MUTATED:
        try:
            judged = mutated(name)
        except UnavailableError as reason:
            pytest.skip(f"policies are not judged: {reason}")
        for mutant, seen in zip(examined(name).mutants, judged.noticed, strict=True):
            case = f"{mutant.document}: {mutant.removed}"
            noticed[case] = noticed.get(case, False) or seen
    survived = [case for case, seen in noticed.items() if not seen]
    measured(f"privilege: {len(noticed) - len(survived)} of {len(noticed)} mutants of policies noticed")
    assert not survived, "\n".join(survived)
