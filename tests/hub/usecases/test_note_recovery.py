from datetime import timedelta

import pytest

from hub.domain.errors import EventRejected, Transient
from hub.domain.gateways import GatewayRef
from tests import factories
from tests.hub.usecases.hub import FakeHub

TOKEN = "token"
SOON = factories.NOW + timedelta(seconds=90)


def waiting(hub: FakeHub) -> GatewayRef:
    hub.with_gateway()
    recording = hub.opened()
    assert hub.table.store_token(recording.gateway, recording.id, TOKEN)
    return recording.gateway


def test_the_last_recovery_wakes_the_execution(hub: FakeHub) -> None:
    waiting(hub)
    hub.note_recovery(factories.recovery(at=SOON))
    assert hub.executions.woken == [TOKEN]
    assert hub.executions.recovered == {TOKEN: SOON}


def test_a_recovery_before_the_token_is_found_by_the_execution(hub: FakeHub) -> None:
    hub.with_gateway()
    recording = hub.opened()
    hub.note_recovery(factories.recovery(at=SOON))
    assert hub.executions.woken == []
    assert not hub.table.store_token(recording.gateway, recording.id, TOKEN)


def test_a_recording_of_two_alarms_ends_with_the_second_recovery(hub: FakeHub) -> None:
    waiting(hub)
    hub.opening("e2", factories.OTHER_ALARM)
    wake = hub.note_recovery(factories.recovery(at=SOON))
    assert wake.still_in_alarm == {factories.OTHER_ALARM}
    assert not hub.executions.woken
    hub.note_recovery(factories.recovery(alarm=factories.OTHER_ALARM, at=SOON))
    assert hub.executions.woken == [TOKEN]


def test_a_recovery_older_than_the_onset_is_ignored(hub: FakeHub) -> None:
    place = waiting(hub)
    hub.note_recovery(factories.recovery(at=factories.NOW - timedelta(seconds=1)))
    assert hub.executions.woken == []
    assert hub.table.gateway(place).in_alarm == {factories.ALARM}


def test_a_repeated_recovery_wakes_again_where_the_first_could_not(hub: FakeHub) -> None:
    waiting(hub)
    hub.executions.faults.append(Transient("throttled"))
    with pytest.raises(Transient):
        hub.note_recovery(factories.recovery(at=SOON))
    hub.note_recovery(factories.recovery(at=SOON))
    assert hub.executions.woken == [TOKEN]


def test_a_recovery_of_a_gateway_that_is_not_recorded_wakes_nobody(hub: FakeHub) -> None:
    wake = hub.note_recovery(factories.recovery())
    assert (wake.recording, hub.executions.woken) == (None, [])


def test_a_recovery_after_the_close_wakes_nobody(hub: FakeHub) -> None:
    waiting(hub)
    recording = next(iter(hub.table.recordings.values()))
    hub.close(recording, "time_limit")
    hub.note_recovery(factories.recovery(at=SOON))
    assert hub.executions.woken == []


def test_a_recovery_that_lies_in_the_future_is_rejected_and_poisons_nothing(hub: FakeHub) -> None:
    place = waiting(hub)
    with pytest.raises(EventRejected, match="future"):
        hub.note_recovery(factories.recovery(at=hub.clock.now() + timedelta(hours=1)))
    assert hub.table.gateway(place).in_alarm == {factories.ALARM}


def test_a_recovery_that_names_no_gateway_changes_nothing(hub: FakeHub) -> None:
    waiting(hub)
    wake = hub.note_recovery(factories.recovery(factories.gateway_ref(gateway=""), at=SOON))
    assert (wake.recording, hub.executions.woken) == (None, [])
