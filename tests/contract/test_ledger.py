"""What any ledger does, whichever table is under it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

import pytest

from hub.domain.by_hand import MANUAL
from hub.domain.gateways import GatewayRef
from hub.domain.quotas import Measure, Scope, counters, limits
from hub.domain.recordings import Ending, Recording, ended
from hub.domain.refusals import Refusal
from hub.domain.terms import Terms
from hub.ports import Lease
from tests import factories
from tests.contract.tables import HubTable

NOW = factories.NOW
PLACE = factories.gateway_ref()
THREADS = 16
Answer = TypeVar("Answer")


def at(**span: float) -> datetime:
    return NOW + timedelta(**span)


def admit(
    table: HubTable,
    recording: Recording | None = None,
    *,
    terms: Terms | None = None,
    onset_at: datetime | None = None,
) -> Refusal | None:
    recording = recording or factories.recording()
    onset = factories.transition(
        recording.gateway, alarm=recording.alarms[0], at=onset_at or recording.onset_at
    )
    wanted = limits(recording.gateway, terms or factories.terms(), recording.opened_at)
    return table.ledger.admit(recording, onset, wanted)


def admitted(table: HubTable, recording: Recording | None = None) -> Recording:
    recording = recording or factories.recording()
    assert admit(table, recording) is None
    return recording


def release(
    table: HubTable, recording: Recording, *, recorded: bool = True, ending: Ending = "recovered"
) -> bool:
    logs = ("fl-1",) if recorded else ()
    return table.ledger.release(ended(replace(recording, flow_logs=logs), ending, None, at(minutes=7)))


def used(table: HubTable, place: GatewayRef = PLACE, now: datetime = NOW) -> dict[tuple[Scope, Measure], int]:
    usage = table.ledger.picture(place, now).usage
    found = {(key.scope, key.measure): usage.get(key, 0) for key in counters(place, now)}
    return {name: count for name, count in found.items() if count}


def at_once(actions: list[Callable[[], Answer]]) -> list[Answer]:
    with ThreadPoolExecutor(THREADS) as threads:
        return [future.result() for future in [threads.submit(action) for action in actions]]


ONCE: dict[tuple[Scope, Measure], int] = {
    ("gateway", "opened_day"): 1,
    ("gateway", "opened_month"): 1,
    ("account", "opened_day"): 1,
    ("account", "opened_month"): 1,
    ("account", "active"): 1,
    ("organization", "opened_day"): 1,
    ("organization", "opened_month"): 1,
    ("organization", "active"): 1,
}


def test_a_gateway_nobody_knows_has_an_empty_picture(hub_table: HubTable) -> None:
    picture = hub_table.ledger.picture(PLACE, NOW)
    assert picture.gateway == factories.gateway_item()
    assert used(hub_table) == {}


def test_a_picture_holds_the_policy_in_force(hub_table: HubTable) -> None:
    rules = hub_table.ledger.picture(PLACE, NOW).rules
    assert rules.refusal(PLACE) is None
    outside = rules.refusal(factories.gateway_ref(region="us-east-1"))
    assert outside is not None
    assert outside.reason == "not_a_member"
    assert rules.terms(PLACE, {}).tier == "standard"


def test_an_admitted_recording_holds_the_lease_and_is_charged_everywhere(hub_table: HubTable) -> None:
    recording = admitted(hub_table)
    item = hub_table.ledger.picture(PLACE, NOW).gateway
    assert (item.recording, item.execution) == (recording.id, recording.execution)
    assert (item.expires_at, item.in_alarm) == (recording.expires_at, frozenset({factories.ALARM}))
    assert item.transitions == {factories.ALARM: recording.onset_at}
    assert used(hub_table) == ONCE
    assert hub_table.recordings.find(recording.id) == recording


def test_a_held_lease_refuses_the_next(hub_table: HubTable) -> None:
    first = admitted(hub_table)
    refused = admit(hub_table, factories.recording(execution=factories.execution_arn("e2")))
    assert refused is not None
    assert (refused.reason, refused.until) == ("already_recording", first.expires_at)
    assert first.id in refused.text
    assert used(hub_table) == ONCE


def test_admitting_the_holder_again_does_nothing(hub_table: HubTable) -> None:
    recording = admitted(hub_table)
    assert admit(hub_table, recording) is None
    assert used(hub_table) == ONCE


@pytest.mark.parametrize(
    ("scope", "field", "reason"),
    [
        ("gateway", "day", "gateway_quota"),
        ("account", "month", "account_quota"),
        ("account", "active", "account_active"),
        ("organization", "day", "organization_quota"),
        ("organization", "active", "organization_active"),
    ],
)
def test_a_limit_that_is_reached_refuses_and_charges_nothing(
    hub_table: HubTable, scope: str, field: str, reason: str
) -> None:
    terms = factories.terms(**{scope: factories.allowance(**{field: 1})})  # type: ignore[arg-type] # one field by name
    first = factories.recording()
    place = PLACE if scope == "gateway" else factories.gateway_ref(gateway="nat-0fedcba9876543210")
    assert admit(hub_table, first, terms=terms) is None
    later = NOW
    if field != "active":
        assert release(hub_table, first)
        later = at(hours=1)
    before = used(hub_table)
    second = factories.recording(place, execution=factories.execution_arn("e2"), opened_at=later)
    refused = admit(hub_table, second, terms=terms)
    assert refused is not None
    assert refused.reason == reason
    assert used(hub_table) == before
    assert hub_table.recordings.find(second.id) is None
    assert hub_table.ledger.picture(second.gateway, later).gateway.execution in {None, first.execution}


def test_delivered_bytes_at_their_limit_refuse_and_are_not_charged_by_opening(hub_table: HubTable) -> None:
    terms = factories.terms(organization=factories.allowance(delivered_month=100))
    first = factories.recording()
    assert admit(hub_table, first, terms=terms) is None
    release(hub_table, first)
    hub_table.recordings.save_delivery(replace(first, delivered_bytes=99, delivered_objects=1))
    second = factories.recording(execution=factories.execution_arn("e2"), opened_at=at(hours=1))
    assert admit(hub_table, second, terms=terms) is None
    release(hub_table, second)
    hub_table.recordings.save_delivery(replace(second, delivered_bytes=1, delivered_objects=1))
    third = factories.recording(execution=factories.execution_arn("e3"), opened_at=at(hours=2))
    refused = admit(hub_table, third, terms=terms)
    assert refused is not None
    assert refused.reason == "organization_bytes"


def test_a_new_day_has_room_again(hub_table: HubTable) -> None:
    terms = factories.terms(gateway=factories.allowance(day=1))
    first = factories.recording()
    assert admit(hub_table, first, terms=terms) is None
    release(hub_table, first)
    tomorrow = factories.recording(execution=factories.execution_arn("e2"), opened_at=at(days=1))
    assert admit(hub_table, tomorrow, terms=terms) is None


def test_a_gateway_cools_down_after_its_recording(hub_table: HubTable) -> None:
    release(hub_table, admitted(hub_table))
    early = factories.recording(execution=factories.execution_arn("e2"), opened_at=at(minutes=36))
    refused = admit(hub_table, early)
    assert refused is not None
    assert (refused.reason, refused.until) == ("cooling_down", at(minutes=37))
    late = factories.recording(execution=factories.execution_arn("e3"), opened_at=at(minutes=37))
    assert admit(hub_table, late) is None


def test_a_released_lease_is_free_and_what_was_recorded_stays_charged(hub_table: HubTable) -> None:
    recording = admitted(hub_table)
    assert release(hub_table, recording)
    item = hub_table.ledger.picture(PLACE, NOW).gateway
    assert (item.recording, item.execution, item.expires_at, item.task_token) == (None, None, None, None)
    assert used(hub_table) == {name: count for name, count in ONCE.items() if name[1] != "active"}
    kept = hub_table.recordings.find(recording.id)
    assert kept is not None
    assert (kept.state, kept.flow_logs, kept.closed_at) == ("closed", ("fl-1",), at(minutes=7))
    assert kept.recovered_at == at(minutes=7)


def test_a_recording_that_recorded_nothing_gives_everything_back(hub_table: HubTable) -> None:
    recording = admitted(hub_table)
    assert release(hub_table, recording, recorded=False, ending="failed")
    assert used(hub_table) == {}
    assert hub_table.ledger.picture(PLACE, NOW).gateway.cooling_until is None
    kept = hub_table.recordings.find(recording.id)
    assert kept is not None
    assert kept.state == "failed"


def test_usage_is_given_back_to_the_period_it_was_taken_from(hub_table: HubTable) -> None:
    midnight = NOW.replace(day=30, hour=23, minute=59)
    recording = admitted(hub_table, factories.recording(opened_at=midnight))
    closing = ended(recording, "failed", None, midnight + timedelta(minutes=7))
    assert hub_table.ledger.release(closing)
    assert used(hub_table, now=midnight) == {}
    assert used(hub_table, now=midnight + timedelta(days=1)) == {}


def test_a_release_happens_exactly_once(hub_table: HubTable) -> None:
    recording = admitted(hub_table)
    assert release(hub_table, recording)
    before = used(hub_table)
    assert not release(hub_table, recording)
    assert not release(hub_table, recording, recorded=False, ending="lost")
    assert used(hub_table) == before


def test_a_late_release_never_touches_the_next_recordings_lease(hub_table: HubTable) -> None:
    first = admitted(hub_table)
    release(hub_table, first)
    second = admitted(
        hub_table, factories.recording(execution=factories.execution_arn("e2"), opened_at=at(hours=1))
    )
    assert not release(hub_table, first)
    assert hub_table.ledger.picture(PLACE, NOW).gateway.recording == second.id


def test_a_recovery_after_the_token_tells_whom_to_wake(hub_table: HubTable) -> None:
    recording = admitted(hub_table)
    assert hub_table.store_token(PLACE, recording.id, "token")
    wake = hub_table.ledger.note_recovery(factories.recovery())
    assert (wake.recording, wake.task_token) == (recording.id, "token")
    assert not wake.still_in_alarm


def test_a_recovery_before_the_token_keeps_the_execution_from_waiting(hub_table: HubTable) -> None:
    recording = admitted(hub_table)
    wake = hub_table.ledger.note_recovery(factories.recovery())
    assert (wake.recording, wake.task_token) == (recording.id, None)
    assert not hub_table.store_token(PLACE, recording.id, "token")


def test_only_the_holder_of_the_lease_may_wait(hub_table: HubTable) -> None:
    admitted(hub_table)
    assert not hub_table.store_token(PLACE, "rec-of-another", "token")
    elsewhere = factories.gateway_ref("555555555555")
    assert not hub_table.store_token(elsewhere, "rec-of-another", "token")


def test_a_repeated_recovery_answers_the_same(hub_table: HubTable) -> None:
    recording = admitted(hub_table)
    hub_table.store_token(PLACE, recording.id, "token")
    first = hub_table.ledger.note_recovery(factories.recovery())
    assert hub_table.ledger.note_recovery(factories.recovery()) == first


def test_a_recovery_told_with_the_very_time_of_its_onset_counts(hub_table: HubTable) -> None:
    recording = admitted(hub_table)
    assert not hub_table.ledger.note_recovery(factories.recovery(at=recording.onset_at)).still_in_alarm
    late = factories.transition(at=recording.onset_at)
    hub_table.ledger.join(recording.id, late)
    assert not hub_table.ledger.picture(PLACE, NOW).gateway.in_alarm


def test_news_older_than_what_is_known_is_ignored(hub_table: HubTable) -> None:
    recording = admitted(hub_table)
    wake = hub_table.ledger.note_recovery(factories.recovery(at=recording.onset_at - timedelta(seconds=1)))
    assert wake.still_in_alarm == {factories.ALARM}
    hub_table.ledger.note_recovery(factories.recovery())
    late = factories.transition(at=at(minutes=1))
    hub_table.ledger.join(recording.id, late)
    assert not hub_table.ledger.picture(PLACE, NOW).gateway.in_alarm


def test_a_recovery_that_overtakes_its_onset_refuses_it(hub_table: HubTable) -> None:
    wake = hub_table.ledger.note_recovery(factories.recovery(at=at(seconds=1)))
    assert (wake.recording, wake.task_token) == (None, None)
    refused = admit(hub_table, onset_at=NOW)
    assert refused is not None
    assert refused.reason == "recovered"
    again = factories.recording(execution=factories.execution_arn("e2"), opened_at=at(minutes=1))
    assert admit(hub_table, again, onset_at=at(seconds=2)) is None


def test_a_recording_of_two_alarms_waits_for_both(hub_table: HubTable) -> None:
    recording = admitted(hub_table)
    hub_table.store_token(PLACE, recording.id, "token")
    other = factories.transition(alarm=factories.OTHER_ALARM, at=at(seconds=5))
    hub_table.ledger.join(recording.id, other)
    hub_table.ledger.join(recording.id, other)
    kept = hub_table.recordings.find(recording.id)
    assert kept is not None
    assert kept.alarms == (factories.ALARM, factories.OTHER_ALARM)
    wake = hub_table.ledger.note_recovery(factories.recovery())
    assert wake.still_in_alarm == {factories.OTHER_ALARM}
    last = hub_table.ledger.note_recovery(factories.recovery(alarm=factories.OTHER_ALARM))
    assert (last.still_in_alarm, last.task_token) == (frozenset(), "token")


def test_nobody_joins_a_recording_that_has_ended(hub_table: HubTable) -> None:
    recording = admitted(hub_table)
    release(hub_table, recording)
    hub_table.ledger.join(recording.id, factories.transition(alarm=factories.OTHER_ALARM))
    kept = hub_table.recordings.find(recording.id)
    assert kept is not None
    assert kept.alarms == (factories.ALARM,)
    assert factories.OTHER_ALARM not in hub_table.ledger.picture(PLACE, NOW).gateway.in_alarm


def test_a_new_lease_does_not_inherit_the_old_ones_token(hub_table: HubTable) -> None:
    first = admitted(hub_table)
    hub_table.store_token(PLACE, first.id, "old")
    release(hub_table, first, ending="time_limit")
    admitted(hub_table, factories.recording(execution=factories.execution_arn("e2"), opened_at=at(hours=1)))
    assert hub_table.ledger.note_recovery(factories.recovery(at=at(hours=2))).task_token is None


def test_every_lease_that_is_held_is_listed(hub_table: HubTable) -> None:
    places = [factories.gateway_ref(gateway=f"nat-{number:017x}") for number in range(3)]
    held = [
        admitted(hub_table, factories.recording(place, execution=factories.execution_arn(place.gateway)))
        for place in places
    ]
    release(hub_table, held[0])
    hub_table.ledger.note_recovery(factories.recovery(factories.gateway_ref("555555555555")))
    found = {lease.recording: lease for lease in hub_table.ledger.leases()}
    assert found == {
        each.id: Lease(each.gateway, each.id, each.execution, each.expires_at) for each in held[1:]
    }


def test_a_quota_is_exact_when_many_onsets_arrive_at_once(hub_table: HubTable) -> None:
    terms = factories.terms(organization=factories.allowance(active=5))
    wanted = [
        factories.recording(
            factories.gateway_ref(gateway=f"nat-{number:017x}"),
            execution=factories.execution_arn(str(number)),
        )
        for number in range(THREADS)
    ]
    answers = at_once([lambda each=each: admit(hub_table, each, terms=terms) for each in wanted])  # type: ignore[misc]
    refused = [answer.reason for answer in answers if answer]
    assert refused == ["organization_active"] * (THREADS - 5)
    assert used(hub_table)["organization", "active"] == 5
    assert len(list(hub_table.ledger.leases())) == 5


def test_one_gateway_is_leased_once_when_many_ask_for_it(hub_table: HubTable) -> None:
    wanted = [
        factories.recording(execution=factories.execution_arn(str(number))) for number in range(THREADS)
    ]
    answers = at_once([lambda each=each: admit(hub_table, each) for each in wanted])  # type: ignore[misc]
    assert answers.count(None) == 1
    assert {answer.reason for answer in answers if answer} == {"already_recording"}
    assert used(hub_table) == ONCE


def test_many_releases_at_once_settle_once(hub_table: HubTable) -> None:
    recording = admitted(hub_table)
    answers = at_once([lambda: release(hub_table, recording)] * THREADS)
    assert answers.count(True) == 1
    assert ("organization", "active") not in used(hub_table)


def test_a_reason_to_pass_quotas_passes_the_cooldown(hub_table: HubTable) -> None:
    assert release(hub_table, admitted(hub_table))
    asked = factories.by_hand(at=at(minutes=8), over_quota="incident 42")
    recording = factories.recording(execution=factories.execution_arn("e2"), opened_at=at(minutes=8))
    wanted = limits(PLACE, factories.terms(), recording.opened_at)
    assert hub_table.ledger.admit(recording, replace(asked, by_hand=None), wanted)
    assert hub_table.ledger.admit(recording, asked, wanted) is None


def test_what_was_started_by_hand_leaves_nothing_in_alarm(hub_table: HubTable) -> None:
    recording = factories.recording(alarms=(MANUAL,), opened_by=factories.CALLER, over_quota="incident 42")
    asked = factories.by_hand(at=recording.onset_at)
    assert hub_table.ledger.admit(recording, asked, limits(PLACE, factories.terms(), NOW)) is None
    assert hub_table.recordings.find(recording.id) == recording
    hub_table.ledger.join(recording.id, factories.transition(at=at(minutes=1)))
    assert release(hub_table, recording, ending="time_limit")
    assert hub_table.ledger.picture(PLACE, NOW).gateway.in_alarm == {factories.ALARM}


def test_what_is_stopped_waits_no_more_and_the_next_recording_does(hub_table: HubTable) -> None:
    recording = admitted(hub_table)
    assert hub_table.ledger.stop(recording) is None
    assert not hub_table.store_token(PLACE, recording.id, "token")
    assert release(hub_table, recording, recorded=False)
    following = factories.recording(execution=factories.execution_arn("e2"), opened_at=at(minutes=8))
    admitted(hub_table, following)
    assert hub_table.store_token(PLACE, following.id, "token")
    assert hub_table.ledger.stop(recording) is None
    assert hub_table.ledger.picture(PLACE, NOW).gateway.stopping is None
    assert hub_table.ledger.stop(following) == "token"


def test_only_an_open_recording_names_who_stops_it_and_the_first_stays(hub_table: HubTable) -> None:
    recording = admitted(hub_table)
    assert hub_table.recordings.save_stopped(recording.id, "anna") == replace(recording, stopped_by="anna")
    assert hub_table.recordings.save_stopped(recording.id, "berta") == replace(recording, stopped_by="anna")
    assert release(hub_table, recording, ending="stopped")
    assert hub_table.recordings.save_stopped(recording.id, "anna") is None
    assert hub_table.recordings.save_stopped("rec-unknown", "anna") is None
    kept = hub_table.recordings.find(recording.id)
    assert kept is not None
    assert (kept.ending, kept.stopped_by) == ("stopped", "anna")


def test_usage_is_read_by_any_number_of_keys_and_what_was_never_used_is_none(hub_table: HubTable) -> None:
    admitted(hub_table)
    elsewhere = [GatewayRef(f"{account:012d}", "eu-west-1", "nat-0") for account in range(40)]
    keys = [key for place in [PLACE, *elsewhere] for key in counters(place, NOW)]
    found = {key: used for key, used in hub_table.ledger.usage([*keys, *keys]).items() if used}
    assert {(key.scope, key.measure): used for key, used in found.items()} == ONCE
    assert hub_table.ledger.usage([]) == {}
