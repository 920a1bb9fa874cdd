"""Many onsets at once: never one too many, never one refused while there is room."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from hub.domain.quotas import limits
from hub.domain.recordings import Recording, ended
from hub.domain.refusals import Refusal
from hub.domain.refused import RefusedOnset
from tests import factories
from tests.profiles import many
from tests.races.conftest import NewHub
from tests.races.places import RacingHub
from tests.races.racing import Race, tried

ACCOUNTS = ("111111111111", "222222222222", "333333333333")
GATEWAYS = 12
COMERS = 8
TURNS = 3


def room(*allowed: int) -> int:
    """What several limits leave together; 0 is unlimited."""
    return min((limit for limit in allowed if limit), default=GATEWAYS)


def admitting(hub: RacingHub, recording: Recording) -> Callable[[], Refusal | None]:
    wanted = limits(recording.gateway, hub.rules.everywhere, hub.clock.now())
    return tried(hub.admit, recording, wanted)


@pytest.mark.parametrize("seed", range(many(3, 200)))
def test_shared_quotas_are_exact_whoever_comes_first(
    new_hub: NewHub, seed: int, survived: Callable[..., None]
) -> None:
    race = Race(seed)
    active, day, all_active, all_day = (race.chance.choice((0, 1, 2, 3, 5, 8)) for _ in range(4))
    hub = new_hub(
        account=factories.allowance(active=active, day=day),
        organization=factories.allowance(active=all_active, day=all_day),
    )
    wanted = [hub.recording(hub.gateway(race.chance.choice(ACCOUNTS))) for _ in range(GATEWAYS)]
    answers = dict(zip(wanted, race.run(*(admitting(hub, each) for each in wanted)), strict=True))

    asked = Counter(each.gateway.account for each in wanted)
    admitted = Counter(each.gateway.account for each, refused in answers.items() if refused is None)
    possible = sum(min(count, room(active, day)) for count in asked.values())
    assert admitted.total() == min(possible, room(all_active, all_day))
    for each, refused in answers.items():
        mine, everybodys = admitted[each.gateway.account], admitted.total()
        full = {
            "account_active": mine == active,
            "account_quota": mine == day,
            "organization_active": everybodys == all_active,
            "organization_quota": everybodys == all_day,
        }
        assert refused is None or full[refused.reason], refused
    for account in asked:
        mine, place = admitted[account], hub.gateway(account)
        assert mine <= room(active, day)
        assert set(hub.used(place, "account").values()) == ({mine} if mine else set())
        assert set(hub.used(place, "organization").values()) == {admitted.total()}
    leased = {lease.recording for lease in hub.ledger.leases()}
    assert leased == {each.id for each, refused in answers.items() if refused is None}
    survived("onsets racing for a quota", GATEWAYS)
    survived("writes that met a transaction", hub.conflicts)


class Gauge:
    """How many hold something at once, and the most that ever did."""

    def __init__(self) -> None:
        self._lock, self._now, self.most = threading.Lock(), 0, 0

    def change(self, by: int) -> None:
        with self._lock:
            self._now += by
            self.most = max(self.most, self._now)


@pytest.mark.parametrize("allowed", [COMERS, 3])
@pytest.mark.parametrize("seed", range(many(1, 20)))
def test_a_place_that_is_given_back_is_free_at_once(
    new_hub: NewHub, seed: int, allowed: int, survived: Callable[..., None]
) -> None:
    """With as many places as comers nobody is ever refused; with fewer there are never more at once."""
    hub, held = new_hub(organization=factories.allowance(active=allowed)), Gauge()

    def once(recording: Recording) -> Refusal | None:
        refused = admitting(hub, recording)()
        if refused is None:
            held.change(1)
            recorded = replace(recording, flow_logs=("fl-1",))
            held.change(-1)
            assert tried(hub.ledger.release, ended(recorded, "recovered", None, hub.clock.now()))()
        return refused

    def come_and_go() -> list[Refusal]:
        answers = [once(hub.recording(hub.gateway())) for _ in range(TURNS)]
        return [refused for refused in answers if refused]

    refused = [each for answers in Race(seed).run(*[come_and_go] * COMERS) for each in answers]
    assert held.most <= allowed
    assert {each.reason for each in refused} <= {"organization_active"}
    assert not refused or allowed < COMERS
    kept = COMERS * TURNS - len(refused)
    used = hub.used(hub.gateway(), "organization")
    assert used == {("organization", "opened_day"): kept, ("organization", "opened_month"): kept}
    survived("onsets racing for a place that others give back", COMERS * TURNS)
    survived("writes that met a transaction", hub.conflicts)


@pytest.mark.parametrize("seed", range(many(3, 300)))
def test_of_many_executions_one_records_and_the_others_join(
    new_hub: NewHub, seed: int, survived: Callable[..., None]
) -> None:
    """Each of them is invoked twice at once, as one whose answer was given up may be."""
    race, hub = Race(seed), new_hub()
    place = hub.gateway()
    executions = {
        hub.execution(): race.chance.choice((factories.ALARM, factories.OTHER_ALARM)) for _ in range(4)
    }

    def opening(execution: str) -> Recording | RefusedOnset:
        onset = factories.transition(place, alarm=executions[execution], at=hub.clock.now())
        return hub.hub.open(onset, execution, hub.clock.now())

    outcomes = race.run(*(tried(opening, each) for each in [*executions, *executions]))
    won = [each for each in outcomes if isinstance(each, Recording)]
    refused = [each.refusal.reason for each in outcomes if isinstance(each, RefusedOnset)]
    assert [each.id for each in won] == [won[0].id] * 2
    assert refused == ["already_recording"] * 6
    assert hub.spokes.at(place.account, place.region).on() == set(won[0].flow_logs)
    assert set(hub.used(place, "gateway", "account").values()) == {1}
    kept, item = hub.recordings.find(won[0].id), hub.ledger.picture(place, hub.clock.now()).gateway
    assert kept is not None
    assert sorted(kept.alarms) == sorted(item.in_alarm) == sorted(set(executions.values()))
    survived("executions racing for a gateway", len(outcomes))
    survived("writes that met a transaction", hub.conflicts)
