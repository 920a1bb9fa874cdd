"""What one sweep mends, whatever was lost."""

import pytest

from hub.domain.errors import FlowLogsRemain, RecordingFault, Transient
from hub.domain.gateways import GatewayRef
from hub.domain.organization import Placement
from hub.domain.recordings import Recording
from hub.domain.refusals import Refusal
from hub.domain.sweeping import Tally
from hub.domain.targets import Target
from tests import factories
from tests.fakes import FakeSpoke
from tests.hub.usecases.hub import FakeHub

OTHER = factories.gateway_ref(gateway="nat-0fedcba9876543210")
FAR = factories.gateway_ref("555555555555")
WELL = Tally(targets=1)


def lost(hub: FakeHub, place: GatewayRef, name: str) -> Recording:
    """A recording whose execution runs no more."""
    hub.with_gateway(factories.gateway(place, interfaces=(f"eni-{name}",)))
    opened = hub.open(factories.transition(place), factories.execution_arn(name), factories.NOW)
    assert isinstance(opened, Recording)
    return opened


def in_alarm(hub: FakeHub, spoke: FakeSpoke) -> Recording:
    """A recording that is well: its execution runs, its alarm lists the gateway."""
    recording = hub.opened()
    spoke.in_alarm[factories.ALARM] = {factories.NAT: hub.clock.now()}
    return recording


def told(hub: FakeHub) -> list[str]:
    return [notice.kind for notice in hub.notices.sent]


# Leases.


def test_a_recording_that_is_well_is_left_alone(hub: FakeHub) -> None:
    spoke = hub.with_gateway()
    recording = in_alarm(hub, spoke)
    hub.clock.turn(minutes=5)
    assert hub.sweep() == hub.sweep("full") == WELL
    assert spoke.on() == set(recording.flow_logs)
    assert told(hub) == []


def test_a_recording_that_is_well_costs_two_calls_beside_the_tables(hub: FakeHub) -> None:
    spoke = hub.with_gateway()
    in_alarm(hub, spoke)
    hub.clock.turn(minutes=5)
    hub.journal.clear()
    hub.sweep()
    assert hub.journal == ["list_flow_logs", "contributors"]
    assert hub.executions.asked == []


def test_a_recording_whose_execution_has_ended_is_closed_and_told(hub: FakeHub) -> None:
    recording = lost(hub, factories.gateway_ref(), "e1")
    assert hub.sweep() == Tally(targets=1, findings={"closed": 1})
    assert hub.kept(recording).reason == "its execution ended without closing it"
    assert told(hub) == ["lost"]
    assert recording.execution in hub.notices.read()
    assert hub.sweep() == WELL


def test_an_execution_is_started_that_reports_what_was_lost(hub: FakeHub) -> None:
    recording = lost(hub, factories.gateway_ref(), "e1")
    hub.sweep()
    assert hub.executions.started == {f"report-{recording.id}": {"lost": recording.id}}
    assert "A report follows" in hub.notices.read()


def test_what_is_lost_is_left_to_the_next_sweep_while_no_execution_can_be_started(hub: FakeHub) -> None:
    recording = lost(hub, factories.gateway_ref(), "e1")
    hub.executions.faults = [Transient("throttled")] * 3
    assert hub.sweep().problems
    assert hub.kept(recording).state == "open"
    hub.executions.faults.clear()
    assert hub.sweep().findings == {"closed": 1}
    assert told(hub) == ["lost"]


def test_what_is_lost_is_closed_without_a_report_when_none_can_ever_be_started(hub: FakeHub) -> None:
    recording = lost(hub, factories.gateway_ref(), "e1")
    hub.executions.alive.add("another")
    hub.executions.unstartable = RecordingFault("starting: AccessDenied")
    assert hub.sweep().findings == {"closed": 1}
    assert hub.kept(recording).state == "closed"
    words = hub.notices.read()
    assert "No report will be written: starting: AccessDenied." in words


