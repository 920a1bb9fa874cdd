"""What any watch list does, whichever table is under it."""

from datetime import datetime, timedelta

from hub.domain.admission import GatewayItem
from hub.domain.gateways import GatewayRef
from hub.domain.reconciling import FAILED_PAUSE, LINGER, Watched
from hub.domain.recordings import Recording
from hub.domain.targets import Target
from tests import factories
from tests.contract.tables import HubTable
from tests.contract.test_ledger import admitted, release

NOW = factories.NOW
PLACE = factories.gateway_ref()
TARGET = Target(factories.ACCOUNT, factories.REGION)


def at(**span: float) -> datetime:
    return NOW + timedelta(**span)


def listed(table: HubTable) -> dict[GatewayRef, GatewayItem]:
    return {each.gateway: each.item for each in table.watch.gateways()}


def item(table: HubTable) -> GatewayItem:
    return table.ledger.picture(PLACE, NOW).gateway


def open_recording(table: HubTable) -> Recording:
    return admitted(table)


def test_a_lease_is_watched_while_it_is_held_and_for_a_while_after(hub_table: HubTable) -> None:
    recording = open_recording(hub_table)
    (watched,) = listed(hub_table).values()
    assert (watched.recording, watched.watched_until) == (recording.id, recording.expires_at)
    assert watched == item(hub_table)
    release(hub_table, recording)
    (watched,) = listed(hub_table).values()
    assert (watched.recording, watched.watched_until) == (None, at(minutes=7) + LINGER)
    assert list(hub_table.ledger.leases()) == []


def test_what_was_recorded_has_had_its_answer(hub_table: HubTable) -> None:
    release(hub_table, open_recording(hub_table))
    assert (item(hub_table).recorded_until, item(hub_table).rests_until) == (at(minutes=7), None)


def test_what_failed_rests_before_it_is_offered_again(hub_table: HubTable) -> None:
    release(hub_table, open_recording(hub_table), recorded=False, ending="failed")
    assert item(hub_table).recorded_until is None
    assert item(hub_table).rests_until == at(minutes=7) + FAILED_PAUSE


def test_an_onset_that_waits_is_watched_with_its_alarm(hub_table: HubTable) -> None:
    hub_table.watch.wait(factories.transition(at=NOW), at(seconds=5))
    watched = listed(hub_table)[PLACE]
    assert watched.in_alarm == {factories.ALARM}
    assert watched.transitions == {factories.ALARM: NOW}
    assert watched.watched_until == at(seconds=5) + LINGER
    assert list(hub_table.ledger.leases()) == []


def test_waiting_again_watches_longer(hub_table: HubTable) -> None:
    hub_table.watch.wait(factories.transition(at=NOW), NOW)
    hub_table.watch.wait(factories.transition(at=NOW), at(hours=2))
    assert item(hub_table).watched_until == at(hours=2) + LINGER


def test_an_onset_that_has_recovered_since_does_not_wait(hub_table: HubTable) -> None:
    hub_table.ledger.note_recovery(factories.recovery(at=at(minutes=1)))
    for moment in (NOW, at(minutes=1)):
        hub_table.watch.wait(factories.transition(at=moment), at(minutes=2))
    assert listed(hub_table) == {}


def test_nothing_waits_beside_an_open_recording(hub_table: HubTable) -> None:
    recording = open_recording(hub_table)
    hub_table.watch.wait(factories.transition(alarm=factories.OTHER_ALARM), NOW)
    hub_table.watch.decline(factories.transition(), NOW)
    assert item(hub_table).in_alarm == {factories.ALARM}
    assert item(hub_table).watched_until == recording.expires_at


def test_an_onset_that_waited_is_admitted_later(hub_table: HubTable) -> None:
    hub_table.watch.wait(factories.transition(at=at(seconds=-20)), NOW)
    recording = open_recording(hub_table)
    assert listed(hub_table)[PLACE].recording == recording.id


def test_an_onset_that_was_declined_no_longer_waits(hub_table: HubTable) -> None:
    hub_table.watch.wait(factories.transition(), NOW)
    hub_table.watch.decline(factories.transition(), at(minutes=3))
    assert item(hub_table).in_alarm == frozenset()
    assert item(hub_table).declined == {factories.ALARM: at(minutes=3)}


def test_a_declined_onset_of_a_gateway_nobody_knows_is_remembered(hub_table: HubTable) -> None:
    hub_table.watch.decline(factories.transition(), NOW)
    assert item(hub_table).declined == {factories.ALARM: NOW}
    assert listed(hub_table) == {}


def test_what_is_dropped_is_watched_no_more(hub_table: HubTable) -> None:
    hub_table.watch.wait(factories.transition(), NOW)
    (watched,) = hub_table.watch.gateways()
    hub_table.watch.drop(watched)
    hub_table.watch.drop(watched)
    assert listed(hub_table) == {}
    assert item(hub_table).in_alarm == {factories.ALARM}


def test_nothing_is_dropped_that_something_has_happened_to(hub_table: HubTable) -> None:
    onset = factories.transition(at=at(seconds=-20))
    hub_table.watch.wait(onset, NOW)
    (before,) = hub_table.watch.gateways()
    hub_table.watch.wait(onset, at(minutes=5))
    hub_table.watch.drop(before)
    assert PLACE in listed(hub_table)
    open_recording(hub_table)
    hub_table.watch.drop(Watched(PLACE, item(hub_table)))
    assert PLACE in listed(hub_table)


def test_an_outage_is_news_once_until_it_is_over(hub_table: HubTable) -> None:
    assert hub_table.watch.begin_outage(TARGET, NOW)
    assert not hub_table.watch.begin_outage(TARGET, at(minutes=5))
    assert hub_table.watch.outages() == {TARGET: NOW}
    assert listed(hub_table) == {}
    for _ in range(2):
        hub_table.watch.end_outage(TARGET)
    assert hub_table.watch.outages() == {}
    assert hub_table.watch.begin_outage(TARGET, at(minutes=10))


def test_a_delivery_that_fails_is_news_once_and_while_the_recording_is_open(hub_table: HubTable) -> None:
    recording = admitted(hub_table)
    assert hub_table.recordings.save_undelivered(recording.id, "Access error")
    assert not hub_table.recordings.save_undelivered(recording.id, "Access error")
    kept = hub_table.recordings.find(recording.id)
    assert kept is not None
    assert kept.delivery_error == "Access error"
    release(hub_table, recording)
    assert not hub_table.recordings.save_undelivered(recording.id, "Access error")
    assert not hub_table.recordings.save_undelivered("rec-of-nobody", "Access error")
