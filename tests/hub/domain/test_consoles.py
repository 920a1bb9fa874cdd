"""Links for people."""

import pytest

from hub.domain.consoles import object_link


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
