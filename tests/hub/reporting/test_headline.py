"""One sentence tells who did it."""

import pytest

from hub.reporting.headline import headline
from hub.reporting.names import Named
from tests.hub.reporting.found import GB, found, talker

NAMES = {"10.0.1.5": Named("instance", "i-0abc", "etl-runner-3", "data")}


def test_it_names_holder_team_amount_far_end_time_and_part() -> None:
    seen = found(
        talker(41 * GB, service="S3"), talker(int(3.6 * GB), client="10.0.1.6"), seconds=14 * 60 + 10
    )
    assert headline(seen, NAMES, {"gateway": "nat-1", "gateway_name": "egress"}) == (
        "i-0abc etl-runner-3 (team data) downloaded 41.0 GB from S3 in 14 min, 92% of the traffic "
        "through egress."
    )


def test_the_main_direction_decides_who_it_is() -> None:
    seen = found(talker(10), talker(1000, client="10.0.1.6", direction="upload"))
    assert headline(seen, NAMES).startswith("10.0.1.6 uploaded 1.0 kB to 203.0.113.5 in 15 min, all of")


def test_a_far_end_counts_over_all_its_ports_and_addresses() -> None:
    """Many small conversations with one service outweigh a single larger one."""
    many = [talker(GB, client="10.0.1.6", remote=f"52.218.0.{each}", service="S3") for each in range(3)]
    assert headline(found(talker(2 * GB), *many), {}).startswith("10.0.1.6 downloaded 3.0 GB from S3")


@pytest.mark.parametrize(
    ("service", "remote", "words"),
    [
        ("DYNAMODB", "52.94.25.67", "from DynamoDB in"),
        ("NEW_SERVICE", "52.94.25.67", "from NEW_SERVICE in"),
        (None, "203.0.113.5", "from 203.0.113.5 in"),
        (None, None, "from an unknown remote in"),
    ],
)
def test_a_far_end_is_told_by_its_service_else_by_its_address(
    service: str | None, remote: str | None, words: str
) -> None:
    assert words in headline(found(talker(service=service, remote=remote)), {})


def test_nothing_is_told_as_nothing() -> None:
    assert headline(found(), {}) == "Nothing was seen."
    assert headline(found(), {}, {"gateway": "nat-1"}) == "Nothing was seen through nat-1."
