"""The table of prices, and what is said of it."""

from dataclasses import replace

import pytest

from orgconfig.compiling import compile_policy
from orgconfig.models import OrgConfig
from orgconfig.models.paid import Paid
from orgconfig.prices import AS_OF, NAMES, REGION, REGIONS, Prices, basis_of, prices_of, unit_of
from tests.orgconfig.documents import config


def test_the_prices_of_the_tables_own_region_assume_nothing() -> None:
    found = prices_of(REGION)
    assert replace(found, basis="") == Prices()
    assert found.basis == f"{REGION}, {AS_OF}"


def test_a_region_that_is_not_in_the_table_is_told_as_an_assumption() -> None:
    found = prices_of("sa-east-1")
    assert found.nat_gb == Prices().nat_gb
    assert found.basis == f"{REGION}, {AS_OF}, assumed for sa-east-1"


def test_what_is_known_of_a_region_is_its_own_and_the_rest_is_assumed() -> None:
    found = prices_of("ap-southeast-1")
    assert (found.nat_gb, found.vended_gb) == (0.059, Prices().vended_gb)
    assert found.basis.endswith("assumed for ap-southeast-1 but for NAT processing")


def test_no_region_at_all_is_told_too() -> None:
    assert prices_of(None).basis.endswith("assumed because the region is not known")


def test_what_is_paid_wins_over_every_table() -> None:
    found = prices_of("eu-west-1", {"nat_gb": 0.02, "kms_key": 0.5, "scan_tb": 4})
    assert (found.nat_gb, found.kms_key, found.interface_endpoint_hour) == (0.02, 0.5, 0.011)
    assert found.basis.endswith("but for NAT processing, interface endpoints' hours, Athena and keys")


def test_a_price_of_a_newer_natrec_is_passed_over() -> None:
    assert prices_of(REGION, {"moon_gb": 1.0}) == prices_of(REGION)


def test_of_several_regions_those_are_named_that_are_assumed() -> None:
    assert basis_of(["eu-west-1", REGION, "eu-west-1"]) == f"{REGION}, {AS_OF}, assumed for eu-west-1"


def test_every_price_has_its_unit_and_source_and_may_be_said_in_a_config() -> None:
    assert tuple(Paid.model_fields) == NAMES
    for name in NAMES:
        assert unit_of(name) in str(Paid.model_fields[name].description)
        assert "." in Prices.__dataclass_fields__[name].metadata["source"]
    assert all(known.source and {*known.prices} <= {*NAMES} for known in REGIONS.values())


@pytest.mark.parametrize("said", [0, 0.0125, 1])
def test_a_config_says_what_is_paid_and_the_policy_keeps_it(said: float) -> None:
    policy = compile_policy(OrgConfig.model_validate(config(prices__nat_gb=said)))
    assert policy["prices"] == {"nat_gb": said}
