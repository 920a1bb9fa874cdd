from typing import Any

import pytest
from botocore.exceptions import ClientError

from scripts.sandbox.engine.core import Engine


@pytest.fixture
def client(engine: Engine, account: str) -> Any:  # noqa: ANN401 - clients have no common type
    return engine.client(account, "eu-west-1", "account")


def _status(client: Any, region: str) -> str:  # noqa: ANN401 - as above
    return str(client.get_region_opt_status(RegionName=region)["RegionOptStatus"])


def test_an_opt_in_region_is_disabled_until_somebody_enables_it(client: Any) -> None:  # noqa: ANN401 - as above
    assert _status(client, "eu-west-1") == "ENABLED_BY_DEFAULT"
    assert _status(client, "eu-south-1") == "DISABLED"
    client.enable_region(RegionName="eu-south-1")
    assert _status(client, "eu-south-1") == "ENABLED"
    found = client.list_regions(RegionOptStatusContains=["ENABLED"])["Regions"]
    assert [each["RegionName"] for each in found] == ["eu-south-1"]
    client.disable_region(RegionName="eu-south-1")
    assert _status(client, "eu-south-1") == "DISABLED"


def test_a_default_region_cannot_be_disabled_and_none_is_made_up(client: Any) -> None:  # noqa: ANN401 - as above
    with pytest.raises(ClientError, match="enabled by default"):
        client.disable_region(RegionName="us-east-1")
    with pytest.raises(ClientError, match="not a region"):
        client.get_region_opt_status(RegionName="eu-nowhere-1")


def test_ec2_describes_enabled_regions_and_all_of_them_with_their_state(engine: Engine, account: str) -> None:
    ec2 = engine.client(account, "eu-west-1", "ec2")
    enabled = {each["RegionName"] for each in ec2.describe_regions()["Regions"]}
    assert "us-east-1" in enabled
    assert "eu-south-1" not in enabled
    states = {
        each["RegionName"]: each["OptInStatus"] for each in ec2.describe_regions(AllRegions=True)["Regions"]
    }
    assert (states["us-east-1"], states["eu-south-1"]) == ("opt-in-not-required", "not-opted-in")
    engine.client(account, "eu-west-1", "account").enable_region(RegionName="eu-south-1")
    [described] = ec2.describe_regions(RegionNames=["eu-south-1"])["Regions"]
    assert described["OptInStatus"] == "opted-in"


@pytest.mark.parametrize(
    ("service", "call", "code"),
    [
        ("ec2", "describe_nat_gateways", "AuthFailure"),
        ("cloudformation", "describe_stacks", "InvalidClientTokenId"),
        ("sts", "get_caller_identity", "InvalidClientTokenId"),
        ("dynamodb", "list_tables", "UnrecognizedClientException"),
        ("lambda", "list_functions", "UnrecognizedClientException"),
        ("events", "list_event_buses", "UnrecognizedClientException"),
    ],
)
def test_a_region_accepts_credentials_once_the_account_has_enabled_it(
    engine: Engine, account: str, service: str, call: str, code: str
) -> None:
    client = engine.client(account, "eu-south-2", service)
    with pytest.raises(ClientError) as refused:
        getattr(client, call)()
    assert refused.value.response["Error"]["Code"] == code
    engine.client(account, "eu-west-1", "account").enable_region(RegionName="eu-south-2")
    assert getattr(client, call)()["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_what_has_one_endpoint_for_all_regions_is_reached_from_any(engine: Engine, account: str) -> None:
    assert engine.client(account, "eu-south-2", "iam").list_roles()["Roles"] is not None
