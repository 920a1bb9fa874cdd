from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import factories
from tests.contract import dynoxide
from tests.contract.tables import DynamoTable, HubTable, MemoryTable
from tests.contract.worlds import (
    AnswersWorld,
    ArchiveWorld,
    EngineAnswersWorld,
    EngineArchiveWorld,
    EngineReportsWorld,
    EngineSpokeWorld,
    FakeAnswersWorld,
    FakeArchiveWorld,
    FakeReportsWorld,
    FakeSpokeWorld,
    ReportsWorld,
    SpokeWorld,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from scripts.sandbox.engine.core import Engine
    from scripts.sandbox.engine.slack import SlackStandIn


@pytest.fixture(params=["fake", "sandbox"])
def world(request: pytest.FixtureRequest) -> str:
    """Which of the two a contract is held against."""
    return str(request.param)


@pytest.fixture
def dynamo_table(engine: "Engine", account: str) -> DynamoTable:
    """The adapters over the sandbox's own DynamoDB."""
    return DynamoTable(engine.client(account, factories.REGION, "dynamodb"))


@pytest.fixture(scope="session")
def dynoxide_client() -> Iterator["DynamoDBClient"]:
    with ExitStack() as stack:
        try:
            client = stack.enter_context(dynoxide.running())
        except dynoxide.UnavailableError as reason:
            pytest.skip(f"the contract is not held over dynoxide: {reason}")
        yield client


@pytest.fixture
def dynoxide_table(dynoxide_client: "DynamoDBClient") -> DynamoTable:
    return DynamoTable(dynoxide_client)


@pytest.fixture(params=["fake", "sandbox", "dynoxide"])
def hub_table(request: pytest.FixtureRequest) -> HubTable:
    if request.param == "fake":
        return MemoryTable()
    name = {"sandbox": "dynamo_table", "dynoxide": "dynoxide_table"}[request.param]
    table: DynamoTable = request.getfixturevalue(name)
    return table


@pytest.fixture
def engine_spokes(engine: "Engine", fresh_account: Callable[[], str]) -> EngineSpokeWorld:
    return EngineSpokeWorld(engine, fresh_account(), fresh_account())


@pytest.fixture
def spokes(world: str, request: pytest.FixtureRequest) -> SpokeWorld:
    if world == "fake":
        return FakeSpokeWorld()
    made: EngineSpokeWorld = request.getfixturevalue("engine_spokes")
    return made


@pytest.fixture
def archives(world: str, request: pytest.FixtureRequest) -> ArchiveWorld:
    if world == "fake":
        return FakeArchiveWorld()
    return EngineArchiveWorld(request.getfixturevalue("engine"), request.getfixturevalue("account"))


@pytest.fixture
def reports(world: str, request: pytest.FixtureRequest) -> ReportsWorld:
    if world == "fake":
        return FakeReportsWorld()
    return EngineReportsWorld(request.getfixturevalue("engine"), request.getfixturevalue("account"))


@pytest.fixture
def answers(world: str, request: pytest.FixtureRequest) -> AnswersWorld:
    if world == "fake":
        return FakeAnswersWorld()
    return EngineAnswersWorld(request.getfixturevalue("engine"), request.getfixturevalue("account"))


@pytest.fixture
def stand_in(tmp_path: Path) -> Iterator["SlackStandIn"]:
    from scripts.sandbox.engine.slack import SlackStandIn  # noqa: PLC0415 - the fakes' tests need not load it

    made = SlackStandIn(tmp_path / "slack.jsonl")
    yield made
    made.stop()
