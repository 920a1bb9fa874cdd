"""Operations against a CloudFormation that is stricter and slower than the sandbox's."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from stacksets.operations import Operations, StackSetError
from stacksets.outcomes import Tally
from stacksets.steps import Step

WHO = {"StackSetName": "natrec-spoke", "CallAs": "SELF"}
BEGUN = datetime(2026, 11, 23, 12, 3, tzinfo=UTC)


def _error(code: str, message: str = "no") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "Call")


@dataclass
class CloudFormation:
    """One stack set: an operation at a time, each as long as it is said to last, one item a page.

    Attributes:
        operations: Id and remaining looks of each, the first begun first; 0 has ended.
        refusals: What the next calls are answered, before anything else.
        started: The arguments of what was begun.
        pages: How many results an operation has.

    """

    operations: dict[str, int] = field(default_factory=dict)
    refusals: list[ClientError] = field(default_factory=list)
    started: list[dict[str, Any]] = field(default_factory=list)
    pages: int = 2
    asked: list[str] = field(default_factory=list)
    joins: list[str] = field(default_factory=list)

    def _answer(self, name: str, given: dict[str, Any]) -> None:
        assert {key: given[key] for key in WHO} == WHO
        self.asked.append(name)
        if self.refusals:
            raise self.refusals.pop(0)

    def begin(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - a call's arguments
        self._answer("begin", given)
        if self.joins:  # somebody was quicker
            self.operations[self.joins.pop()] = 2
        if any(self.operations.values()):
            raise _error("OperationInProgressException", "Another Operation on StackSet is in progress: x")
        self.started.append(given)
        self.operations["ours"] = 3
        return {"OperationId": "ours"}

    def list_stack_set_operations(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
        self._answer("list_operations", given)
        found = [
            {
                "OperationId": name,
                "Action": "UPDATE",
                "Status": "RUNNING" if left else "SUCCEEDED",
                "CreationTimestamp": BEGUN,
            }
            for name, left in reversed(self.operations.items())
        ]
        return _page(found, given)

    def describe_stack_set_operation(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
        self._answer("describe_operation", given)
        name = given["OperationId"]
        self.operations[name] = max(0, self.operations[name] - 1)
        status = "RUNNING" if self.operations[name] else "SUCCEEDED"
        return {"StackSetOperation": {"Status": status, "Action": "CREATE"}}

    def list_stack_set_operation_results(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
        self._answer("list_results", given)
        places = [{"Account": f"{n:012}", "Region": "eu-west-1"} for n in range(self.pages)]
        return _page([{**place, "Status": "SUCCEEDED"} for place in places], given)


def _page(items: list[dict[str, Any]], given: dict[str, Any]) -> dict[str, Any]:
    at = int(given.get("NextToken", 0))
    more = {"NextToken": str(at + 1)} if at + 1 < len(items) else {}
    return {"Summaries": items[at : at + 1], **more}


@dataclass
class Listener:
    """Keeps what it is told."""

    told: list[str] = field(default_factory=list)
    tallies: list[Tally] = field(default_factory=list)

    def begin(self, step: Step) -> None: ...

    def end(self, step: Step) -> None: ...

    def tell(self, text: str) -> None:
        self.told.append(text)

    def tally(self, tally: Tally) -> None:
        self.tallies.append(tally)


@pytest.fixture
def aws() -> CloudFormation:
    return CloudFormation()


@pytest.fixture
def heard() -> Listener:
    return Listener()


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def operations(aws: CloudFormation, heard: Listener, slept: list[float]) -> Operations:
    return Operations(aws, WHO, slept.append, 5, heard)


def test_an_operation_is_followed_to_its_end_over_all_pages_of_its_results(
    operations: Operations, aws: CloudFormation, heard: Listener, slept: list[float]
) -> None:
    operations.run(aws.begin, {"Regions": ["eu-west-1"]})
    assert aws.started == [{**WHO, "Regions": ["eu-west-1"]}]
    assert heard.tallies[-1].operation == "ours"
    assert [each.state for each in heard.tallies[-1].outcomes] == ["done", "done"]
    assert slept == [5, 5]


def test_an_operation_that_somebody_else_began_is_waited_for_and_told(
    operations: Operations, aws: CloudFormation, heard: Listener
) -> None:
    aws.operations = {"old": 0, "theirs": 3, "queued": 2}
    operations.run(aws.begin, {})
    assert aws.operations == {"old": 0, "theirs": 0, "queued": 0, "ours": 0}
    assert [text.split(" operation ")[1].split()[0] for text in heard.told] == ["theirs", "queued"]
    assert "begun 2026-11-23 12:03 UTC" in heard.told[0]


def test_one_that_begins_between_looking_and_asking_is_waited_for_too(
    operations: Operations, aws: CloudFormation, heard: Listener
) -> None:
    aws.joins = ["quicker"]
    operations.run(aws.begin, {})
    assert len(aws.started) == 1
    assert any("Another Operation on StackSet is in progress" in text for text in heard.told)


def test_a_set_that_has_changed_since_it_was_read_is_tried_again(
    operations: Operations, aws: CloudFormation
) -> None:
    tried: list[int] = []

    def begin(**given: Any) -> dict[str, Any]:  # noqa: ANN401 - a call's arguments
        tried.append(1)
        if len(tried) == 1:
            raise _error("StaleRequestException")
        return aws.begin(**given)

    operations.run(begin, {})
    assert len(aws.started) == 1


@pytest.mark.parametrize("code", ["Throttling", "ThrottlingException", "TooManyRequestsException"])
def test_throttling_is_waited_out_in_the_midst_of_an_operation(
    operations: Operations, aws: CloudFormation, code: str
) -> None:
    aws.refusals = [_error(code, "Rate exceeded") for _ in range(20)]
    operations.run(aws.begin, {})
    assert aws.operations == {"ours": 0}
    assert len(aws.started) == 1


def test_throttling_without_end_is_told(operations: Operations, aws: CloudFormation) -> None:
    aws.refusals = [_error("Throttling", "Rate exceeded") for _ in range(100)]
    with pytest.raises(StackSetError, match=r"natrec-spoke: Rate exceeded"):
        operations.run(aws.begin, {})


def test_any_other_refusal_is_told_at_once(
    operations: Operations, aws: CloudFormation, slept: list[float]
) -> None:
    def begin(**given: Any) -> dict[str, Any]:  # noqa: ANN401 - a call's arguments
        raise _error("InvalidOperationException", "not possible")

    with pytest.raises(StackSetError, match=r"stack set natrec-spoke: not possible"):
        operations.run(begin, {})
    assert slept == []


def test_what_has_ended_long_ago_is_not_read_to_the_end(operations: Operations, aws: CloudFormation) -> None:
    aws.operations = dict.fromkeys(map(str, range(500)), 0)
    assert operations.running() == []
    assert aws.asked == ["list_operations"]


def test_many_pages_of_results_are_read_less_often(aws: CloudFormation, operations: Operations) -> None:
    aws.pages = 40
    aws.operations = {"long": 20}
    operations.follow("long")
    looks = aws.asked.count("list_results") / aws.pages
    assert looks == 1 + 20 // 11 + 1
