from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from hub.domain.errors import EventRejected, FlowLogsRefused, Transient
from hub.domain.organization import Placement
from hub.domain.recordings import Recording
from hub.domain.refusals import Reason, Refusal
from hub.domain.refused import RefusedOnset
from tests import factories
from tests.hub.usecases.hub import FakeHub

Prepare = Callable[[FakeHub], object]


def test_an_admitted_onset_is_recorded(hub: FakeHub) -> None:
    spoke = hub.with_gateway()
    recording = hub.opened()
    assert (recording.state, recording.gateway_name) == ("open", "egress")
    assert spoke.on() == set(recording.flow_logs)
    assert hub.kept(recording) == recording


def test_nothing_is_created_before_admission_and_the_failsafe_is_armed_right_after(hub: FakeHub) -> None:
    spoke = hub.with_gateway()
    recording = hub.opened()
    assert hub.journal == [
        "picture",
        "describe_gateway",
        "admit",
        "create_flow_logs",
        "arm_failsafe",
        "save_started",
    ]
    failsafe = spoke.failsafes[recording.id]
    assert (failsafe.flow_logs, failsafe.at) == (recording.flow_logs, recording.expires_at)


def test_at_most_five_calls_of_aws_lie_before_flow_logs(hub: FakeHub) -> None:
    hub.with_gateway()
    hub.opened()
    assume_role = 1
    assert hub.journal.index("create_flow_logs") + 1 + assume_role <= 5


def test_every_interface_of_a_zonal_gateway_is_recorded(hub: FakeHub) -> None:
    hub.with_gateway(factories.gateway(interfaces=("eni-1", "eni-2")))
    assert len(hub.opened().flow_logs) == 2


def test_a_regional_gateway_is_recorded(hub: FakeHub) -> None:
    spoke = hub.with_gateway(factories.gateway(availability="regional"))
    recording = hub.opened()
    assert list(spoke.flow_logs[recording.id].values()) == [factories.NAT]


def outside(hub: FakeHub) -> None:
    hub.with_gateway()
    hub.rules.outside = Refusal("not_a_member", "excluded")


def disabled(hub: FakeHub) -> None:
    hub.with_gateway()
    hub.rules.everywhere = factories.terms(enabled=False)


def opted_out(hub: FakeHub) -> None:
    hub.with_gateway(factories.gateway(tags={"natrec:record": "never"}))
    hub.rules.tagged = factories.terms(opted_out=True)


def muted_by_the_config(hub: FakeHub) -> None:
    hub.with_gateway()
    hub.rules.muted = Refusal("muted", "the nightly backup")


def a_strange_account(hub: FakeHub) -> None:
    hub.with_gateway()
    hub.rules.known = frozenset()


def other_tier(hub: FakeHub) -> None:
    hub.with_gateway()
    hub.rules.everywhere = factories.terms(tier="heavy")


def other_tier_by_tag(hub: FakeHub) -> None:
    hub.with_gateway(factories.gateway(tags={"natrec:tier": "heavy"}))
    hub.rules.tagged = factories.terms(tier="heavy")


def recovered(hub: FakeHub) -> None:
    hub.with_gateway()
    hub.note_recovery(factories.recovery(at=hub.clock.now() + timedelta(seconds=1)))


def cooling_down(hub: FakeHub) -> None:
    hub.with_gateway()
    hub.close(hub.opened("before"), "time_limit")
    hub.clock.turn(minutes=29)


def unreachable(hub: FakeHub) -> None:
    hub.spokes.unreachable.add((factories.ACCOUNT, factories.REGION))


def unknown(hub: FakeHub) -> None:
    """The spoke has no gateway."""


def unsupported(hub: FakeHub) -> None:
    hub.with_gateway(factories.gateway(interfaces=()))


def exhausted(scope: str, field: str) -> Prepare:
    def prepare(hub: FakeHub) -> None:
        hub.with_gateway()
        allowed = factories.allowance(**{field: 1})
        hub.rules.everywhere = factories.terms(**{scope: allowed})  # type: ignore[arg-type] # one field by name
        other = factories.gateway_ref(
            gateway=factories.NAT if scope == "gateway" else "nat-0fedcba9876543210"
        )
        hub.with_gateway(factories.gateway(other))
        name = factories.execution_arn("before")
        first = hub.open(factories.transition(other), name, factories.NOW)
        assert isinstance(first, Recording)
        if field != "active":
            hub.close(first, "time_limit")
            hub.clock.turn(hours=1)

    return prepare