def test_what_was_lost_is_closed_by_its_successor_too(hub: FakeHub) -> None:
    recording = lost(hub, factories.gateway_ref(), "e1")
    closed = hub.close.lost(recording.id)
    assert (closed.state, closed.reason) == ("closed", "its execution ended without closing it")
    assert hub.close.lost(recording.id) == closed
    assert hub.sweep() == WELL


def test_a_successor_of_nothing_is_told_so(hub: FakeHub) -> None:
    with pytest.raises(LookupError, match="rec-unknown"):
        hub.close.lost("rec-unknown")


def test_an_execution_too_young_for_the_list_is_asked_for_by_name(hub: FakeHub) -> None:
    hub.with_gateway()
    recording = hub.opened()
    hub.executions.unlisted.add(recording.execution)
    assert hub.sweep() == WELL
    assert hub.executions.asked == [recording.execution]


def test_a_recording_whose_place_has_left_the_targets_is_closed_and_its_execution_reports(
    hub: FakeHub,
) -> None:
    spoke = hub.with_gateway()
    recording = in_alarm(hub, spoke)
    assert hub.table.store_token(recording.gateway, recording.id, "token")
    hub.rules.outside = Refusal("not_a_member", "account 111111111111 is below none of the targets")
    assert hub.sweep().findings == {"closed": 1}
    assert spoke.on() == set()
    kept = hub.kept(recording)
    assert (kept.state, hub.executions.woken) == ("closed", ["token"])
    assert "left the targets" in str(kept.reason)
    assert hub.executions.started == {}
    assert told(hub) == []


def test_an_execution_that_does_not_wait_yet_is_not_woken(hub: FakeHub) -> None:
    recording = in_alarm(hub, hub.with_gateway())
    hub.rules.outside = Refusal("not_a_member", "no target")
    assert hub.sweep().findings == {"closed": 1}
    assert hub.executions.woken == []
    assert not hub.table.store_token(recording.gateway, recording.id, "too late")


def test_an_account_newer_than_the_last_look_is_looked_up_before_it_counts_as_left(hub: FakeHub) -> None:
    spoke = hub.with_gateway()
    recording = in_alarm(hub, spoke)
    hub.rules.known = frozenset()
    hub.organization.accounts[recording.gateway.account] = Placement(("r-ab12",))
    assert hub.sweep() == WELL
    del hub.organization.accounts[recording.gateway.account]
    assert hub.sweep().findings == {"closed": 1}


def test_nothing_counts_as_left_by_a_policy_that_cannot_be_read(hub: FakeHub) -> None:
    in_alarm(hub, hub.with_gateway())
    hub.rules.outside = Refusal("not_a_member", "no target")
    hub.ledger.unreadable = True
    assert hub.sweep() == WELL


def test_a_recording_long_over_its_time_is_closed_though_its_execution_runs(hub: FakeHub) -> None:
    spoke = hub.with_gateway()
    recording = in_alarm(hub, spoke)
    hub.clock.turn(minutes=24)
    assert hub.sweep() == WELL
    hub.clock.turn(minutes=2)
    assert hub.sweep().findings == {"closed": 1}
    assert hub.kept(recording).reason == "the time limit was reached"
    assert told(hub) == []


def test_a_lease_without_a_recording_is_told(hub: FakeHub) -> None:
    recording = lost(hub, factories.gateway_ref(), "e1")
    hub.table.recordings.clear()
    (problem,) = hub.sweep().problems
    assert recording.id in problem


# One fault never keeps the sweep from the rest.


def test_one_that_cannot_be_closed_keeps_no_other_from_being_closed(hub: FakeHub) -> None:
    stuck = lost(hub, factories.gateway_ref(), "e1")
    here, far = lost(hub, OTHER, "e2"), lost(hub, FAR, "e3")
    spoke = hub.spokes.at(factories.ACCOUNT, factories.REGION)
    spoke.fail("find_flow_logs", FlowLogsRemain("still there"))
    tally = hub.sweep()
    assert (tally.targets, tally.findings, len(tally.problems)) == (2, {"closed": 2}, 1)
    assert {hub.kept(each).state for each in (here, far)} == {"closed"}
    assert hub.kept(stuck).state == "open"
    assert hub.sweep().findings == {"closed": 1}


