"""The gauges that every sweep begins with."""

from hub.usecases.take_stock import TakeStock
from tests import factories
from tests.hub.usecases.hub import FakeHub


def stock(hub: FakeHub) -> dict[tuple[str, str | None], float]:
    found = TakeStock(hub.ledger, hub.watch, hub.clock)()
    return {(metric.name, each.value): value for each in found for metric, value in each.values.items()}


def test_of_nothing_nothing_is_open_and_no_quota_is_told(hub: FakeHub) -> None:
    assert stock(hub) == {("recordings_open", None): 0, ("recordings_overdue", None): 0}


def test_the_fullest_quota_of_each_scope_counts_and_unlimited_ones_do_not(hub: FakeHub) -> None:
    hub.rules.everywhere = factories.terms(
        gateway=factories.allowance(day=1),
        account=factories.allowance(active=5, day=2),
        organization=factories.allowance(day=10, month=0),
    )
    hub.with_gateway()
    hub.opened()
    assert stock(hub) == {
        ("recordings_open", None): 1,
        ("recordings_overdue", None): 0,
        ("quota_used", "account"): 50.0,
        ("quota_used", "organization"): 10.0,
    }


def test_a_lease_that_nobody_has_ended_in_time_is_overdue(hub: FakeHub) -> None:
    hub.with_gateway()
    recording = hub.opened()
    hub.clock.turn(seconds=(recording.expires_at - hub.clock.now()).total_seconds() - 1)
    assert stock(hub)["recordings_overdue", None] == 0
    hub.clock.turn(seconds=1)
    assert stock(hub)["recordings_overdue", None] == 1
    hub.close(recording, "time_limit")
    assert stock(hub)["recordings_overdue", None] == stock(hub)["recordings_open", None] == 0
