"""Each kind of installation is judged once; without the simulator the tests are skipped, visibly."""

from collections.abc import Mapping

import pytest

from tests.privilege.installations import NAMES, judged
from tests.privilege.simulator import Judged, UnavailableError


@pytest.fixture(scope="session")
def said() -> Mapping[str, Judged]:
    """What the simulator says of each kind of installation."""
    try:
        return {name: judged(name) for name in NAMES}
    except UnavailableError as reason:
        pytest.skip(f"policies are not judged: {reason}")
