"""What the sweep learns from CloudWatch: recoveries that were lost, onsets that were missed."""

import threading
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from hub.domain.gateways import GatewayRef
from hub.domain.reconciling import CONTRIBUTORS_SHOWN, Firing
from hub.domain.recordings import Recording
from hub.domain.refusals import Refusal
from hub.domain.refused import RefusedOnset
from hub.domain.targets import Target
from hub.events import transition
from tests import factories
from tests.fakes import FakeSpoke
from tests.hub.usecases.hub import FakeHub

ALARM, NAT, NOW = factories.ALARM, factories.NAT, factories.NOW
CUSTOM = "natrec-custom-ports"
HERE = Target(factories.ACCOUNT, factories.REGION)
OTHER = factories.gateway_ref(gateway="nat-0fedcba9876543210")


def waits(hub: FakeHub, alarm: str = ALARM) -> tuple[FakeSpoke, Recording]:
    """An open recording whose execution waits for recovery, five minutes old."""
    spoke = hub.with_gateway()
    recording = hub.opened()
    if alarm != ALARM:
        hub.opening("e2", alarm)
    hub.table.store_token(recording.gateway, recording.id, "token")
    hub.clock.turn(minutes=5)
    return spoke, recording


def in_alarm(spoke: FakeSpoke, since: datetime, *gateways: str, alarm: str = ALARM) -> None:
    spoke.in_alarm[alarm] = dict.fromkeys(gateways or (NAT,), since)


def offered(hub: FakeHub) -> list[GatewayRef]:
    return [transition(event).gateway for event in hub.executions.started.values()]


# Recoveries.


def test_a_lost_recovery_wakes_the_execution(hub: FakeHub) -> None:
    waits(hub)
    assert hub.sweep().findings == {"recovered": 1}
    assert hub.executions.woken == ["token"]
    assert hub.sweep().findings == {}


def test_an_alarm_that_still_lists_the_gateway_keeps_the_recording_open(hub: FakeHub) -> None:
    spoke, _ = waits(hub)
    in_alarm(spoke, NOW)
    assert hub.sweep().findings == {}
    assert hub.executions.woken == []


def test_a_recording_of_two_alarms_waits_for_both(hub: FakeHub) -> None:
    spoke, _ = waits(hub, factories.OTHER_ALARM)
    in_alarm(spoke, NOW, alarm=factories.OTHER_ALARM)
    assert hub.sweep().findings == {"recovered": 1}
    assert hub.executions.woken == []
    in_alarm(spoke, NOW, "nat-0eeeeeeeeeeeeeeee", alarm=factories.OTHER_ALARM)
    assert hub.sweep().findings == {"recovered": 1}
    assert hub.executions.woken == ["token"]


def test_nothing_is_concluded_of_an_onset_that_is_seconds_old(hub: FakeHub) -> None:
    hub.with_gateway()
    hub.opened()
    hub.clock.turn(seconds=29)
    assert hub.sweep().findings == {}
    hub.clock.turn(seconds=1)
    assert hub.sweep().findings == {"recovered": 1}


def test_an_onset_right_after_a_lost_recovery_still_counts(hub: FakeHub) -> None:
    _, recording = waits(hub)
    hub.sweep()
    again = factories.transition(at=hub.clock.now() - timedelta(seconds=1))
    hub.ledger.join(recording.id, again)
    assert hub.table.gateway(recording.gateway).in_alarm == {ALARM}


def test_one_that_is_not_among_the_contributors_shown_may_still_be_in_alarm(hub: FakeHub) -> None:
    spoke, _ = waits(hub)
    in_alarm(spoke, NOW, *(f"nat-{number:017x}" for number in range(CONTRIBUTORS_SHOWN)))
    assert hub.sweep().findings == {}


@pytest.mark.parametrize(("firing", "found"), [(1, {}), (0, {"recovered": 1})])
def test_a_custom_alarm_is_asked_for_its_state(
    hub: FakeHub,
    firing: int,
    found: dict[str, int],
) -> None:
    spoke = hub.with_gateway()
    outcome = hub.opening(alarm=CUSTOM)
    assert isinstance(outcome, Recording)
    hub.executions.alive.add(outcome.execution)
    hub.clock.turn(minutes=5)
    spoke.custom += [Firing(CUSTOM, NOW, (NAT,))] * firing
    assert hub.sweep().findings == found
    assert hub.sweep("full").findings == {}


def test_a_gateway_that_was_deleted_ends_its_recording(hub: FakeHub) -> None:
    spoke, recording = waits(hub)
    del spoke.gateways[NAT]
    assert hub.sweep().findings == {"gone": 1}
    assert hub.kept(recording).reason == "the gateway is gone"
    assert hub.executions.woken == ["token"]
    assert spoke.on() == set()
    assert hub.table.gateway(recording.gateway).in_alarm == frozenset()


