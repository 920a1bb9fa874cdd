from hub.domain.refusals import Refusal
from hub.domain.targets import Target
from tests import factories
from tests.hub.usecases.hub import FakeHub

HERE = Target(factories.ACCOUNT, factories.REGION)
ELSEWHERE = Target("555555555555", "us-east-1")


def test_a_quick_sweep_of_nothing_has_no_batch(hub: FakeHub) -> None:
    hub.rules.covered = (HERE, ELSEWHERE)
    assert (hub.plan("quick"), hub.plan("full")) == (0, 1)


def test_a_quick_sweep_visits_only_what_is_watched(hub: FakeHub) -> None:
    hub.rules.covered = (HERE, ELSEWHERE)
    hub.with_gateway()
    hub.opened()
    assert hub.plan.targets("quick") == {HERE}
    assert hub.plan.targets("full") == {HERE, ELSEWHERE}


def test_a_target_is_watched_for_an_hour_after_its_lease_ended(hub: FakeHub) -> None:
    hub.with_gateway()
    hub.close(hub.opened(), "recovered")
    hub.clock.turn(minutes=59)
    hub.sweep()
    assert hub.plan.targets("quick") == {HERE}
    hub.clock.turn(minutes=1)
    hub.sweep()
    assert hub.plan.targets("quick") == frozenset()


def test_a_full_sweep_visits_also_what_the_policy_no_longer_covers(hub: FakeHub) -> None:
    hub.with_gateway()
    hub.opened()
    assert hub.plan.targets("full") == {HERE}


def test_many_targets_are_shared_out(hub: FakeHub) -> None:
    hub.rules.covered = tuple(
        Target(f"{account:012d}", f"eu-west-{region}") for account in range(1000) for region in range(17)
    )
    batches = hub.plan("full")
    assert batches == 34
    shares = [sum(each.batch(batches) == batch for each in hub.rules.covered) for batch in range(batches)]
    assert sum(shares) == 17_000
    assert max(shares) < 700


def test_each_batch_visits_its_own_targets(hub: FakeHub) -> None:
    hub.rules.covered = tuple(Target(f"{account:012d}", "eu-west-1") for account in range(50))
    visited = [hub.batch("full", batch, 3).targets for batch in range(3)]
    assert sum(visited) == 50
    assert all(visited)


def test_a_refused_onset_is_watched_until_its_alarm_is_over(hub: FakeHub) -> None:
    spoke = hub.with_gateway()
    hub.rules.muted = Refusal("muted", "for ever", factories.NOW)
    other = factories.gateway(
        factories.gateway_ref(gateway="nat-0fedcba9876543210"), interfaces=("eni-0ccccccccccccccc0",)
    )
    hub.with_gateway(other)
    onset = factories.transition(other.ref, at=hub.clock.now())
    hub.open(onset, factories.execution_arn("e2"), factories.NOW)
    spoke.in_alarm[factories.ALARM] = {other.ref.gateway: factories.NOW}
    for _ in range(30):
        hub.clock.turn(minutes=5)
        hub.sweep()
    assert other.ref in {each.gateway for each in hub.watch.gateways()}
    spoke.in_alarm[factories.ALARM] = {}
    hub.sweep()
    hub.sweep()
    assert list(hub.watch.gateways()) == []
