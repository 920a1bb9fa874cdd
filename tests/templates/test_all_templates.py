"""What holds for every template, whatever the config."""

import dataclasses
import re

import pytest
from jinja2 import meta

from orgconfig.models import OrgConfig
from scripts.checks.templates import RENDER
from scripts.checks.variants import example
from stacksets.contexts import ArchiveContext, HubContext, ManagementContext, SpokeContext
from stacksets.rendering import TEMPLATES, environment
from tests.templates.documented import (
    ALARM_DETAIL_TYPES,
    ALARM_STATES,
    METRICS,
    ORGANIZATION_EVENTS,
    TRAIL_DETAIL_TYPES,
)
from tests.templates.reading import Template, actions, walk

SEPARATE_LIFE = {"AWS::S3::Bucket", "AWS::DynamoDB::Table", "AWS::KMS::Key"}


def test_no_macro_transform_or_nested_stack_is_used(template: Template) -> None:
    assert "Transform" not in template.document
    assert "Fn::Transform" not in template.text
    assert not template.of_type("AWS::CloudFormation::Stack", "AWS::CloudFormation::Macro")


def test_no_arn_has_a_partition_but_those_of_the_config(template: Template, config: OrgConfig) -> None:
    text = template.text.replace(config.organization.archive.kms, "")
    if config.iam.permissions_boundary:
        text = text.replace(config.iam.permissions_boundary, "")
    assert "arn:aws" not in text


def test_every_role_has_the_path_and_the_boundary_of_the_config(
    template: Template, config: OrgConfig
) -> None:
    for role in template.of_type("AWS::IAM::Role").values():
        assert role["Path"] == config.iam.role_path
        assert role.get("PermissionsBoundary") == config.iam.permissions_boundary


def test_a_boundary_that_is_not_aws_own_is_that_of_the_roles_own_account(config: OrgConfig) -> None:
    """Another account's is "not attachable" (IAM User Guide, "Permissions boundaries for IAM entities")."""
    given = config.iam.model_copy(
        update={"permissions_boundary": "arn:aws:iam::111111111111:policy/team/bound"}
    )
    for render in RENDER.values():
        template = Template(render(config.model_copy(update={"iam": given})))
        for role in template.of_type("AWS::IAM::Role").values():
            own = "arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/team/bound"
            assert role["PermissionsBoundary"] == own


