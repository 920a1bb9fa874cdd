import itertools
import json
from typing import Any

import pytest

from scripts.sandbox.engine import policies
from stacksets.inspection.conditions import arn_like, holds
from stacksets.inspection.statements import Asked, beside, decide, statements_of

ROLE = "arn:aws:iam::444444444444:role/natrec/natrec-worker-eu-west-1"
DELIVERY = "delivery.logs.amazonaws.com"
FLOW_LOG = "arn:aws:ec2:eu-west-1:444444444444:vpc-flow-log/fl-1"
KEYS = {
    "aws:PrincipalArn": ROLE,
    "aws:PrincipalOrgID": "o-1",
    "aws:SourceVpc": None,
    "aws:PrincipalTag/*": None,
}
DELETE = Asked(ROLE, "ec2:DeleteFlowLogs", FLOW_LOG, KEYS)
ALLOW: dict[str, Any] = {"Effect": "Allow", "Action": "*", "Resource": "*"}
DENY: dict[str, Any] = {"Effect": "Deny", "Action": "ec2:Delete*", "Resource": "*"}


def test_what_nothing_mentions_is_not_mentioned() -> None:
    assert decide([], DELETE).outcome == "unmentioned"
    assert decide([{**ALLOW, "Action": "s3:*"}], DELETE).outcome == "unmentioned"


def test_a_deny_wins_wherever_it_stands_and_is_named() -> None:
    for statements in itertools.permutations([ALLOW, DENY, {**ALLOW, "Action": "ec2:*"}]):
        decision = decide(statements, DELETE)
        assert (decision.outcome, decision.statement) == ("denied", DENY)


def test_actions_are_compared_without_case_and_resources_with_it() -> None:
    assert decide([{**ALLOW, "Action": "EC2:deleteflowlogs"}], DELETE).outcome == "allowed"
    assert decide([{**ALLOW, "Resource": FLOW_LOG.upper()}], DELETE).outcome == "unmentioned"


def test_not_action_and_not_resource_are_everything_else() -> None:
    assert decide([{"Effect": "Deny", "NotAction": "iam:*", "Resource": "*"}], DELETE).outcome == "denied"
    assert (
        decide([{"Effect": "Deny", "NotAction": ["iam:*", "ec2:*"], "Resource": "*"}], DELETE).outcome
        == "unmentioned"
    )
    elsewhere = {"Effect": "Deny", "Action": "*", "NotResource": "arn:aws:ec2:*:*:vpc-flow-log/*"}
    assert decide([elsewhere], DELETE).outcome == "unmentioned"


def test_a_star_in_an_arn_does_not_reach_beyond_its_part() -> None:
    assert arn_like(ROLE, "arn:aws:iam::*:role/natrec/*")
    assert not arn_like(ROLE, "arn:aws:iam:*:role/natrec/*")
    assert not arn_like(ROLE, "arn:aws:iam::*:role/natrec-*")


@pytest.mark.parametrize(
    ("condition", "outcome"),
    [
        ({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/natrec/natrec-worker-*"}}, "unmentioned"),
        ({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}}, "denied"),
        ({"StringNotEquals": {"AWS:principalorgid": ["o-2", "o-1"]}}, "unmentioned"),
        ({"StringNotEqualsIfExists": {"aws:SourceVpc": "vpc-1"}}, "denied"),
        ({"StringEquals": {"aws:SourceVpc": "vpc-1"}}, "unmentioned"),
        ({"StringEquals": {"aws:PrincipalTag/team": "data"}}, "unmentioned"),
        ({"Null": {"aws:SourceVpc": "true"}}, "denied"),
        ({"Null": {"aws:PrincipalArn": "true"}}, "unmentioned"),
        ({"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}, "unclear"),
        ({"DateGreaterThan": {"aws:PrincipalArn": "2026-01-01"}}, "unclear"),
        ({"StringEquals": {"aws:PrincipalOrgID": "${aws:ResourceOrgID}"}}, "unclear"),
        (
            {"NotIpAddress": {"aws:SourceIp": "x"}, "StringEquals": {"aws:PrincipalOrgID": "o-2"}},
            "unmentioned",
        ),
    ],
)
def test_a_condition_holds_fails_or_cannot_be_told(condition: dict[str, Any], outcome: str) -> None:
    assert decide([{**DENY, "Condition": condition}], DELETE).outcome == outcome


def test_what_cannot_be_told_outweighs_an_allow_but_no_deny() -> None:
    unclear = {**DENY, "Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}
    assert decide([ALLOW, unclear], DELETE).outcome == "unclear"
    assert decide([ALLOW, unclear, DENY], DELETE).outcome == "denied"


@pytest.mark.parametrize(
    ("principal", "named", "meant"),
    [
        (ROLE, "*", True),
        (ROLE, {"AWS": "444444444444"}, True),
        (ROLE, {"AWS": ["arn:aws:iam::444444444444:root"]}, True),
        (ROLE, {"AWS": "arn:aws:iam::555555555555:root"}, False),
        (ROLE, {"Service": DELIVERY}, False),
        (DELIVERY, {"Service": [DELIVERY, "events.amazonaws.com"]}, True),
        (DELIVERY, {"Service": "events.amazonaws.com"}, False),
    ],
)
def test_a_resource_policy_speaks_of_whom_it_names(principal: str, named: object, meant: bool) -> None:  # noqa: FBT001
    asked = Asked(principal, "s3:PutObject", "arn:aws:s3:::bucket/key")
    assert (decide([{**ALLOW, "Principal": named}], asked).outcome == "allowed") is meant


def test_statements_come_from_a_text_or_json_one_or_many() -> None:
    assert statements_of(json.dumps({"Statement": DENY})) == [DENY]
    assert statements_of({"Statement": [DENY, ALLOW]}) == [DENY, ALLOW]
    assert statements_of(None) == []


def test_the_sandbox_judges_as_the_doctor_does() -> None:
    """Two evaluators that know nothing of each other; the sandbox raises where the doctor cannot tell."""
    operators = (
        "StringEquals",
        "StringNotEquals",
        "StringLike",
        "ArnLike",
        "ArnNotLike",
        "StringEqualsIfExists",
    )
    values = ("o-1", "o-*", ROLE, "arn:aws:iam::*:role/natrec/*", "")
    keys = ("aws:PrincipalArn", "aws:PrincipalOrgID", "aws:SourceVpc")
    present = {key: value for key, value in KEYS.items() if value is not None}
    request = policies.Request("", DELETE.action, DELETE.resource, present)
    tried = 0
    for operator, key, value in itertools.product(operators, keys, values):
        condition = {operator: {key: value}}
        mine = holds(condition, KEYS) == "yes"
        assert (
            policies.allows({"Statement": {**ALLOW, "Principal": "*", "Condition": condition}}, request)
            is mine
        ), condition
        tried += 1
    assert tried == len(operators) * len(values) * len(keys)


def test_a_trust_beside_the_wanted_one_is_found_however_the_wanted_one_is_written() -> None:
    wanted = {
        "Effect": "Allow",
        "Principal": {"AWS": ["1", "2"]},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}},
    }
    same = {**wanted, "Sid": "Hub", "Principal": {"AWS": ["2", "1"]}, "Action": ["sts:AssumeRole"]}
    denying = {"Effect": "Deny", "Principal": "*", "Action": "*"}
    assert beside([wanted], [same, denying]) == ()
    unconditional = {key: value for key, value in wanted.items() if key != "Condition"}
    anybody = {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}
    assert beside([wanted], [same, unconditional, anybody]) == (unconditional, anybody)
