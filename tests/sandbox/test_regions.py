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