def test_every_role_that_a_service_assumes_for_others_is_bound_to_its_account(template: Template) -> None:
    for role in template.of_type("AWS::IAM::Role").values():
        (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
        service = trust["Principal"].get("Service")
        if service not in (None, "lambda.amazonaws.com"):
            assert trust["Condition"]["StringEquals"]["aws:SourceAccount"] == {"Ref": "AWS::AccountId"}
            assert "aws:SourceArn" in str(trust["Condition"])


def test_a_role_is_given_by_its_arn_and_never_by_its_name(template: Template) -> None:
    for each in walk(template.document["Resources"]):
        for key in {"RoleArn", "Role"} & set(each):
            logical_id, attribute = each[key]["Fn::GetAtt"]
            assert attribute == "Arn"
            assert logical_id in template.of_type("AWS::IAM::Role")


def test_no_alarm_wants_more_datapoints_than_it_looks_at(template: Template) -> None:
    for alarm in template.of_type("AWS::CloudWatch::Alarm").values():
        assert 1 <= alarm["DatapointsToAlarm"] <= alarm["EvaluationPeriods"]


def test_silence_is_well_but_for_what_must_come_all_the_time(template: Template) -> None:
    for name, alarm in template.of_type("AWS::CloudWatch::Alarm").items():
        rises = alarm["ComparisonOperator"] in {"GreaterThanThreshold", "GreaterThanOrEqualToThreshold"}
        assert alarm["TreatMissingData"] == ("notBreaching" if rises else "breaching")
        assert rises == (name != "NoSweepAlarm")


def test_metrics_and_dimensions_are_spelled_as_documented(template: Template, config: OrgConfig) -> None:
    for each in walk(list(template.of_type("AWS::CloudWatch::Alarm").values())):
        if "MetricName" in each and each["Namespace"] != config.namespace:
            dimensions = {dimension["Name"] for dimension in each["Dimensions"]}
            assert dimensions in METRICS[each["Namespace"], each["MetricName"]]


def test_event_patterns_use_documented_words(template: Template) -> None:
    for rule in template.of_type("AWS::Events::Rule").values():
        pattern = rule.get("EventPattern", {})
        for each in walk(pattern):
            assert set(each.get("detail-type", [])) <= ALARM_DETAIL_TYPES | TRAIL_DETAIL_TYPES
            assert set(each.get("eventName", [])) <= ORGANIZATION_EVENTS
            assert set(each.get("state", {}).get("value", [])) <= ALARM_STATES
        assert not pattern or pattern["source"] in (["aws.cloudwatch"], ["aws.organizations"])


def test_whatever_a_target_does_not_take_lands_in_a_queue_that_admits_the_rule(template: Template) -> None:
    admitted = [
        statement["Condition"]["ArnEquals"]["aws:SourceArn"]
        for policy in template.of_type("AWS::SQS::QueuePolicy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
    ]
    for rule, target in template.targets():
        assert target["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0] in template.of_type("AWS::SQS::Queue")
        assert target["RetryPolicy"]["MaximumRetryAttempts"] > 0
        assert {"Fn::GetAtt": [rule, "Arn"]} in [each for one in admitted for each in _listed(one)]


def test_what_holds_data_outlives_its_stack(template: Template) -> None:
    for name, resource in template.document["Resources"].items():
        if resource["Type"] in SEPARATE_LIFE:
            # A protected table cannot be deleted by a rollback, so its key stays; what is new and empty
            # otherwise should be.
            kept = "Retain" if name in {"Table", "HubKey"} else "RetainExceptOnCreate"
            assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == (kept, "Retain")


def test_buckets_are_private_versioned_encrypted_and_expire(template: Template) -> None:
    for name, bucket in template.of_type("AWS::S3::Bucket").items():
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
        assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
        assert bucket["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
        assert bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        retention = bucket["LifecycleConfiguration"]["Rules"][0]
        assert retention["ExpirationInDays"] == 90
        assert {"NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload"} <= set(retention)
        assert {"Ref": name} in [
            each["Bucket"] for each in template.of_type("AWS::S3::BucketPolicy").values()
        ]


def test_buckets_and_topics_refuse_calls_without_tls(template: Template) -> None:
    for policy in template.of_type("AWS::S3::BucketPolicy", "AWS::SNS::TopicPolicy").values():
        denials = [each for each in policy["PolicyDocument"]["Statement"] if each["Effect"] == "Deny"]
        assert [each["Condition"] for each in denials] == [{"Bool": {"aws:SecureTransport": "false"}}]


def test_no_role_may_do_everything_of_a_service(template: Template) -> None:
    for role in template.of_type("AWS::IAM::Role"):
        for statement in template.statements(role):
            assert not [action for action in actions(statement) if action.endswith(":*")]


@pytest.mark.parametrize(
    ("name", "context"),
    [
        ("hub", HubContext),
        ("spoke", SpokeContext),
        ("archive", ArchiveContext),
        ("management", ManagementContext),
    ],
)
def test_a_template_uses_every_field_of_its_context_and_nothing_else(name: str, context: type) -> None:
    (source,) = (text for folder in TEMPLATES for text in folder.glob(f"{name}.yaml.j2"))
    used = meta.find_undeclared_variables(environment().parse(source.read_text()))
    assert used == {field.name for field in dataclasses.fields(context)}


@pytest.mark.parametrize("kind", [*RENDER])
def test_a_template_stands_alone_with_the_values_of_its_config(kind: str) -> None:
    template = Template(RENDER[kind](example()))
    slots = template.raw["Parameters"]
    assert {name for name, slot in slots.items() if "Default" not in slot} == (
        {"ArtifactBucket", "ArtifactKey"} if kind == "hub" else set()
    )
    for slot in slots.values():
        if "Default" in slot and slot["Type"] == "String":
            assert re.fullmatch(slot["AllowedPattern"], slot["Default"])


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (kind, value)
        for kind, values in {
            "hub": ("o-exampleorgid", "111111111111", "333333333333", "acme-natrec-archive"),
            "spoke": ("o-exampleorgid", "222222222222"),
            "archive": ("o-exampleorgid", "222222222222", "acme-natrec-archive"),
            "management": ("222222222222",),
        }.items()
        for value in values
    ],
)
def test_what_a_parameter_gives_stands_nowhere_else(kind: str, value: str) -> None:
    document = Template(RENDER[kind](example())).raw
    assert value in str(document["Parameters"])
    assert value not in str(document["Resources"])
    assert "role/natrec/" not in str(document["Resources"])


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]
