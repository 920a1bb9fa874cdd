from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.faults.stage import Stage

if TYPE_CHECKING:
    from scripts.sandbox.engine.core import Engine


@pytest.fixture(scope="module")
def stage(engine: "Engine", fresh_account: Callable[[], str]) -> Stage:
    return Stage(engine, fresh_account)