REFUSALS: list[tuple[Prepare, Reason]] = [
    (outside, "not_a_member"),
    (a_strange_account, "not_a_member"),
    (disabled, "disabled"),
    (opted_out, "opted_out"),
    (muted_by_the_config, "muted"),
    (other_tier, "other_tier"),
    (other_tier_by_tag, "other_tier"),
    (recovered, "recovered"),
    (cooling_down, "cooling_down"),
    (unreachable, "spoke_unreachable"),
    (unknown, "unknown_gateway"),
    (unsupported, "unsupported_gateway"),
    (exhausted("gateway", "day"), "gateway_quota"),
    (exhausted("account", "month"), "account_quota"),
    (exhausted("account", "active"), "account_active"),
    (exhausted("organization", "day"), "organization_quota"),
    (exhausted("organization", "active"), "organization_active"),
]


@pytest.mark.parametrize(("prepare", "reason"), REFUSALS, ids=lambda value: getattr(value, "__name__", None))
def test_a_refusal_is_an_answer_and_leaves_nothing_behind(
    hub: FakeHub, prepare: Prepare, reason: Reason
) -> None:
    prepare(hub)
    used, recordings = hub.used(), dict(hub.table.recordings)
    hub.journal.clear()
    outcome = hub.opening()
    assert isinstance(outcome, RefusedOnset)
    assert outcome.refusal.reason == reason
    assert not {"create_flow_logs", "arm_failsafe"} & set(hub.journal)
    assert (hub.used(), hub.table.recordings) == (used, recordings)


def test_a_muted_onset_is_refused(hub: FakeHub) -> None:
    hub.with_gateway()
    outcome = hub.open(factories.transition(muted=True), factories.execution_arn(), factories.NOW)
    assert isinstance(outcome, RefusedOnset)
    assert outcome.refusal.reason == "muted"


def test_delivered_bytes_over_their_limit_refuse(hub: FakeHub) -> None:
    hub.with_gateway()
    hub.rules.everywhere = factories.terms(organization=factories.allowance(delivered_month=100))
    closed = hub.close(hub.opened("before"), "time_limit")
    hub.recordings.save_delivery(factories.recording(execution=closed.execution, delivered_bytes=100))
    hub.clock.turn(hours=1)
    outcome = hub.opening()
    assert isinstance(outcome, RefusedOnset)
    assert outcome.refusal.reason == "organization_bytes"


def test_what_the_table_shows_already_is_refused_before_the_spoke_is_visited(hub: FakeHub) -> None:
    exhausted("organization", "active")(hub)
    hub.journal.clear()
    hub.opening()
    assert hub.journal == ["picture"]


def test_a_second_alarm_joins_the_open_recording(hub: FakeHub) -> None:
    hub.with_gateway()
    recording = hub.opened()
    outcome = hub.opening("e2", factories.OTHER_ALARM)
    assert isinstance(outcome, RefusedOnset)
    assert outcome.refusal.reason == "already_recording"
    assert hub.kept(recording).alarms == (factories.ALARM, factories.OTHER_ALARM)
    assert hub.table.gateway(recording.gateway).in_alarm == {factories.ALARM, factories.OTHER_ALARM}


def test_a_second_alarm_joins_also_when_both_saw_the_gateway_free(hub: FakeHub) -> None:
    spoke = hub.with_gateway()
    spoke.meanwhile("describe_gateway", lambda: hub.opened("first"))
    outcome = hub.opening("second", factories.OTHER_ALARM)
    assert isinstance(outcome, RefusedOnset)
    assert outcome.refusal.reason == "already_recording"
    assert hub.table.gateway(factories.gateway_ref()).in_alarm == {factories.ALARM, factories.OTHER_ALARM}


def test_a_retried_execution_goes_on_with_the_same_flow_logs_and_is_charged_once(hub: FakeHub) -> None:
    spoke = hub.with_gateway()
    spoke.lose_answer("create_flow_logs", Transient("no answer"))
    with pytest.raises(Transient):
        hub.opening()
    created, used = spoke.on(), hub.used()
    recording = hub.opened()
    assert set(recording.flow_logs) == created == spoke.on()
    assert hub.used() == used
    assert recording.id in spoke.failsafes


def test_a_retry_after_everything_was_done_changes_nothing(hub: FakeHub) -> None:
    spoke = hub.with_gateway()
    first, used = hub.opened(), hub.used()
    hub.clock.turn(seconds=30)
    assert hub.opened() == first
    assert (hub.used(), spoke.on()) == (used, set(first.flow_logs))


