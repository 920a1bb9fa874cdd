"""Names that AWS wants unique, in an account and over all of them: where they meet, and how long they get."""

from typing import Any

import pytest

from scripts.checks.templates import RENDER
from scripts.checks.variants import example
from stacksets.regions import partitions
from tests.templates.reading import Template

# The property that names a resource, and how long AWS lets it be: each type's own API reference.
NAMED = {
    "AWS::Athena::WorkGroup": ("Name", 128),
    "AWS::CloudWatch::Alarm": ("AlarmName", 255),
    "AWS::CloudWatch::Dashboard": ("DashboardName", 255),
    "AWS::DynamoDB::Table": ("TableName", 255),
    "AWS::Events::EventBus": ("Name", 256),
    "AWS::Events::Rule": ("Name", 64),
    "AWS::IAM::Role": ("RoleName", 64),
    "AWS::Lambda::Function": ("FunctionName", 64),
    "AWS::S3::Bucket": ("BucketName", 63),
    "AWS::SNS::Topic": ("TopicName", 256),
    "AWS::SQS::Queue": ("QueueName", 80),
    "AWS::Scheduler::ScheduleGroup": ("Name", 64),
    "AWS::StepFunctions::StateMachine": ("StateMachineName", 80),
}
LONGEST = max(partitions(), key=len)


def names(kind: str, namespace: str) -> dict[tuple[str, str], int]:
    """The names of a template's resources by their type, each with the most characters it may have."""
    template = Template(RENDER[kind](example().model_copy(update={"namespace": namespace})))
    found = {}
    for type_, (key, most) in NAMED.items():
        for properties in template.of_type(type_).values():
            if key in properties:
                found[type_, _filled(properties[key])] = most
    return found


def _filled(name: Any) -> str:  # noqa: ANN401 - text, or a function of CloudFormation
    text = name if isinstance(name, str) else name["Fn::Sub"]
    return str(text).replace("${AWS::AccountId}", "123456789012").replace("${AWS::Region}", LONGEST)


def test_the_hub_the_archive_and_the_management_account_may_be_targets_for_no_name_meets_a_spokes() -> None:
    spoke = names("spoke", "natrec").keys()
    assert spoke
    for kind in RENDER.keys() - {"spoke"}:
        assert not spoke & names(kind, "natrec").keys()


@pytest.mark.parametrize("kind", RENDER)
def test_two_namespaces_share_no_name_but_that_of_an_archive_that_both_configs_name(kind: str) -> None:
    shared = names(kind, "natrec").keys() & names(kind, "other").keys()
    assert {name for _, name in shared} <= {example().organization.archive.bucket}


@pytest.mark.parametrize("kind", RENDER)
def test_with_the_longest_namespace_in_the_longest_region_every_name_fits(kind: str) -> None:
    longest = "n" * 20
    for (type_, name), most in names(kind, longest).items():
        assert len(name) <= most, (type_, name)
