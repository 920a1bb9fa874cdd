from typing import TYPE_CHECKING, Any, Protocol

import pytest

from tests import factories
from tests.races.places import RacingHub

if TYPE_CHECKING:
    from scripts.sandbox.engine.core import Engine


class NewHub(Protocol):
    def __call__(self, **terms: Any) -> RacingHub: ...  # noqa: ANN401 - arguments of the terms


@pytest.fixture
def new_hub(engine: "Engine", account: str) -> NewHub:
    """Makes hubs over the engine's DynamoDB."""
    client = engine.client(account, factories.REGION, "dynamodb")
    return lambda **terms: RacingHub(client, **terms)
