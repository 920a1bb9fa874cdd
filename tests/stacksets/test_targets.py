"""A roll-out over an organization on the engine: who gets the spoke, who loses it, who fails."""

import json

import pytest

from scripts.sandbox.engine.core import Engine
from stacksets.outcomes import Outcome
from stacksets.stack_sets import PREFERENCES
from tests.sandbox.organization import until
from tests.stacksets.roll_outs import AWAY, HOME, ROLE, RollOut

INSTANCES = "instances of natrec-spoke"
LEAVING = "instances of natrec-spoke that are no targets"
FAILED = "instances of natrec-spoke that failed"
STACK_SET = "stack set natrec-spoke"


@pytest.fixture
def roll_out(engine: Engine, account: str) -> RollOut:
    return RollOut.create(engine, account)


def _places(*accounts: str, regions: tuple[str, ...] = (HOME, AWAY)) -> set[tuple[str, str]]:
    return {(account, region) for account in accounts for region in regions}


def _told(outcomes: tuple[Outcome, ...]) -> dict[tuple[str, str], str]:
    return {(each.account, each.region): str(each.reason) for each in outcomes if each.reason}


def test_children_at_any_depth_are_covered_and_excluded_accounts_are_not(roll_out: RollOut) -> None:
    org = roll_out.org
    a, deep, out = org.account(roll_out.top), org.account(roll_out.middle), org.account(roll_out.middle)
    org.account(roll_out.beside)
    detail = roll_out.plan(targets__exclude_accounts=[out])[INSTANCES]
    assert detail == "create: 4 of 4 are missing: 2 accounts, 2 regions"
    outcomes = roll_out.apply(targets__exclude_accounts=[out])
    assert {each.state for each in outcomes} == {"done"}
    assert roll_out.covered() == _places(a, deep)


def test_a_target_that_is_narrowed_to_a_child_tells_which_spokes_are_made_again(roll_out: RollOut) -> None:
    org = roll_out.org
    org.account(roll_out.top)
    deep = org.account(roll_out.middle)
    roll_out.apply()
    told = "2 of them stay targets and are made again, not watched for minutes"
    assert told in roll_out.plan(targets__ous=[roll_out.middle])[LEAVING]
    roll_out.apply(targets__ous=[roll_out.middle])
    assert roll_out.covered() == _places(deep)
    assert roll_out.plan(targets__ous=[roll_out.middle]) == {}


def test_a_second_run_plans_nothing_and_changes_nothing(roll_out: RollOut) -> None:
    roll_out.org.account(roll_out.top)
    roll_out.apply()
    clients = roll_out.recorded()
    assert roll_out.plan(clients) == {}
    roll_out.apply(clients)
    assert clients.changes() == []


def test_planning_only_reads_whatever_there_is_to_do(roll_out: RollOut) -> None:
    first, second = roll_out.org.account(roll_out.top), roll_out.org.account(roll_out.top)
    roll_out.in_the_way(first)
    clients = roll_out.recorded()
    assert set(roll_out.plan(clients)) == {STACK_SET, INSTANCES}
    roll_out.apply()
    assert set(
        roll_out.plan(clients, targets__exclude_accounts=[second], targets__regions=[HOME, "eu-central-1"])
    ) == {LEAVING, INSTANCES, FAILED}
    assert clients.changes() == []


def test_an_account_that_fails_is_told_with_its_reason_and_stops_nobody(roll_out: RollOut) -> None:
    bad, good = roll_out.org.account(roll_out.top), roll_out.org.account(roll_out.top)
    roll_out.in_the_way(bad)
    outcomes = roll_out.apply()
    (failed,) = (each for each in outcomes if each.state == "failed")
    assert (failed.account, failed.region) == (bad, HOME)
    assert failed.reason
    assert failed.reason.what == f"a role of natrec's name exists there already: {ROLE}"
    assert {(e.account, e.region) for e in outcomes if e.state == "done"} == _places(bad, good) - {
        (bad, HOME)
    }
    assert roll_out.plan()[FAILED] == "update: tries again 1 instance: 1 account, 1 region"
    roll_out.out_of_the_way(bad)
    clients = roll_out.recorded()
    assert {each.state for each in roll_out.apply(clients)} == {"done"}
    assert clients.changes() == ["update_stack_set"]
    (given,) = clients.given("update_stack_set")
    assert given["DeploymentTargets"]["Accounts"] == [bad]
    assert roll_out.plan() == {}


def test_a_suspended_account_is_skipped_with_the_reason_and_planned_no_more(roll_out: RollOut) -> None:
    closed, active = roll_out.org.account(roll_out.top), roll_out.org.account(roll_out.top)
    roll_out.org.client.close_account(AccountId=closed)
    outcomes = roll_out.apply()
    assert {(e.account, e.region) for e in outcomes if e.state == "done"} == _places(active)
    assert _told(outcomes) == dict.fromkeys(_places(closed), "the account is suspended")
    assert {each.state for each in outcomes if each.reason} == {"skipped"}
    assert roll_out.plan() == {}