@pytest.mark.parametrize("step", ["list_flow_logs", "contributors"])
def test_a_step_that_fails_keeps_no_other_from_its_work(hub: FakeHub, step: str) -> None:
    spoke = hub.with_gateway()
    in_alarm(hub, spoke)
    hub.clock.turn(minutes=5)
    spoke.fail(step, RecordingFault("denied"))  # type: ignore[arg-type] # an operation by its name
    tally = hub.sweep()
    assert len(tally.problems) == 1
    assert hub.journal.count("list_flow_logs") == hub.journal.count("contributors") == 1


def test_a_bug_at_one_target_keeps_no_other_from_its_visit(hub: FakeHub) -> None:
    lost(hub, factories.gateway_ref(), "e1")
    far = lost(hub, FAR, "e2")
    hub.spokes.at(factories.ACCOUNT, factories.REGION).fail("list_flow_logs", KeyError("x"))
    tally = hub.sweep()
    assert "KeyError" in tally.problems[0]
    assert hub.kept(far).state == "closed"


def test_executions_that_cannot_be_asked_for_are_problems(hub: FakeHub) -> None:
    lost(hub, factories.gateway_ref(), "e1")
    other = lost(hub, OTHER, "e2")
    hub.executions.faults.append(Transient("throttled"))
    tally = hub.sweep()
    assert [problem.endswith("throttled") for problem in tally.problems] == [True]
    assert hub.kept(other).state == "closed"


# Flow logs.


def test_a_flow_log_that_no_recording_wants_is_deleted(hub: FakeHub) -> None:
    spoke = hub.with_gateway()
    recording = hub.opened()
    hub.close(recording, "recovered")
    spoke.flow_logs[recording.id] = {"fl-late": "eni-0aaaaaaaaaaaaaaaa"}
    spoke.flow_logs["rec-of-nobody"] = {"fl-1": "eni-1", "fl-2": "eni-2"}
    assert hub.sweep() == Tally(targets=1, findings={"deleted": 3})
    assert spoke.on() == set()
    assert hub.sweep() == WELL


def test_a_flow_log_of_a_recording_newer_than_the_watch_list_stays(hub: FakeHub) -> None:
    spoke = hub.with_gateway()
    hub.watch.wait(factories.transition(OTHER), factories.NOW)
    spoke.meanwhile("list_flow_logs", hub.opened)
    assert hub.sweep().findings == {}
    assert spoke.on()


def test_a_full_sweep_finds_flow_logs_where_nothing_is_watched(hub: FakeHub) -> None:
    hub.rules.covered = (Target(factories.ACCOUNT, factories.REGION),)
    spoke = hub.with_gateway()
    spoke.flow_logs["rec-of-nobody"] = {"fl-1": "eni-1"}
    assert hub.sweep() == Tally()
    assert hub.sweep("full").findings == {"deleted": 1}


def test_a_delivery_that_fails_is_told_at_once_and_once(hub: FakeHub) -> None:
    spoke = hub.with_gateway()
    recording = in_alarm(hub, spoke)
    spoke.errors[recording.flow_logs[0]] = "Access error"
    assert hub.sweep().findings == {"undelivered": 1}
    assert hub.sweep().findings == {}
    assert hub.kept(recording).delivery_error == "Access error"
    (notice,) = hub.notices.sent
    assert (notice.kind, "Access error" in hub.notices.read()) == ("undelivered", True)
    assert hub.kept(recording).state == "open"


# Failsafes.


def test_a_missing_failsafe_is_armed_again(hub: FakeHub) -> None:
    spoke = hub.with_gateway()
    recording = in_alarm(hub, spoke)
    armed = spoke.failsafes.pop(recording.id)
    hub.clock.turn(minutes=1)
    assert hub.sweep("full").findings == {"rearmed": 1}
    assert spoke.failsafes[recording.id] == armed
    assert hub.sweep("full").findings == {}


