import pytest
from botocore.exceptions import ClientError

from scripts.sandbox.engine.core import Engine
from tests.sandbox.networks import REGION, zonal_gateway


def test_interfaces_come_in_pages_and_each_comes_once(engine: Engine, account: str) -> None:
    network = zonal_gateway(engine, account)
    ec2 = engine.client(account, REGION, "ec2")
    for _ in range(11):
        ec2.create_network_interface(SubnetId=network.subnet)
    pages = list(
        ec2.get_paginator("describe_network_interfaces").paginate(
            Filters=[{"Name": "vpc-id", "Values": [network.vpc]}], PaginationConfig={"PageSize": 5}
        )
    )
    assert [len(page["NetworkInterfaces"]) for page in pages] == [5, 5, 2]
    assert len({each["NetworkInterfaceId"] for page in pages for each in page["NetworkInterfaces"]}) == 12


@pytest.mark.parametrize(
    ("asked", "code"),
    [({"MaxResults": 1001}, "InvalidParameterValue"), ({"NextToken": "x"}, "InvalidNextToken")],
)
def test_what_no_page_can_be_is_refused(
    engine: Engine, account: str, asked: dict[str, object], code: str
) -> None:
    with pytest.raises(ClientError) as refused:
        engine.client(account, REGION, "ec2").describe_network_interfaces(**asked)
    assert refused.value.response["Error"]["Code"] == code


def test_ids_and_pages_do_not_go_together(engine: Engine, account: str) -> None:
    network = zonal_gateway(engine, account)
    with pytest.raises(ClientError, match="InvalidParameterCombination"):
        engine.client(account, REGION, "ec2").describe_network_interfaces(
            NetworkInterfaceIds=[network.interface], MaxResults=5
        )