# Onsets.


def refused(hub: FakeHub, place: GatewayRef = OTHER) -> RefusedOnset:
    hub.with_gateway(factories.gateway(place, interfaces=("eni-0ccccccccccccccc0",)))
    onset = factories.transition(place, at=hub.clock.now())
    outcome = hub.open(onset, factories.execution_arn("e2"), factories.NOW)
    assert isinstance(outcome, RefusedOnset)
    return outcome


def full(hub: FakeHub) -> tuple[FakeHub, FakeSpoke, Recording]:
    """An account with room for one, and an onset on another gateway that was refused for it."""
    hub.rules.everywhere = factories.terms(account=factories.allowance(active=1))
    spoke = hub.with_gateway()
    recording = hub.opened()
    assert refused(hub).refusal.reason == "account_active"
    in_alarm(spoke, NOW, NAT, OTHER.gateway)
    hub.clock.turn(minutes=5)
    return hub, spoke, recording


def test_an_onset_refused_for_want_of_room_is_not_offered_while_there_is_none(hub: FakeHub) -> None:
    full(hub)
    assert hub.sweep().findings == {}
    assert hub.executions.started == {}


def test_an_onset_refused_for_want_of_room_is_offered_when_there_is(hub: FakeHub) -> None:
    _, spoke, recording = full(hub)
    hub.close(recording, "recovered")
    in_alarm(spoke, NOW, OTHER.gateway)
    assert hub.sweep().findings == {"offered": 1}
    ((name, event),) = hub.executions.started.items()
    onset = transition(event)
    assert (onset.gateway, onset.alarm, onset.at, onset.is_onset) == (OTHER, ALARM, NOW, True)
    assert isinstance(hub.open(onset, factories.execution_arn(name), hub.clock.now()), Recording)


def test_an_onset_is_offered_once_by_two_sweeps_at_once_and_again_later(hub: FakeHub) -> None:
    _, spoke, recording = full(hub)
    hub.close(recording, "recovered")
    in_alarm(spoke, NOW, OTHER.gateway)
    assert [hub.sweep().findings, hub.sweep("full").findings] == [{"offered": 1}, {}]
    hub.clock.turn(minutes=5)
    assert hub.sweep().findings == {"offered": 1}
    assert len(hub.executions.started) == 2


def test_one_free_place_is_offered_to_one_gateway(hub: FakeHub) -> None:
    _, spoke, recording = full(hub)
    third = factories.gateway_ref(gateway="nat-0dddddddddddddddd")
    refused(hub, third)
    hub.close(recording, "recovered")
    in_alarm(spoke, NOW, OTHER.gateway, third.gateway)
    hub.clock.turn(minutes=1)
    assert hub.sweep().findings == {"offered": 1}


def test_one_free_place_is_offered_to_one_gateway_when_two_targets_are_visited_at_once(hub: FakeHub) -> None:
    hub.rules.everywhere = factories.terms(account=factories.allowance(active=1))
    both_have_looked = threading.Barrier(2, timeout=10)
    for region in ("eu-west-1", "us-east-1"):
        place = factories.gateway_ref(region=region)
        spoke = hub.with_gateway(factories.gateway(place))
        in_alarm(spoke, NOW)
        hub.watch.wait(factories.transition(place), NOW)
        spoke.meanwhile("describe_gateway", both_have_looked.wait)
    hub.clock.turn(minutes=5)
    assert replace(hub.batch, threads=2)("quick", 0, 1).findings == {"offered": 1}
    hub.clock.turn(minutes=5)
    assert hub.sweep().findings == {"offered": 1}


def test_a_place_promised_to_what_was_offered_already_goes_to_another(hub: FakeHub) -> None:
    _, spoke, recording = full(hub)
    third = factories.gateway_ref(gateway="nat-0dddddddddddddddd")
    refused(hub, third)
    hub.close(recording, "recovered")
    in_alarm(spoke, NOW, OTHER.gateway, third.gateway)
    hub.clock.turn(minutes=1)
    assert [hub.sweep().findings, hub.sweep().findings] == [{"offered": 1}] * 2
    assert offered(hub) == [third, OTHER]


def test_an_onset_whose_alarm_has_recovered_is_forgotten(hub: FakeHub) -> None:
    _, spoke, recording = full(hub)
    hub.close(recording, "recovered")
    in_alarm(spoke, NOW)
    assert hub.sweep().findings == {"recovered": 1}
    assert hub.executions.started == {}
    assert hub.table.gateway(OTHER).in_alarm == frozenset()