def test_a_flow_log_with_our_tags_that_leads_away_is_told(hub: FakeHub) -> None:
    """Whoever has the worker's session can name a bucket of their own, and a recording that is open."""
    spoke = hub.with_gateway()
    recording = in_alarm(hub, spoke)
    spoke.flow_logs[recording.id]["fl-stolen"] = "eni-1"
    spoke.astray.add("fl-stolen")
    assert hub.sweep().findings == {"astray": 1}
    assert "elsewhere than the archive" in hub.notices.read()


def test_a_recording_that_has_just_begun_may_still_arm_its_own(hub: FakeHub) -> None:
    spoke = hub.with_gateway()
    recording = in_alarm(hub, spoke)
    del spoke.failsafes[recording.id]
    assert hub.sweep("full").findings == {}


# Spokes that cannot be reached.


def test_a_target_without_a_spoke_is_skipped_in_silence(hub: FakeHub) -> None:
    hub.rules.covered = (Target("555555555555", "eu-west-1"), Target(factories.ACCOUNT, factories.REGION))
    hub.spokes.unreachable.add(("555555555555", "eu-west-1"))
    assert hub.sweep("full") == Tally(targets=1, skipped=1)
    assert told(hub) == []


def test_an_unreachable_spoke_where_something_is_open_is_told_once_and_when_it_is_over(hub: FakeHub) -> None:
    spoke = hub.with_gateway()
    recording = in_alarm(hub, spoke)
    place = (factories.ACCOUNT, factories.REGION)
    hub.spokes.unreachable.add(place)
    for kind in ("quick", "full", "quick"):
        tally = hub.sweep(kind)
        assert (tally.unreachable, len(tally.problems)) == (1, 1)
    assert told(hub) == ["unreachable"]
    assert recording.id in hub.notices.read()
    hub.spokes.unreachable.clear()
    hub.sweep()
    assert hub.watch.outages() == {}
    hub.spokes.unreachable.add(place)
    hub.clock.turn(minutes=1)
    hub.sweep()
    assert told(hub) == ["unreachable", "reachable", "unreachable"]
    first, over, again = hub.notices.sent
    assert first.story == over.story != again.story


def test_a_spoke_that_lets_us_in_and_denies_the_rest_is_told_once_too(hub: FakeHub) -> None:
    spoke = hub.with_gateway()
    in_alarm(hub, spoke)
    denied = RecordingFault("listing flow logs: explicit deny in a service control policy")
    spoke.fail("list_flow_logs", denied, denied)
    hub.sweep()
    hub.sweep()
    assert told(hub) == ["unreachable"]
    assert "service control policy" in hub.notices.read()
    assert hub.sweep() == WELL
    assert hub.watch.outages() == {}


def test_what_may_pass_is_not_told_and_ends_no_outage(hub: FakeHub) -> None:
    spoke = hub.with_gateway()
    in_alarm(hub, spoke)
    spoke.fail("list_flow_logs", Transient("throttled"), RecordingFault("denied"), Transient("throttled"))
    assert len(hub.sweep().problems) == 1
    assert told(hub) == []
    hub.sweep()
    hub.sweep()
    assert set(hub.watch.outages()) == {Target(factories.ACCOUNT, factories.REGION)}
    assert told(hub) == ["unreachable"]


def test_a_denial_where_nothing_of_ours_is_open_is_a_problem_and_no_notice(hub: FakeHub) -> None:
    hub.rules.covered = (Target(factories.ACCOUNT, factories.REGION),)
    hub.with_gateway().fail("list_flow_logs", RecordingFault("denied"))
    assert len(hub.sweep("full").problems) == 1
    assert told(hub) == []


def test_an_outage_ends_when_nothing_of_ours_is_left_there(hub: FakeHub) -> None:
    target = Target("555555555555", "eu-west-1")
    hub.watch.begin_outage(target, factories.NOW)
    hub.spokes.unreachable.add(("555555555555", "eu-west-1"))
    assert hub.sweep("full").skipped == 1
    assert hub.watch.outages() == {}
    assert told(hub) == []  # whether it can be reached again is not known
