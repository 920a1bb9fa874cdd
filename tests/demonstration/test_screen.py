"""What the demo shows fits a terminal of eighty columns, and can be copied out of it."""

import io

import pytest
from rich.console import Console

from scripts.demonstration.milestones import Letter
from scripts.demonstration.screen import Screen

LINK = f"https://eu-west-1.console.aws.amazon.com/s3/object/{'x' * 90}"
BODY = f"{'word ' * 15}end\n\n  a line of its own\n\nReport: {LINK}\n"


@pytest.fixture
def shown() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def screen(shown: io.StringIO) -> Screen:
    return Screen(Console(file=shown, width=80), {})


def test_a_stack_is_one_line_with_the_number_of_its_resources(screen: Screen, shown: io.StringIO) -> None:
    for line in (
        "building the functions' zip",
        "create  stack natrec-hub in 222222222222 eu-west-1: there is no such stack yet",
        "  add     Bus (AWS::Events::EventBus)",
        "  add     Table (AWS::DynamoDB::Table)",
        "create  instances in 222222222222 eu-west-1: 8 of 8 are missing",
    ):
        screen.doing(line)
    screen.prepared()
    assert [each.rstrip() for each in shown.getvalue().splitlines()] == [
        "· building the functions' zip",
        "· create  stack natrec-hub in 222222222222 eu-west-1, 2 resources",
        "· create  instances in 222222222222 eu-west-1: 8 of 8 are missing",
    ]


def test_a_failure_tells_which_step_was_on(screen: Screen, shown: io.StringIO) -> None:
    screen.doing("starting AWS on this machine")
    screen.failure("the port is taken")
    assert shown.getvalue().splitlines() == ["· starting AWS on this machine", "✗ the port is taken"]


def test_a_mail_keeps_its_lines_and_a_link_stays_whole(screen: Screen, shown: io.StringIO) -> None:
    screen.mail([Letter("security@example.com", "natrec: recorded", BODY)])
    lines = shown.getvalue().splitlines()
    assert " natrec: recorded" in lines
    for each in BODY.splitlines():
        assert f" {each}".rstrip() in [line.rstrip() for line in lines]
    assert f" Report: {LINK}" in lines
    assert max(len(line) for line in lines if LINK not in line) <= 80
