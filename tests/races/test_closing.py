"""Closes, sweeps and take-overs of one recording at once: it ends once, and is settled once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from hub.domain.alarms import Transition
from hub.domain.quotas import limits
from hub.domain.recordings import Ending, Recording, ended
from hub.domain.refused import RefusedOnset
from tests import factories
from tests.profiles import many
from tests.races.conftest import NewHub
from tests.races.places import RacingHub
from tests.races.racing import Race, tried

Count = Callable[..., None]
Act = Callable[[], object]
ENDINGS: tuple[Ending, ...] = ("recovered", "time_limit", "failed")
OPENED = {(scope, f"opened_{period}"): 1 for scope in ("gateway", "account") for period in ("day", "month")}
OPEN = OPENED | {("account", "active"): 1}


def opening(hub: RacingHub, execution: str, onset: Transition) -> Recording | RefusedOnset:
    return hub.hub.open(onset, execution, hub.clock.now())


def recorded(hub: RacingHub) -> Recording:
    """A recording whose flow logs are on."""
    onset = factories.transition(hub.gateway(), at=hub.clock.now())
    outcome = opening(hub, hub.execution(), onset)
    assert isinstance(outcome, Recording)
    return outcome


def admitted(hub: RacingHub) -> Recording:
    """A recording whose flow logs could not be created."""
    recording = hub.recording(hub.gateway())
    wanted = limits(recording.gateway, hub.rules.everywhere, hub.clock.now())
    assert hub.admit(recording, wanted) is None
    return recording


def close(hub: RacingHub, recording: Recording, ending: Ending) -> Recording:
    """As its execution does, which has nothing but its own name and start."""
    onset = factories.transition(recording.gateway, alarm=recording.alarms[0], at=recording.onset_at)
    return hub.hub.close.of_execution(onset, recording.execution, recording.opened_at, ending, None)


def sweep(hub: RacingHub) -> None:
    assert hub.hub.sweep("quick").problems == ()


@pytest.mark.parametrize(
    ("begin", "used"), [(recorded, OPENED), (admitted, {})], ids=["recorded", "recorded nothing"]
)
@pytest.mark.parametrize("seed", range(many(3, 250)))
def test_whoever_closes_a_recording_it_is_settled_once(
    new_hub: NewHub,
    seed: int,
    begin: Callable[[RacingHub], Recording],
    used: dict[object, int],
    survived: Count,
) -> None:
    """Its execution, repeated steps of that and two sweeps, while its alarm recovers and another joins."""
    race, hub = Race(seed), new_hub()
    recording = begin(hub)
    place = recording.gateway
    assert hub.used(place, "gateway", "account") == OPEN
    if race.chance.random() < 0.7:
        hub.fake_executions.alive.clear()  # lost, so that the sweeps close it too
    late, later = (
        factories.transition(place, alarm=factories.OTHER_ALARM, at=hub.clock.now() + timedelta(seconds=each))
        for each in range(2)
    )
    closes = [tried(close, hub, recording, race.chance.choice(ENDINGS)) for _ in range(3)]
    others: list[Act] = [
        partial(sweep, hub),
        partial(sweep, hub),
        partial(hub.hub.note_recovery, factories.recovery(place)),
    ]
    first = race.run(*closes, *others, partial(hub.ledger.join, recording.id, late))
    kept, item = hub.recordings.find(recording.id), hub.ledger.picture(place, hub.clock.now()).gateway
    again = race.run(*closes, *others, partial(hub.ledger.join, recording.id, later))

    assert kept is not None
    assert hub.recordings.find(recording.id) == kept
    assert hub.ledger.picture(place, hub.clock.now()).gateway == item
    assert kept.state == ("closed" if used else "failed")
    for told in (*first[: len(closes)], *again[: len(closes)]):
        assert isinstance(told, Recording)
        assert (told.state, told.reason, told.closed_at) == (kept.state, kept.reason, kept.closed_at)
    assert hub.used(place, "gateway", "account") == used
    assert list(hub.ledger.leases()) == []
    assert hub.spokes.at(place.account, place.region).on() == set()
    survived("closes and sweeps of one recording racing", len(first) + len(again))
    survived("writes that met a transaction", hub.conflicts)


@pytest.mark.parametrize("error", [None, "Access error"], ids=["delivered", "captured nothing"])
@pytest.mark.parametrize("seed", range(many(2, 200)))
def test_a_delivery_is_charged_once_however_often_it_is_measured(
    new_hub: NewHub, seed: int, error: str | None, survived: Count
) -> None:
    """What captured nothing gives its usage back, once."""
    race, hub = Race(seed), new_hub()
    recording = recorded(hub)
    closed = ended(replace(recording, delivery_error=error), "recovered", None, hub.clock.now())
    assert hub.ledger.release(closed)
    measured = [
        replace(closed, delivered_objects=size, delivered_bytes=size * 700, report="s3://reports/1")
        for size in ([0] * 4 if error else race.chance.choices((1, 2, 3), k=4))
    ]
    race.run(*(tried(hub.recordings.save_delivery, each) for each in measured))
    kept = hub.recordings.find(recording.id)
    assert kept is not None
    assert kept.delivered_bytes in {each.delivered_bytes for each in measured}
    assert hub.used(recording.gateway, "gateway", "account") == ({} if error else OPENED)
    charged = hub.used(recording.gateway, "organization")
    assert charged.get(("organization", "delivered_day"), 0) == kept.delivered_bytes
    assert charged.get(("organization", "opened_day"), 0) == (0 if error else 1)
    survived("measurements of one delivery racing", len(measured))
    survived("writes that met a transaction", hub.conflicts)


@pytest.mark.parametrize("seed", range(many(3, 250)))
def test_an_expired_lease_is_taken_over_once_while_it_is_being_closed(
    new_hub: NewHub, seed: int, survived: Count
) -> None:
    race, hub = Race(seed), new_hub(cooldown=timedelta())
    old = recorded(hub)
    place, spoke = old.gateway, hub.spokes.at(old.gateway.account, old.gateway.region)
    now = hub.clock.turn(minutes=26)
    onset = factories.transition(place, at=now)
    spoke.in_alarm[factories.ALARM] = {place.gateway: now}
    comers = [tried(opening, hub, hub.execution(), onset) for _ in range(3)]
    closers: list[Act] = [tried(close, hub, old, "time_limit"), partial(sweep, hub)]
    acts: list[Act] = [*comers, *closers[: seed % 3]]
    outcomes = race.run(*acts)

    (new,) = [each for each in outcomes[: len(comers)] if isinstance(each, Recording)]
    refused = [each.refusal.reason for each in outcomes if isinstance(each, RefusedOnset)]
    assert refused == ["already_recording"] * 2
    kept = hub.recordings.find(old.id)
    assert kept is not None
    assert kept.state == "closed"
    assert [lease.recording for lease in hub.ledger.leases()] == [new.id]
    assert spoke.on() == set(new.flow_logs)
    assert hub.used(place, "gateway", "account") == {name: 2 if name in OPENED else 1 for name in OPEN}
    survived("take-overs of an expired lease racing with its close", len(acts))
    survived("writes that met a transaction", hub.conflicts)
