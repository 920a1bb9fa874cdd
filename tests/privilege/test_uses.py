"""A function's list of what it uses is what its wiring leads to: no method more, none less."""

import pytest

from stacksets.functions import FUNCTIONS
from stacksets.hub_function import HubFunction
from tests.privilege.wired import methods_of

NAMED = {each.name: each for each in FUNCTIONS}


@pytest.mark.parametrize("function", FUNCTIONS, ids=list(NAMED))
def test_a_function_uses_what_its_use_cases_call(function: HubFunction) -> None:
    used = {each.__qualname__ for each in function.uses}
    led_to = {each.__qualname__ for each in methods_of(function.name)}
    assert used == led_to
