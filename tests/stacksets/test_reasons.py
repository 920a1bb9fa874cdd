"""Reasons as CloudFormation tells them, and what people are told instead."""

import pytest

from stacksets.reasons import explain, explain_instance

WHO = "User: arn:aws:sts::444444444444:assumed-role/stacksets-exec-0123abcd/2fe0a0cb"
MAY_NOT = f"{WHO} is not authorized to perform"
BOUNDARY = "arn:aws:iam::444444444444:policy/boundary"
ROLE = "ResourceLogicalId:WorkerRole, ResourceType:AWS::IAM::Role, ResourceStatusReason:"


@pytest.mark.parametrize(
    ("told", "what", "advised"),
    [
        (
            f"{MAY_NOT}: iam:CreateRole on resource: x with an explicit deny in a service control policy",
            "a service control policy (SCP) denies iam:CreateRole",
            "stacksets-exec-*",
        ),
        (
            f"{ROLE}natrec-worker-eu-west-1 already exists in stack arn:aws:cloudformation:eu-west-1:4:stack",
            "a role of natrec's name exists there already: natrec-worker-eu-west-1",
            "delete it",
        ),
        (
            "ResourceLogicalId:B, ResourceType:AWS::X::Y, ResourceStatusReason:EntityAlreadyExists",
            "something of natrec's name exists there already",
            "delete it",
        ),
        (
            f"{ROLE}The scope ARN: {BOUNDARY} does not exist or is not attachable.",
            "the permissions boundary is missing in this account",
            "iam.permissions_boundary",
        ),
        (
            f"{ROLE}Cannot exceed quota for RolesPerAccount: 1000 (Service: Iam; LimitExceeded)",
            "a quota of the account is used up",
            "Service Quotas",
        ),
        (
            f"{MAY_NOT}: cloudformation:CreateStack on resource: arn:aws:cloudformation",
            "the role of StackSets in the account may not call cloudformation:CreateStack (yet)",
            "again",
        ),
        ("Stack is in UPDATE_ROLLBACK_FAILED", "its stack is stuck in UPDATE_ROLLBACK_FAILED", "rollback"),
        (
            "Stack arn:aws:cloudformation:eu-west-1:4:stack/x is in ROLLBACK_COMPLETE state",
            "its stack could not be made and was rolled back",
            "first failed event",
        ),
        ("Cancelled since failure tolerance has exceeded", "not tried: the operation was stopped", "again"),
    ],
)
def test_a_failure_is_told_in_words_with_what_to_do(told: str, what: str, advised: str) -> None:
    reason = explain(told)
    assert (reason.kind, reason.what) == ("failed", what)
    assert advised in reason.advice
    assert reason.told == told


@pytest.mark.parametrize(
    ("instance", "what"),
    [
        (
            {"StackInstanceStatus": {"DetailedStatus": "SKIPPED_SUSPENDED_ACCOUNT"}},
            "the account is suspended",
        ),
        (
            {"StatusReason": "Region me-south-1 is not enabled for account 444444444444"},
            "the region is not enabled in this account",
        ),
        (
            {"StatusReason": "The security token included in the request is invalid."},
            "the region is not enabled in this account",
        ),
        (
            {
                "StatusReason": "Account 444444444444 should have 'AWSControlTowerExecution' role with trust "
                "relationship to Role 'service-role/AWSControlTowerStackSetRole'."
            },
            "the account is not enrolled: it lacks the role AWSControlTowerExecution",
        ),
    ],
)
def test_accounts_and_regions_where_natrec_has_no_business_are_skipped(
    instance: dict[str, object], what: str
) -> None:
    reason = explain_instance(instance)
    assert (reason.kind, reason.what) == ("skipped", what)


def test_what_nobody_has_seen_before_is_told_as_it_is() -> None:
    reason = explain("Something else {entirely}")
    assert (reason.kind, reason.what) == ("failed", "Something else {entirely}")
    assert "events" in reason.advice


def test_an_instance_without_any_reason_says_so() -> None:
    assert explain_instance({"Status": "OUTDATED"}).what == "CloudFormation gave no reason"


def test_one_whose_stack_could_not_be_deleted_is_known_by_its_status() -> None:
    assert explain_instance({"Status": "INOPERABLE"}).what == "its stack could not be deleted"
