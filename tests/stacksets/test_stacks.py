"""A stack reaches what the template says from whatever state it was left in."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moto.cloudformation.models import cloudformation_backends

from scripts.sandbox.engine.cloudformation.run import Run
from scripts.sandbox.engine.core import Engine
from stacksets import drift
from stacksets.failing import first_failures
from stacksets.recovering import cure
from stacksets.stacks import StackError, Stacks, Template

REGION = "eu-west-1"
QUEUE: dict[str, Any] = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "q"}}
# Subscribing to a topic that is not there is refused by SNS.
BROKEN: dict[str, Any] = {
    "Type": "AWS::SNS::Subscription",
    "DependsOn": "Q",
    "Properties": {
        "TopicArn": "arn:aws:sns:eu-west-1:123456789012:lost",
        "Protocol": "email",
        "Endpoint": "a@b.c",
    },
}


def text(**resources: object) -> str:
    return json.dumps({"Resources": resources, "Outputs": {"Q": {"Value": {"Ref": "Q"}}}})


class Told:
    """What was said."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def __call__(self, line: str) -> None:
        self.lines.append(line)


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def stacks(engine: Engine, account: str, told: Told) -> Stacks:
    return Stacks(engine.client(account, REGION, "cloudformation"), f"{account} {REGION}", 0.01, told)


def status(stacks: Stacks) -> str:
    stack = stacks.find("test")
    return str(stack["StackStatus"]) if stack else "none"


def queues(engine: Engine, account: str) -> list[str]:
    urls = engine.client(account, REGION, "sqs").list_queues().get("QueueUrls", [])
    return sorted(url.rsplit("/", 1)[-1] for url in urls)


def test_it_is_made_then_changed_and_each_time_the_change_set_is_told(stacks: Stacks, told: Told) -> None:
    assert stacks.ensure("test", text(Q=QUEUE), {})["Q"].endswith("/q")
    assert told.lines == ["  add     Q (AWS::SQS::Queue)"]
    told.lines.clear()
    stacks.ensure("test", text(Q={**QUEUE, "Properties": {"QueueName": "q", "DelaySeconds": 5}}), {})
    assert told.lines == ["  modify  Q (AWS::SQS::Queue): DelaySeconds"]


def test_what_is_as_it_should_be_is_left_alone_and_no_change_set_stays(stacks: Stacks, told: Told) -> None:
    stacks.ensure("test", text(Q=QUEUE), {})
    told.lines.clear()
    stacks.ensure("test", text(Q=QUEUE), {})
    assert (told.lines, status(stacks)) == ([], "CREATE_COMPLETE")
    assert stacks.client.list_change_sets(StackName="test")["Summaries"] == []


def test_a_creation_that_fails_says_which_resource_and_why_and_leaves_nothing(
    engine: Engine, account: str, stacks: Stacks
) -> None:
    with pytest.raises(
        StackError, match=r"Bad \(AWS::SNS::Subscription\): .*Topic does not exist"
    ) as refused:
        stacks.ensure("test", text(Q=QUEUE, Bad=BROKEN), {})
    assert refused.value.where == f"stack test in {account} {REGION}"
    assert (status(stacks), queues(engine, account)) == ("none", [])


def test_an_update_that_fails_says_why_and_the_next_one_succeeds(stacks: Stacks) -> None:
    stacks.ensure("test", text(Q=QUEUE), {})
    for _ in range(2):
        with pytest.raises(StackError, match="Topic does not exist"):
            stacks.ensure("test", text(Q=QUEUE, Bad=BROKEN), {})
    assert status(stacks) == "UPDATE_ROLLBACK_COMPLETE"
    stacks.ensure("test", text(Q={**QUEUE, "Properties": {"QueueName": "q", "DelaySeconds": 5}}), {})
    assert status(stacks) == "UPDATE_COMPLETE"


def test_a_stack_that_was_rolled_back_is_deleted_and_made_anew_and_says_so(
    engine: Engine, account: str, stacks: Stacks, told: Told
) -> None:
    stacks.client.create_stack(StackName="test", TemplateBody=text(Q=QUEUE, Bad=BROKEN))
    assert status(stacks) == "ROLLBACK_COMPLETE"
    planned = stacks.change("test", text(Q=QUEUE), {})
    assert (planned.action, "deleted and made anew" in planned.detail) == ("create", True)
    stacks.ensure("test", text(Q=QUEUE), {})
    assert "deleted and made anew" in told.lines[0]
    assert (status(stacks), queues(engine, account)) == ("CREATE_COMPLETE", ["q"])


def test_a_stack_in_review_is_made(stacks: Stacks) -> None:
    stacks.client.create_change_set(
        StackName="test", ChangeSetName="one", ChangeSetType="CREATE", TemplateBody=text(Q=QUEUE)
    )
    stacks.ensure("test", text(Q=QUEUE), {})
    assert status(stacks) == "CREATE_COMPLETE"


def test_a_rollback_that_had_failed_is_continued_first(
    engine: Engine, account: str, stacks: Stacks, told: Told
) -> None:
    stacks.ensure("test", text(Q=QUEUE), {})
    (stack,) = cloudformation_backends[account][REGION].stacks.values()
    stack.status = "UPDATE_ROLLBACK_FAILED"
    stack.unfinished = Run(engine, stack)  # type: ignore[attr-defined]  # nothing of it is left to take back
    told.lines.clear()
    stacks.ensure("test", text(Q={**QUEUE, "Properties": {"QueueName": "q", "DelaySeconds": 5}}), {})
    assert "continued first" in told.lines[0]
    assert status(stacks) == "UPDATE_COMPLETE"


