"""The life of recordings under anything that may happen, against a simple model."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.contract import dynoxide
from tests.contract.tables import DynamoTable, HubTable, MemoryTable
from tests.profiles import LONG, many
from tests.property.chance import live_long
from tests.property.machine import LifeCycle

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def live(table: Callable[[], HubTable], examples: int, steps: int, *phases: Phase) -> None:
    profile = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=not LONG,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, *phases),
    )
    factory: Any = lambda: LifeCycle(table)  # noqa: E731 - any factory will do, though a class is asked for
    run_state_machine_as_test(factory, settings=profile)


@pytest.fixture(scope="module")
def strict() -> Iterator["DynamoDBClient"]:
    with ExitStack() as stack:
        try:
            client = stack.enter_context(dynoxide.running())
        except dynoxide.UnavailableError as reason:
            pytest.skip(f"the life cycle is not held over dynoxide: {reason}")
        yield client


def test_no_order_of_events_breaks_a_lease_or_a_quota(survived: Callable[..., None]) -> None:
    examples = many(60, 3000)
    survived("life cycles, over the fakes", examples)
    live(MemoryTable, examples, many(40, 80), Phase.shrink)


@pytest.mark.parametrize("seed", range(many(30, 2000)))
def test_nor_does_a_long_and_crowded_life(seed: int, survived: Callable[..., None]) -> None:
    steps = many(250, 500)
    survived("steps of crowded lives, over the fakes", steps)
    live_long(LifeCycle(MemoryTable), seed, steps)


def test_nor_does_it_over_dynamodb(strict: "DynamoDBClient", survived: Callable[..., None]) -> None:
    examples = many(4, 200)
    survived("life cycles, over dynoxide", examples)
    live(lambda: DynamoTable(strict), examples, many(20, 50))


@pytest.mark.parametrize("seed", range(many(8, 80)))
def test_nor_does_a_crowded_life_over_dynamodb(
    strict: "DynamoDBClient", seed: int, survived: Callable[..., None]
) -> None:
    steps = many(100, 400)
    survived("steps of crowded lives, over dynoxide", steps)
    live_long(LifeCycle(lambda: DynamoTable(strict)), seed, steps)
