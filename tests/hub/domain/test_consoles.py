"""Links for people."""

import pytest

from hub.domain.consoles import alarm_link, execution_link, gateway_link, object_link, partition_of
from hub.domain.gateways import GatewayRef


@pytest.mark.parametrize(
    ("partition", "region", "host"),
    [
        ("aws", "eu-west-1", "console.aws.amazon.com"),
        ("aws-us-gov", "us-gov-west-1", "console.amazonaws-us-gov.com"),
        ("aws-cn", "cn-north-1", "console.amazonaws.cn"),
        ("aws-eusc", "eusc-de-east-1", "console.amazonaws-eusc.eu"),
    ],
)
def test_a_link_leads_to_the_console_of_its_partition_and_region(
    partition: str, region: str, host: str
) -> None:
    execution = f"arn:{partition}:states:{region}:222222222222:execution:natrec-recording:e1"
    link = object_link(execution, "s3://reports/recordings/rec-1/report.html")
    assert link == (
        f"https://{region}.{host}/s3/object/reports?region={region}&prefix=recordings/rec-1/report.html"
    )


def test_where_no_console_is_known_the_object_itself_is_told() -> None:
    execution = "arn:aws-iso:states:us-iso-east-1:222222222222:execution:natrec-recording:e1"
    assert object_link(execution, "s3://reports/report.html") == "s3://reports/report.html"


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("eu-west-1", "aws"),
        ("us-gov-west-1", "aws-us-gov"),
        ("cn-northwest-1", "aws-cn"),
        ("eusc-de-east-1", "aws-eusc"),
        ("us-isob-east-1", "aws-iso"),
        ("eu-isoe-west-1", "aws-iso"),
    ],
)
def test_a_region_tells_its_partition(region: str, partition: str) -> None:
    assert partition_of(region) == partition


def test_a_gateway_an_alarm_and_an_execution_have_pages_of_their_own() -> None:
    execution = "arn:aws-cn:states:cn-north-1:222222222222:execution:natrec-recording:e 1"
    home = "https://cn-north-1.console.amazonaws.cn"
    assert gateway_link(GatewayRef("444444444444", "cn-north-1", "nat-0a")) == (
        f"{home}/vpcconsole/home?region=cn-north-1#NatGatewayDetails:natGatewayId=nat-0a"
    )
    assert alarm_link("cn-north-1", "natrec-custom-a/b#c d") == (
        f"{home}/cloudwatch/home?region=cn-north-1#alarmsV2:alarm/natrec-custom-a%2Fb%23c%20d"
    )
    assert execution_link(execution) == (
        f"{home}/states/home?region=cn-north-1#/v2/executions/details/{execution.replace(' ', '%20')}"
    )


def test_where_no_console_is_known_there_is_no_page() -> None:
    assert gateway_link(GatewayRef("444444444444", "us-iso-east-1", "nat-0a")) is None
    assert alarm_link("us-iso-east-1", "a") is None
    assert execution_link("arn:aws-iso:states:us-iso-east-1:2:execution:natrec-recording:e1") is None