def test_an_account_that_joins_is_covered_by_itself_and_one_that_leaves_is_not(roll_out: RollOut) -> None:
    stays = roll_out.org.account(roll_out.top)
    roll_out.apply()
    joins = roll_out.org.account(roll_out.middle)
    until(lambda: roll_out.covered() == _places(stays, joins))
    roll_out.settle()
    assert roll_out.plan() == {}
    roll_out.org.move(stays, roll_out.top, roll_out.org.root)
    until(lambda: roll_out.covered() == _places(joins))
    roll_out.settle()
    assert roll_out.plan() == {}


def test_where_nobody_is_yet_those_who_join_are_covered(roll_out: RollOut) -> None:
    assert roll_out.plan()[INSTANCES] == "create: accounts that join 1 OU shall be covered"
    roll_out.apply()
    assert roll_out.plan() == {}
    joins = roll_out.org.account(roll_out.middle)
    until(lambda: roll_out.covered() == _places(joins))
    roll_out.settle()
    assert roll_out.alarms(joins)


def test_a_region_that_leaves_is_deleted_everywhere_and_joining_accounts_do_not_get_it(
    roll_out: RollOut,
) -> None:
    account = roll_out.org.account(roll_out.top)
    roll_out.apply()
    roll_out.settings["targets__regions"] = [HOME]
    assert roll_out.plan() == {LEAVING: "delete: 1 instance: 1 account, 1 region"}
    roll_out.apply()
    assert roll_out.covered() == _places(account, regions=(HOME,))
    assert roll_out.alarms(account)
    assert roll_out.alarms(account, AWAY) == {}
    joins = roll_out.org.account(roll_out.top)
    until(lambda: roll_out.covered() == _places(account, joins, regions=(HOME,)))
    roll_out.settle()
    assert roll_out.plan() == {}


def test_a_unit_that_leaves_is_deleted_and_its_joining_accounts_are_covered_no_more(
    roll_out: RollOut,
) -> None:
    stays, leaves = roll_out.org.account(roll_out.top), roll_out.org.account(roll_out.beside)
    roll_out.apply(targets__ous=[roll_out.top, roll_out.beside])
    assert roll_out.covered() == _places(stays, leaves)
    assert roll_out.plan() == {LEAVING: "delete: 2 instances: 1 account, 2 regions"}
    roll_out.apply()
    assert roll_out.covered() == _places(stays)
    assert roll_out.alarms(leaves) == {}
    roll_out.org.account(roll_out.beside)
    joins = roll_out.org.account(roll_out.top)
    until(lambda: roll_out.covered() == _places(stays, joins))
    roll_out.settle()
    assert roll_out.plan() == {}


def test_an_account_that_is_excluded_later_is_deleted_alone(roll_out: RollOut) -> None:
    stays, leaves = roll_out.org.account(roll_out.top), roll_out.org.account(roll_out.top)
    roll_out.apply()
    roll_out.settings["targets__exclude_accounts"] = [leaves]
    assert roll_out.plan() == {LEAVING: "delete: 2 instances: 1 account, 2 regions"}
    roll_out.apply()
    assert roll_out.covered() == _places(stays)
    assert roll_out.plan() == {}
    roll_out.settings["targets__exclude_accounts"] = []
    assert roll_out.plan()[INSTANCES] == "create: 2 of 4 are missing: 1 account, 2 regions"
    roll_out.apply()
    assert roll_out.covered() == _places(stays, leaves)


def test_a_stack_that_cannot_be_deleted_is_told_and_tried_again(roll_out: RollOut) -> None:
    account = roll_out.org.account(roll_out.top)
    roll_out.apply()
    iam = roll_out.engine.client(account, HOME, "iam")
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    policy = iam.create_policy(PolicyName="theirs", PolicyDocument=document)["Policy"]["Arn"]
    attached = {"RoleName": ROLE, "PolicyArn": policy}
    iam.attach_role_policy(**attached)
    roll_out.settings["targets__exclude_accounts"] = [account]
    outcomes = roll_out.apply()
    assert [(each.account, each.region, each.state) for each in outcomes] == [(account, HOME, "failed")]
    assert "DeleteConflict" in next(each.reason.told for each in outcomes if each.reason)
    iam.detach_role_policy(**attached)
    assert roll_out.plan() == {LEAVING: "delete: 1 instance: 1 account, 1 region"}
    assert roll_out.apply() == ()
    assert roll_out.covered() == set()


def test_another_template_reaches_every_spoke(roll_out: RollOut) -> None:
    accounts = [roll_out.org.account(roll_out.top) for _ in range(2)]
    roll_out.apply()
    roll_out.settings["tiers__standard__threshold"] = "7 GB"
    assert roll_out.plan() == {STACK_SET: "update: its template differs; reaches 4 instances"}
    roll_out.apply()
    assert {
        threshold for a in accounts for r in (HOME, AWAY) for threshold in roll_out.alarms(a, r).values()
    } == {7e9}
    assert roll_out.plan() == {}


