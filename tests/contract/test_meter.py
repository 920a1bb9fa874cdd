"""What any meter tells of a gateway's bytes."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from hub.domain.errors import RecordingFault
from hub.domain.gateways import Availability
from hub.domain.rises import Series
from scripts.sandbox.engine.core import Engine
from tests.contract.metrics import EngineWitnessWorld, FakeWitnessWorld, WitnessWorld, minutes


@pytest.fixture
def engine_metrics(engine: Engine, fresh_account: Callable[[], str]) -> EngineWitnessWorld:
    return EngineWitnessWorld(engine, fresh_account())


@pytest.fixture
def metrics(world: str, request: pytest.FixtureRequest) -> WitnessWorld:
    if world == "fake":
        return FakeWitnessWorld()
    made: EngineWitnessWorld = request.getfixturevalue("engine_metrics")
    return made


@pytest.mark.parametrize("availability", ["zonal", "regional"])
def test_a_gateways_bytes_are_told_in_both_directions_and_nobody_elses(
    metrics: WitnessWorld, availability: Availability
) -> None:
    gateway, other = metrics.gateway(availability), metrics.instance(None, "other")
    metrics.count(gateway.gateway, "download", 10.0, 900.0)
    metrics.count(gateway.gateway, "upload", 4.0, 8.0, 30.0)
    metrics.count(other, "upload", 7.0)
    since = metrics.now - timedelta(minutes=2)
    found = metrics.meter.counts(gateway, availability, since, metrics.now)
    assert found == {
        "download": minutes(metrics.now, (10.0, 900.0)),
        "upload": minutes(metrics.now, (8.0, 30.0)),
    }


def test_a_gateway_without_metrics_has_no_bytes(metrics: WitnessWorld) -> None:
    since = metrics.now - timedelta(minutes=2)
    found = metrics.meter.counts(metrics.gateway(), "zonal", since, metrics.now)
    assert found == {"download": Series(), "upload": Series()}


def test_bytes_that_cannot_be_asked_for_say_where(engine_metrics: EngineWitnessWorld) -> None:
    gateway = engine_metrics.gateway()
    since = engine_metrics.now + timedelta(hours=5)
    with pytest.raises(RecordingFault, match=f"asking for metrics in {gateway.account}"):
        engine_metrics.meter.counts(gateway, "zonal", since, engine_metrics.now)
