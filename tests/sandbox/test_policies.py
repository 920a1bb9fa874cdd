from typing import Any

import pytest

from scripts.sandbox.engine.policies import Request, allows

SERVICE = "delivery.logs.amazonaws.com"
ASKED = Request(SERVICE, "s3:PutObject", "arn:aws:s3:::b/natrec/x", {"aws:SourceOrgID": "o-1"})


def statement(**other: Any) -> dict[str, Any]:  # noqa: ANN401
    allow = {
        "Effect": "Allow",
        "Principal": {"Service": SERVICE},
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::b/natrec/*",
    }
    return {**allow, **other}


def decided(*statements: dict[str, Any]) -> bool:
    return allows({"Statement": list(statements)}, ASKED)


def test_no_policy_allows_nothing() -> None:
    assert not allows(None, ASKED)


def test_an_allow_must_name_the_service_the_action_and_the_resource() -> None:
    assert decided(statement())
    assert not decided(statement(Principal={"Service": "logging.s3.amazonaws.com"}))
    assert not decided(statement(Action=["s3:GetBucketAcl"]))
    assert not decided(statement(Resource="arn:aws:s3:::b/other/*"))


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({"StringEquals": {"aws:SourceOrgID": "o-1"}}, True),
        ({"StringEquals": {"aws:SourceOrgID": ["o-2", "o-1"]}}, True),
        ({"StringEquals": {"aws:SourceOrgID": "o-2"}}, False),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, False),
        ({"StringEqualsIfExists": {"s3:x-amz-acl": "bucket-owner-full-control"}}, True),
        ({"StringLike": {"AWS:sourceorgid": "o-*"}}, True),
        ({"StringNotEquals": {"aws:SourceOrgID": "o-1"}}, False),
        ({"StringNotEquals": {"aws:SourceAccount": "1"}}, True),
        ({"Null": {"aws:SourceOrgID": "false"}}, True),
    ],
)
def test_every_condition_must_hold(condition: dict[str, Any], holds: bool) -> None:  # noqa: FBT001
    assert decided(statement(Condition=condition)) is holds


def test_a_matching_deny_wins() -> None:
    deny = statement(Effect="Deny", Principal="*", Action="s3:*")
    assert not decided(statement(), deny)
    assert decided(statement(), {**deny, "Condition": {"Bool": {"aws:SecureTransport": "false"}}})


def test_what_is_not_evaluated_is_said_loudly() -> None:
    with pytest.raises(NotImplementedError, match="NumericLessThan"):
        decided(statement(Condition={"NumericLessThan": {"aws:SourceOrgID": "1"}}))
    with pytest.raises(NotImplementedError, match="NotPrincipal"):
        decided(statement(NotPrincipal={"AWS": "*"}))


def test_not_action_and_not_resource_name_everything_else() -> None:
    others = {name: value for name, value in statement().items() if name != "Action"}
    assert decided({**others, "NotAction": "s3:GetObject"})
    assert not decided({**others, "NotAction": "s3:Put*"})
    elsewhere = {name: value for name, value in statement().items() if name != "Resource"}
    assert decided({**elsewhere, "NotResource": "arn:aws:s3:::other/*"})
    assert not decided({**elsewhere, "NotResource": "*"})