def test_what_was_changed_by_hand_is_planned_and_put_back(roll_out: RollOut) -> None:
    account = roll_out.org.account(roll_out.top)
    roll_out.apply()
    client = roll_out.engine.client(roll_out.org.management, HOME, "cloudformation")
    client.update_stack_set(
        StackSetName="natrec-spoke",
        UsePreviousTemplate=True,
        Capabilities=["CAPABILITY_NAMED_IAM"],
        AutoDeployment={"Enabled": False},
    )
    roll_out.settle()
    joins = roll_out.org.account(roll_out.top)
    assert "auto-deployment was changed" in roll_out.plan()[STACK_SET]
    roll_out.apply()
    assert roll_out.covered() == _places(account, joins)
    assert roll_out.plan() == {}
    later = roll_out.org.account(roll_out.top)
    until(lambda: roll_out.covered() == _places(account, joins, later))
    roll_out.settle()


def test_every_operation_has_the_same_preferences(roll_out: RollOut) -> None:
    account = roll_out.org.account(roll_out.top)
    clients = roll_out.recorded()
    roll_out.apply(clients)
    roll_out.apply(clients, tiers__standard__threshold="7 GB", targets__exclude_accounts=[account])
    calls = ("create_stack_instances", "update_stack_set", "delete_stack_instances")
    assert [each["OperationPreferences"] for name in calls for each in clients.given(name)] == [
        PREFERENCES
    ] * 3


def test_an_interrupted_run_is_continued_by_the_next(roll_out: RollOut) -> None:
    accounts = [roll_out.org.account(roll_out.top) for _ in range(4)]

    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        roll_out.apply(sleep=interrupt)
    planned = roll_out.plan()
    assert "waits for the CREATE operation" in planned["operation on natrec-spoke"]
    assert set(planned) == {"operation on natrec-spoke"}
    clients = roll_out.recorded()
    assert {each.state for each in roll_out.apply(clients)} == {"done"}
    assert clients.changes() == []
    assert any("earlier run" in text for text in roll_out.watching.told)
    assert roll_out.covered() == _places(*accounts)


def test_an_operation_that_was_stopped_is_done_by_the_next_run(roll_out: RollOut) -> None:
    accounts = [roll_out.org.account(roll_out.top) for _ in range(6)]
    client = roll_out.engine.client(roll_out.org.management, HOME, "cloudformation")
    stopped: list[str] = []

    def stop(_: float) -> None:
        running = client.list_stack_set_operations(StackSetName="natrec-spoke")["Summaries"][0]
        if not stopped and running["Status"] == "RUNNING":
            stopped.append(running["OperationId"])
            client.stop_stack_set_operation(StackSetName="natrec-spoke", OperationId=running["OperationId"])

    outcomes = roll_out.apply(sleep=stop)
    assert stopped
    assert "not tried: the operation was stopped" in _told(outcomes).values()
    assert {each.state for each in roll_out.apply()} == {"done"}
    assert roll_out.covered() == _places(*accounts)


def test_progress_tells_every_account_and_region(roll_out: RollOut) -> None:
    bad = roll_out.org.account(roll_out.top)
    roll_out.org.account(roll_out.top)
    roll_out.in_the_way(bad)
    roll_out.apply()
    first, last = roll_out.watching.tallies[0], roll_out.watching.tallies[-1]
    assert len(first.outcomes) == len(last.outcomes) == 4
    assert str(last) == "3 done, 1 failed"
    assert first.count("waiting") + first.count("running") > 0


def test_a_unit_that_is_not_there_is_told(roll_out: RollOut) -> None:
    with pytest.raises(Exception, match=r"targets.ous: the organization has no ou-ab12-nosuchunit"):
        roll_out.plan(targets__ous=["ou-ab12-nosuchunit"])


def test_a_region_that_the_administrator_has_not_enabled_is_skipped_with_the_reason(
    roll_out: RollOut,
) -> None:
    account = roll_out.org.account(roll_out.top)
    regions = [HOME, "eu-south-1"]
    outcomes = roll_out.apply(targets__regions=regions)
    assert roll_out.covered() == {(account, HOME)}
    assert _told(outcomes) == {
        (account, "eu-south-1"): "the region is not enabled in the account that administers the stack set"
    }
    assert roll_out.plan(targets__regions=regions) == {}


def test_an_instance_in_a_region_that_its_account_has_disabled_is_forgotten_when_the_region_leaves(
    roll_out: RollOut,
) -> None:
    disabling, other = roll_out.org.account(roll_out.top), roll_out.org.account(roll_out.top)
    for account in (roll_out.org.management, disabling, other):
        roll_out.engine.client(account, HOME, "account").enable_region(RegionName="eu-south-1")
    roll_out.apply(targets__regions=[HOME, "eu-south-1"])
    roll_out.engine.client(disabling, HOME, "account").disable_region(RegionName="eu-south-1")
    outcomes = roll_out.apply(targets__regions=[HOME])
    assert {each.state for each in outcomes} == {"done"}
    assert roll_out.covered() == {(disabling, HOME), (other, HOME)}
    assert not roll_out.alarms(other, "eu-south-1")
    assert roll_out.plan(targets__regions=[HOME]) == {}