@pytest.mark.parametrize(
    "refusal",
    [
        Refusal("muted", "the nightly backup", NOW + timedelta(hours=1)),
        Refusal("spoke_unreachable", "denied"),
        Refusal("cooling_down", "it cools down", NOW + timedelta(minutes=30)),
        Refusal("gateway_quota", "three a day"),
    ],
)
def test_what_passes_is_offered_again_when_it_has_passed(hub: FakeHub, refusal: Refusal) -> None:
    spoke = hub.with_gateway()
    assert refusal.may_pass
    hub.watch.wait(factories.transition(), NOW)
    in_alarm(spoke, NOW)
    hub.clock.turn(hours=2)
    assert hub.sweep().findings == {"offered": 1}


def test_a_mute_window_is_waited_for(hub: FakeHub) -> None:
    spoke = hub.with_gateway()
    hub.rules.muted = Refusal("muted", "the nightly backup", NOW + timedelta(hours=1))
    hub.opening()
    in_alarm(spoke, NOW)
    hub.clock.turn(minutes=5)
    assert hub.sweep().findings == {}
    hub.rules.muted = None
    assert hub.sweep().findings == {"offered": 1}


@pytest.mark.parametrize("kind", ["quick", "full"])
def test_what_the_policy_refused_for_good_is_not_offered(hub: FakeHub, kind: str) -> None:
    hub.rules.covered = (HERE,)
    spoke = hub.with_gateway()
    hub.rules.everywhere = factories.terms(enabled=False)
    hub.opening()
    hub.rules.everywhere = factories.terms()
    in_alarm(spoke, NOW - timedelta(seconds=1))
    hub.clock.turn(minutes=5)
    assert hub.sweep(kind).findings == {}  # type: ignore[arg-type] # one of both kinds
    in_alarm(spoke, NOW + timedelta(minutes=1))
    assert hub.sweep("full").findings == {"offered": 1}


def test_an_onset_that_was_recorded_is_not_offered_again(hub: FakeHub) -> None:
    hub.rules.covered = (HERE,)
    spoke = hub.with_gateway()
    recording = hub.opened()
    in_alarm(spoke, NOW)
    hub.close(recording, "time_limit")
    hub.clock.turn(hours=2)
    assert hub.sweep("full").findings == {}


def test_a_recording_that_failed_is_offered_again_after_a_while(hub: FakeHub) -> None:
    hub.rules.covered = (HERE,)
    spoke = hub.with_gateway()
    spoke.refused["eni-0aaaaaaaaaaaaaaaa"] = "denied"
    with pytest.raises(Exception, match="denied"):
        hub.opening()
    recording = next(iter(hub.table.recordings.values()))
    hub.close(recording, "failed")
    in_alarm(spoke, NOW)
    hub.clock.turn(minutes=59)
    assert hub.sweep("full").findings == hub.sweep().findings == {}
    hub.clock.turn(minutes=1)
    assert hub.sweep().findings == {"offered": 1}


def test_a_lost_onset_is_found_by_a_full_sweep(hub: FakeHub) -> None:
    hub.rules.covered = (HERE,)
    spoke = hub.with_gateway()
    in_alarm(spoke, NOW)
    spoke.custom.append(Firing(CUSTOM, NOW, (NAT, OTHER.gateway)))
    hub.clock.turn(seconds=29)
    assert hub.sweep("full").findings == {}
    hub.clock.turn(seconds=1)
    assert hub.sweep("full").findings == {"offered": 2}
    assert offered(hub) == [factories.gateway_ref()] * 2


def test_an_alarm_that_is_not_named_for_natrec_starts_nothing(hub: FakeHub) -> None:
    hub.rules.covered = (HERE,)
    spoke = hub.with_gateway()
    spoke.custom.append(Firing("natrec-hub-dead-letters", NOW, (NAT,)))
    hub.clock.turn(minutes=5)
    assert hub.sweep("full").findings == {}


def test_a_lost_onset_beside_an_open_recording_joins_it(hub: FakeHub) -> None:
    spoke, recording = waits(hub)
    in_alarm(spoke, NOW)
    in_alarm(spoke, NOW, alarm=factories.OTHER_ALARM)
    assert hub.sweep("full").findings == {"joined": 1}
    assert hub.kept(recording).alarms == (ALARM, factories.OTHER_ALARM)
    assert hub.sweep("full").findings == {}


def test_a_gateway_that_is_gone_is_not_offered_though_its_alarm_lists_it(hub: FakeHub) -> None:
    hub.rules.covered = (HERE,)
    spoke = hub.spokes.at(factories.ACCOUNT, factories.REGION)
    in_alarm(spoke, NOW)
    hub.clock.turn(minutes=5)
    assert hub.sweep("full").findings == {}