def test_a_template_may_come_from_s3(engine: Engine, account: str, stacks: Stacks) -> None:
    s3 = engine.client(account, REGION, "s3")
    s3.create_bucket(Bucket=f"b{account}", CreateBucketConfiguration={"LocationConstraint": REGION})
    large = json.loads(text(Q=QUEUE)) | {"Metadata": {"filled": "x" * 51_200}}
    s3.put_object(Bucket=f"b{account}", Key="t", Body=json.dumps(large).encode())
    where = Template(url=f"{s3.meta.endpoint_url}/b{account}/t")
    stacks.ensure("test", json.dumps(large), {}, template=where)
    assert stacks.change("test", json.dumps(large), {}).action == "none"


def test_deleting_what_is_not_there_is_done_already(stacks: Stacks) -> None:
    stacks.delete("test")
    stacks.ensure("test", text(Q=QUEUE), {})
    stacks.delete("test")
    assert status(stacks) == "none"


def test_a_deletion_that_fails_says_which_resource_and_why(
    engine: Engine, account: str, stacks: Stacks
) -> None:
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": f"full{account}"}}
    stacks.ensure("test", text(Q=QUEUE, B=bucket), {})
    engine.client(account, REGION, "s3").put_object(Bucket=f"full{account}", Key="k", Body=b"")
    with pytest.raises(StackError, match=r"B \(AWS::S3::Bucket\): .*not empty"):
        stacks.delete("test")


@pytest.mark.parametrize(
    ("state", "does"),
    [
        (None, ""),
        ("CREATE_COMPLETE", ""),
        ("UPDATE_ROLLBACK_COMPLETE", ""),
        ("IMPORT_COMPLETE", ""),
        ("UPDATE_FAILED", ""),
        ("REVIEW_IN_PROGRESS", "anew"),
        ("ROLLBACK_FAILED", "anew"),
        ("DELETE_FAILED", "anew"),
        ("UPDATE_ROLLBACK_FAILED", "resume"),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "wait"),
        ("DELETE_IN_PROGRESS", "wait"),
    ],
)
def test_each_state_has_its_cure(state: str | None, does: str) -> None:
    found = cure({"StackStatus": state} if state else None)
    assert [word for word in ("wait", "anew", "resume") if getattr(found, word)] == ([does] if does else [])
    assert bool(found.words) == bool(does)


def _event(
    name: str, status: str, reason: str | None = None, kind: str = "AWS::SQS::Queue"
) -> dict[str, Any]:
    return {
        "LogicalResourceId": name,
        "ResourceType": kind,
        "ResourceStatus": status,
        "ResourceStatusReason": reason,
    }


def test_only_the_last_operations_own_failures_are_told_without_what_followed_from_them() -> None:
    stack = "AWS::CloudFormation::Stack"
    life = [
        _event("test", "UPDATE_IN_PROGRESS", "User Initiated", stack),
        _event("Old", "UPDATE_FAILED", "long ago"),
        _event("test", "UPDATE_IN_PROGRESS", "User Initiated", stack),
        _event("A", "UPDATE_FAILED", "denied"),
        _event("B", "CREATE_FAILED", "Resource creation cancelled"),
        _event("test", "UPDATE_ROLLBACK_IN_PROGRESS", "[A, B] failed", stack),
    ]
    assert first_failures(reversed(life), "UPDATE") == ["A (AWS::SQS::Queue): denied"]


class Drifted:
    """A stack whose drift was looked for, as CloudFormation answers it, in two pages."""

    def describe_stack_resource_drifts(self, **asked: Any) -> dict[str, Any]:  # noqa: ANN401 - the call's own
        assert set(asked["StackResourceDriftStatusFilters"]) == {"MODIFIED", "DELETED"}
        first = {
            "LogicalResourceId": "Q",
            "ResourceType": "AWS::SQS::Queue",
            "StackResourceDriftStatus": "MODIFIED",
            "PropertyDifferences": [{"PropertyPath": "/DelaySeconds"}],
        }
        if "NextToken" not in asked:
            return {"StackResourceDrifts": [first], "NextToken": "more"}
        gone = {
            "LogicalResourceId": "R",
            "ResourceType": "AWS::IAM::Role",
            "StackResourceDriftStatus": "DELETED",
        }
        return {"StackResourceDrifts": [gone]}


def test_what_others_changed_is_told_as_far_as_cloudformation_has_looked() -> None:
    when = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    stack = {
        "StackName": "test",
        "DriftInformation": {"StackDriftStatus": "DRIFTED", "LastCheckTimestamp": when},
    }
    client: Any = Drifted()
    found = drift.last_known(client, stack)
    assert found.words
    assert found.lines == (
        "drift   Q (AWS::SQS::Queue): changed by others (/DelaySeconds), looked at 2026-11-23 08:00",
        "drift   R (AWS::IAM::Role): deleted by others, looked at 2026-11-23 08:00",
    )
    assert drift.last_known(client, {"StackName": "test"}) == drift.Drift()
    assert drift.last_known(client, {**stack, "LastUpdatedTime": when + timedelta(hours=1)}) == drift.Drift()
    assert drift.last_known(client, {**stack, "LastUpdatedTime": when - timedelta(hours=1)}) == found
