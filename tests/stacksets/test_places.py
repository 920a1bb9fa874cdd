import pytest

from scripts.sandbox.engine.core import Engine
from stacksets.places import accounts_below, home_region
from tests.sandbox.organization import Organization


@pytest.mark.parametrize(
    ("region", "home"),
    [
        ("eu-west-1", "us-east-1"),
        ("us-east-1", "us-east-1"),
        ("us-gov-east-1", "us-gov-west-1"),
        ("cn-north-1", "cn-northwest-1"),
    ],
)
def test_organizations_lives_in_one_region_of_each_partition(region: str, home: str) -> None:
    assert home_region(region) == home


def test_accounts_are_found_at_any_depth_below_an_ou_and_nowhere_else(engine: Engine, account: str) -> None:
    org = Organization.create(engine, account)
    upper = org.unit("upper")
    lower = org.unit("lower", upper)
    inside = {org.account(upper), org.account(lower)}
    outside = org.account()
    assert accounts_below(org.client, [upper]) == inside
    assert accounts_below(org.client, [upper, lower]) == inside
    assert accounts_below(org.client, [org.root]) == {*inside, outside, org.management}


def test_closed_accounts_have_no_part_in_it(engine: Engine, account: str) -> None:
    org = Organization.create(engine, account)
    unit = org.unit("unit")
    closed, open_ = org.account(unit), org.account(unit)
    org.client.close_account(AccountId=closed)
    assert accounts_below(org.client, [unit]) == {open_}
