"""The same once more with the retries of the product's own clients, which no step of the machine sees."""

from collections.abc import Callable

import pytest

from tests.faults.cases import ONCE
from tests.faults.stage import Stage
from tests.faults.surviving import settled, survive
from tests.faults.wire import Fault
from tests.profiles import sampled

RETRIED = [fault for fault in ONCE if fault.kind in {"throttled", "failed", "never arrived", "unanswered"}]


@pytest.mark.parametrize("fault", sampled(RETRIED, every=15), ids=str)
def test_a_client_tries_again_by_itself(stage: Stage, fault: Fault, survived: Callable[[str], None]) -> None:
    survived("faults, retried by the client")
    survival = survive(stage, fault, retries=True)
    assert (survival.hits, survival.outcome) == (1, "done")
    assert settled(survival.left), survival.left