def test_a_resource_that_aws_refuses_is_kept_and_the_others_are_recorded(hub: FakeHub) -> None:
    spoke = hub.with_gateway(factories.gateway(interfaces=("eni-1", "eni-2")))
    spoke.refused["eni-2"] = "FlowLogsLimitExceeded"
    recording = hub.opened()
    assert len(recording.flow_logs) == 1
    assert recording.not_recorded == ("eni-2: FlowLogsLimitExceeded",)
    assert hub.kept(recording).not_recorded == recording.not_recorded


def test_refused_flow_logs_are_a_fault_after_admission(hub: FakeHub) -> None:
    spoke = hub.with_gateway()
    spoke.fail("create_flow_logs", FlowLogsRefused("denied by a service control policy"))
    with pytest.raises(FlowLogsRefused):
        hub.opening()
    assert hub.table.gateway(factories.gateway_ref()).recording is not None


def test_a_throttled_call_is_worth_another_try_and_no_refusal(hub: FakeHub) -> None:
    hub.with_gateway().fail("describe_gateway", Transient("throttled"))
    with pytest.raises(Transient):
        hub.opening()
    assert hub.used() == {}
    assert hub.opened().state == "open"


def test_a_refusal_is_kept_once_a_day_for_each_gateway_and_reason_and_counted(hub: FakeHub) -> None:
    disabled(hub)
    first, again = hub.opening("e1"), hub.opening("e2")
    hub.clock.turn(days=1)
    tomorrow = hub.opening("e3")
    assert isinstance(first, RefusedOnset)
    assert isinstance(again, RefusedOnset)
    assert isinstance(tomorrow, RefusedOnset)
    counted = {refusal: times for refusal, (_, times) in hub.table.refusals.items()}
    assert counted == {first.id: 2, tomorrow.id: 1}
    assert first.id == again.id


def test_an_account_created_this_morning_is_looked_up_and_recorded_at_once(hub: FakeHub) -> None:
    hub.with_gateway()
    hub.rules.known = frozenset()
    hub.organization.accounts[factories.ACCOUNT] = Placement(("r-ab12", "ou-ab12-new"))
    assert hub.opened().state == "open"
    assert hub.organization.asked == [factories.ACCOUNT]


def test_a_known_account_is_not_looked_up(hub: FakeHub) -> None:
    hub.with_gateway()
    hub.opened()
    assert hub.organization.asked == []


def test_an_onset_that_lies_in_the_future_is_rejected(hub: FakeHub) -> None:
    hub.with_gateway()
    ahead = factories.transition(at=hub.clock.now() + timedelta(hours=1))
    with pytest.raises(EventRejected, match="future"):
        hub.open(ahead, factories.execution_arn(), factories.NOW)
    assert hub.journal == []


def test_an_onset_that_was_told_a_day_ago_is_refused(hub: FakeHub) -> None:
    hub.with_gateway()
    old = factories.transition(at=hub.clock.now() - timedelta(days=1, seconds=1))
    outcome = hub.open(old, factories.execution_arn(), factories.NOW)
    assert isinstance(outcome, RefusedOnset)
    assert (outcome.refusal.reason, "older than a day" in outcome.refusal.text) == ("recovered", True)


def test_an_old_onset_that_is_offered_again_now_is_recorded(hub: FakeHub) -> None:
    hub.with_gateway()
    now = hub.clock.now()
    offered = replace(factories.transition(at=now - timedelta(days=3)), told_at=now)
    assert isinstance(hub.open(offered, factories.execution_arn(), factories.NOW), Recording)


def test_an_expired_lease_is_taken_over_by_closing_what_it_held(hub: FakeHub) -> None:
    spoke = hub.with_gateway()
    hub.rules.everywhere = factories.terms(cooldown=timedelta())
    lost = hub.opened("lost")
    hub.clock.turn(hours=2)
    taken = hub.opened("next")
    assert hub.kept(lost).state == "closed"
    assert hub.executions.started == {f"report-{lost.id}": {"lost": lost.id}}
    assert spoke.on() == set(taken.flow_logs)
    assert hub.table.gateway(taken.gateway).recording == taken.id
    assert hub.used()["organization", "active"] == 1


def test_an_alarm_that_names_no_gateway_is_refused_with_a_clear_reason(hub: FakeHub) -> None:
    nameless = factories.transition(factories.gateway_ref(gateway=""), alarm="natrec-custom-both")
    outcome = hub.open(nameless, factories.execution_arn(), factories.NOW)
    assert isinstance(outcome, RefusedOnset)
    assert outcome.refusal.reason == "unknown_gateway"
    assert "natrec-custom-both names no NAT gateway" in outcome.refusal.text
    assert set(hub.table.refusals) == {outcome.id}
