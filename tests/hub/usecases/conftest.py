import pytest

from tests.hub.usecases.hub import FakeHub


@pytest.fixture
def hub() -> FakeHub:
    return FakeHub()
