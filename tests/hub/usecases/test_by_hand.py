"""What people start and stop themselves."""

from datetime import timedelta
from typing import Any

import pytest

from hub.domain.by_hand import MANUAL
from hub.domain.errors import Transient
from hub.domain.recordings import Recording, as_document
from hub.domain.refused import RefusedOnset
from hub.domain.terms import Terms
from tests import factories
from tests.hub.usecases.hub import FakeHub

TOKEN = "token"
ENOUGH = factories.terms(gateway=factories.allowance(day=1))


def started(hub: FakeHub, **asked: Any) -> Recording:  # noqa: ANN401 - of `by_hand`
    hub.with_gateway()
    outcome = hub.asking(**asked)
    assert isinstance(outcome, Recording), outcome
    return outcome


def refused(outcome: Recording | RefusedOnset) -> str:
    assert isinstance(outcome, RefusedOnset), outcome
    return outcome.refusal.reason


def test_what_is_asked_by_hand_is_recorded_and_names_who_asked(hub: FakeHub) -> None:
    recording = started(hub)
    assert hub.kept(recording).opened_by == factories.CALLER
    assert as_document(recording)["opened_by"] == f"manual by {factories.CALLER}"
    assert recording.alarms == (MANUAL,)


@pytest.mark.parametrize(("asked", "lasts"), [(None, 15), (2, 2), (60, 60), (999, 360)])
def test_it_lasts_as_long_as_asked_below_the_hard_limit(hub: FakeHub, asked: int | None, lasts: int) -> None:
    recording = started(hub, duration=None if asked is None else timedelta(minutes=asked))
    assert recording.deadline - recording.opened_at == timedelta(minutes=lasts)
    assert bool(recording.notes) is (asked == 999)


@pytest.mark.parametrize(
    ("terms", "reason"),
    [(factories.terms(enabled=False), "disabled"), (factories.terms(opted_out=True), "opted_out")],
)
def test_a_reason_to_pass_quotas_passes_no_rule(hub: FakeHub, terms: Terms, reason: str) -> None:
    hub.with_gateway()
    hub.rules.everywhere = terms
    assert refused(hub.asking(over_quota="incident 42")) == reason


def test_a_quota_refuses_it_like_an_alarm_and_the_refusal_is_counted(hub: FakeHub) -> None:
    hub.with_gateway()
    hub.rules.everywhere = factories.terms(account=factories.allowance(day=1))
    hub.close(hub.opened("before"), "time_limit")
    hub.clock.turn(hours=1)
    assert refused(hub.asking()) == "account_quota"
    [(kept, times)] = hub.table.refusals.values()
    assert (kept.refusal.reason, times) == ("account_quota", 1)


def test_a_reason_passes_quota_and_cooldown_is_kept_and_still_counts(hub: FakeHub) -> None:
    hub.with_gateway()
    hub.rules.everywhere = ENOUGH
    hub.close(hub.opened("before"), "time_limit")
    assert refused(hub.asking()) == "cooling_down"
    recording = hub.asking("again", over_quota="incident 42")
    assert isinstance(recording, Recording)
    assert hub.kept(recording).over_quota == "incident 42"
    assert hub.used()["gateway", "opened_day"] == 2


def test_a_refused_one_neither_waits_nor_joins(hub: FakeHub) -> None:
    hub.with_gateway()
    recording = hub.opened("alarm")
    assert refused(hub.asking()) == "already_recording"
    assert hub.table.gateway(recording.gateway).in_alarm == {factories.ALARM}
    hub.close(recording, "time_limit")
    assert refused(hub.asking()) == "cooling_down"
    assert MANUAL not in hub.table.gateway(recording.gateway).in_alarm


def test_the_sweep_asks_no_alarm_about_it_and_leaves_it_open(hub: FakeHub) -> None:
    recording = started(hub)
    hub.clock.turn(minutes=5)
    assert hub.sweep("full").problems == ()
    assert hub.kept(recording).state == "open"
    assert hub.table.gateway(recording.gateway).in_alarm == {MANUAL}


def test_the_sweep_ends_one_whose_execution_is_gone(hub: FakeHub) -> None:
    recording = started(hub)
    hub.executions.alive.clear()
    hub.sweep("full")
    assert hub.kept(recording).ending == "lost"


def test_an_alarm_joins_it_and_its_recovery_does_not_end_it(hub: FakeHub) -> None:
    recording = started(hub)
    hub.clock.turn(minutes=1)
    hub.opening("alarm")
    assert hub.table.store_token(recording.gateway, recording.id, TOKEN)
    hub.note_recovery(factories.recovery(at=hub.clock.now()))
    assert hub.executions.woken == []
    assert set(hub.kept(recording).alarms) == {MANUAL, factories.ALARM}


def test_stopping_wakes_its_execution_though_alarms_last(hub: FakeHub) -> None:
    recording = started(hub)
    hub.opening("alarm")
    assert hub.table.store_token(recording.gateway, recording.id, TOKEN)
    stopped = hub.stop(recording.id, factories.CALLER)
    assert stopped
    assert stopped.state == "open"
    assert hub.executions.woken == [TOKEN]


def test_what_is_stopped_before_it_waits_does_not_wait(hub: FakeHub) -> None:
    recording = started(hub)
    hub.stop(recording.id, factories.CALLER)
    assert not hub.table.store_token(recording.gateway, recording.id, TOKEN)


def test_one_that_an_alarm_began_is_stopped_alike_and_cools_down(hub: FakeHub) -> None:
    hub.with_gateway()
    recording = hub.opened()
    hub.stop(recording.id, factories.CALLER)
    closed = hub.close(hub.kept(recording), "recovered")
    assert (closed.ending, closed.recovered_at) == ("stopped", None)
    assert closed.reason == f"somebody stopped it by hand: {factories.CALLER}"
    assert as_document(closed)["ended_by"] == f"stopped by {factories.CALLER}"
    assert refused(hub.opening("next")) == "cooling_down"


def test_the_sweep_does_not_offer_what_was_stopped(hub: FakeHub) -> None:
    spoke = hub.with_gateway()
    recording = hub.opened()
    spoke.in_alarm[factories.ALARM] = {factories.NAT: hub.clock.now()}
    hub.stop(recording.id, factories.CALLER)
    hub.clock.turn(minutes=1)
    hub.close(hub.kept(recording), "recovered")
    hub.clock.turn(hours=2)
    hub.sweep("full")
    assert hub.executions.started == {}


def test_the_first_who_stops_it_is_kept_and_stopping_again_wakes_again(hub: FakeHub) -> None:
    recording = started(hub)
    hub.table.store_token(recording.gateway, recording.id, TOKEN)
    hub.executions.faults.append(Transient("throttled"))
    with pytest.raises(Transient):
        hub.stop(recording.id, factories.CALLER)
    hub.stop(recording.id, "arn:aws:iam::111111111111:user/berta")
    assert hub.executions.woken == [TOKEN]
    assert hub.kept(recording).stopped_by == factories.CALLER


def test_what_has_ended_or_never_was_is_not_stopped(hub: FakeHub) -> None:
    recording = started(hub)
    hub.close(recording, "time_limit")
    assert hub.stop(recording.id, factories.CALLER) is None
    assert hub.stop("rec-20261123T061018-00000000", factories.CALLER) is None
    assert hub.kept(recording).stopped_by is None
