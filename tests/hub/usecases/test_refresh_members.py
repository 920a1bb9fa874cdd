import pytest

from hub.domain.errors import PolicyBroken
from hub.domain.organization import Placement
from hub.usecases.refresh_members import Refreshed, RefreshMembers
from tests.fakes import FakeMembership, FakeOrganization

ACCOUNTS = {"111111111111": Placement(("r-ab12",)), "222222222222": Placement(("r-ab12", "ou-ab12-team"))}


def test_the_organization_is_kept_and_a_change_is_told() -> None:
    organization, membership = FakeOrganization(dict(ACCOUNTS)), FakeMembership()
    refresh = RefreshMembers(organization, membership)
    assert refresh() == Refreshed(accounts=2, changed=True)
    assert refresh() == Refreshed(accounts=2, changed=False)
    organization.accounts["222222222222"] = Placement(("r-ab12", "ou-ab12-moved"))
    assert refresh().changed
    assert membership.kept == organization.roster()


def test_a_broken_policy_fails_visibly_after_the_organization_was_kept() -> None:
    membership = FakeMembership(problem="tier `huge` does not exist")
    with pytest.raises(PolicyBroken, match="huge"):
        RefreshMembers(FakeOrganization(dict(ACCOUNTS)), membership)()
    assert membership.kept is not None
