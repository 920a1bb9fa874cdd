"""Recoveries against everything else that is told of a gateway: the wait is ended, or never begins."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from hub.domain.alarms import Transition
from hub.domain.recordings import Recording
from hub.domain.refusals import Refusal
from tests import factories
from tests.profiles import many
from tests.races.conftest import NewHub
from tests.races.places import RacingHub
from tests.races.racing import Race, tried

RACES = 25
ALARMS = (factories.ALARM, factories.OTHER_ALARM, "natrec-custom-ports")
Count = Callable[..., None]


def told(hub: RacingHub, recording: Recording, event: Transition) -> None:
    """Nothing of it may fail, not even in passing: Lambda's next attempt is a minute away."""
    if event.is_onset:
        hub.ledger.join(recording.id, event)
    else:
        hub.hub.note_recovery(event)


def store(hub: RacingHub, recording: Recording) -> bool:
    """What AwaitRecovery does: the token is the recording's name."""
    return hub.table.store_token(recording.gateway, recording.id, recording.id)


def is_woken(hub: RacingHub, recording: Recording) -> bool:
    return recording.id in hub.fake_executions.woken


@pytest.mark.parametrize("alarms", [1, 2])
@pytest.mark.parametrize("seed", range(many(2, 40)))
def test_a_recovery_ends_the_wait_or_keeps_it_from_beginning(
    new_hub: NewHub, seed: int, alarms: int, survived: Count
) -> None:
    """Of one alarm, or of two: then the later one counts. One of them is told twice."""
    race, hub, orders = Race(seed), new_hub(), Counter[str]()
    for _ in range(RACES):
        recording = hub.recording(hub.gateway())
        assert hub.admit(recording) is None
        news = [factories.recovery(recording.gateway, alarm=alarm) for alarm in ALARMS[:alarms]]
        for alarm in ALARMS[1:alarms]:
            hub.ledger.join(recording.id, factories.transition(recording.gateway, alarm=alarm))
        recoveries = [partial(told, hub, recording, event) for event in (*news, news[0])]
        waits, *_ = race.run(partial(store, hub, recording), *recoveries)
        assert is_woken(hub, recording) == waits
        orders["the token" if waits else "the recovery"] += 1
    for first, times in orders.items():
        survived(f"recoveries racing with the token, {first} first", times)


@pytest.mark.parametrize("seed", range(many(2, 40)))
def test_a_recovery_that_meets_the_admission_of_its_onset_is_not_lost(
    new_hub: NewHub, seed: int, survived: Count
) -> None:
    race, hub, orders = Race(seed), new_hub(), Counter[str]()

    def begin(recording: Recording) -> bool | Refusal:
        return tried(hub.admit, recording)() or store(hub, recording)

    for _ in range(RACES):
        recording = hub.recording(hub.gateway())
        recovery = factories.recovery(recording.gateway, at=recording.onset_at + timedelta(seconds=1))
        begun, _ = race.run(partial(begin, recording), partial(told, hub, recording, recovery))
        waits = begun is True
        assert is_woken(hub, recording) == waits
        assert not isinstance(begun, Refusal) or begun.reason == "recovered"
        leased = recording.gateway in {lease.gateway for lease in hub.ledger.leases()}
        assert leased != isinstance(begun, Refusal)
        orders["before it" if isinstance(begun, Refusal) else "after it"] += 1
    for order, times in orders.items():
        survived(f"recoveries racing with an admission, {order}", times)
    survived("writes that met a transaction", hub.conflicts)


@pytest.mark.parametrize("seed", range(many(8, 1000)))
def test_joins_and_recoveries_settle_to_the_newest_news_in_any_order(
    new_hub: NewHub, seed: int, survived: Count
) -> None:
    race, hub = Race(seed), new_hub()
    recording = hub.recording(hub.gateway())
    assert hub.admit(recording) is None
    assert store(hub, recording)
    news = {alarm: _news(race, recording, alarm) for alarm in ALARMS}
    everything = [event for events in news.values() for event in events]
    again = race.chance.sample(everything, 3)
    race.run(*(partial(told, hub, recording, event) for event in (*everything, *again)))

    lasting = {alarm for alarm, events in news.items() if events[-1].is_onset}
    item, kept = (
        hub.ledger.picture(recording.gateway, hub.clock.now()).gateway,
        hub.recordings.find(recording.id),
    )
    assert item.in_alarm == lasting
    assert item.transitions == {alarm: events[-1].at for alarm, events in news.items()}
    assert lasting or is_woken(hub, recording)
    assert kept is not None
    assert len(set(kept.alarms)) == len(kept.alarms)
    assert lasting <= set(kept.alarms)
    survived("onsets and recoveries of one gateway racing", len(everything) + len(again))


def _news(race: Race, recording: Recording, alarm: str) -> list[Transition]:
    """An alarm comes and goes a few times; the first one's first onset opened the recording."""
    length = race.chance.randint(1, 4)
    begins = 1 if alarm == recording.alarms[0] else 0
    return [
        factories.transition(
            recording.gateway,
            alarm=alarm,
            state="OK" if number % 2 else "ALARM",
            at=recording.onset_at + timedelta(seconds=number),
        )
        for number in range(begins, begins + length)
    ]


@pytest.mark.parametrize("seed", range(many(1, 20)))
def test_nobody_is_woken_while_an_alarm_lasts(new_hub: NewHub, seed: int, survived: Count) -> None:
    race, hub = Race(seed), new_hub()
    for _ in range(RACES // 2):
        recording = hub.recording(hub.gateway())
        place = recording.gateway
        assert hub.admit(recording) is None
        hub.ledger.join(recording.id, factories.transition(place, alarm=ALARMS[1]))
        others = [factories.recovery(place, alarm=alarm) for alarm in (ALARMS[0], ALARMS[2])]
        late = factories.transition(place, alarm=ALARMS[2])
        old = factories.recovery(place, alarm=ALARMS[1], at=factories.NOW - timedelta(seconds=1))
        news = [partial(told, hub, recording, event) for event in (*others, late, old)]
        waits, *_ = race.run(partial(store, hub, recording), *news)
        assert waits
        assert not is_woken(hub, recording)
    survived("waits racing with the recoveries of other alarms", RACES // 2)
