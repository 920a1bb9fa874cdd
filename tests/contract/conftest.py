from typing import TYPE_CHECKING, cast

import pytest

from tests import factories
from tests.contract.tables import DynamoTable, HubTable, MemoryTable

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def dynamo_table(request: pytest.FixtureRequest) -> DynamoTable:
    """The adapters over the sandbox's own DynamoDB."""
    engine = request.getfixturevalue("engine")
    account = cast("Callable[[], str]", request.getfixturevalue("fresh_account"))()
    return DynamoTable(engine.client(account, factories.REGION, "dynamodb"))


@pytest.fixture(params=["fake", "sandbox"])
def hub_table(request: pytest.FixtureRequest) -> HubTable:
    if request.param == "fake":
        return MemoryTable()
    return cast("DynamoTable", request.getfixturevalue("dynamo_table"))
