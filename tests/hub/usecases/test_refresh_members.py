import pytest

from hub.domain.errors import PolicyBroken, Transient
from hub.domain.organization import Placement
from hub.usecases.refresh_members import Refreshed, RefreshMembers
from tests.fakes import FakeExecutions, FakeMembership, FakeOrganization, ManualClock

ACCOUNTS = {"111111111111": Placement(("r-ab12",)), "222222222222": Placement(("r-ab12", "ou-ab12-team"))}


def test_the_organization_is_kept_and_a_change_is_told() -> None:
    organization, membership = FakeOrganization(dict(ACCOUNTS)), FakeMembership()
    refresh = RefreshMembers(organization, membership, FakeExecutions(), ManualClock())
    assert refresh() == Refreshed(accounts=2, changed=True)
    assert refresh() == Refreshed(accounts=2, changed=False)
    organization.accounts["222222222222"] = Placement(("r-ab12", "ou-ab12-moved"))
    assert refresh().changed
    assert membership.kept == organization.roster()


def test_a_broken_policy_fails_visibly_after_the_organization_was_kept() -> None:
    membership = FakeMembership(problem="tier `huge` does not exist")
    with pytest.raises(PolicyBroken, match="huge"):
        RefreshMembers(FakeOrganization(dict(ACCOUNTS)), membership, FakeExecutions(), ManualClock())()
    assert membership.kept is not None


def test_a_change_is_followed_by_a_sweep_at_once_and_none_by_none() -> None:
    sweeps, clock = FakeExecutions(), ManualClock()
    organization = FakeOrganization(dict(ACCOUNTS))
    refresh = RefreshMembers(organization, FakeMembership(), sweeps, clock)
    for _ in range(2):
        refresh()
        clock.turn(minutes=1)
    assert list(sweeps.started.values()) == [{"kind": "quick"}]
    del organization.accounts["222222222222"]
    refresh()
    assert list(sweeps.started.values()) == [{"kind": "quick"}] * 2


def test_a_sweep_that_cannot_be_started_keeps_nothing_from_being_kept() -> None:
    membership = FakeMembership()
    sweeps = FakeExecutions(faults=[Transient("throttled")])
    refresh = RefreshMembers(FakeOrganization(dict(ACCOUNTS)), membership, sweeps, ManualClock())
    assert refresh().changed
    assert membership.kept is not None
