"""The texts that `natrec doctor --policies` prints suffice, and give no more than that."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from scripts.checks.variants import variants
from stacksets.doctor.texts import texts
from tests.privilege.at_members import ELSEWHERE
from tests.privilege.attempts import Attempt, Other, Role, documents, request, told
from tests.privilege.deployed import MEMBER
from tests.privilege.installations import examined
from tests.privilege.places import Places
from tests.privilege.simulator import ALLOWED, Request, UnavailableError, judge

ONE = examined("managed key")
TEXTS = {name: text for name, (_, text) in texts(ONE.installation.config, "aws").items()}
BOUNDARY, OF_HUB, FORBIDDEN, EXEMPTED, GUARD = "boundary", "of the hub", "forbidden", "exempted", "guard"
# What organizations deny, and the same with the exemption.
_DENIES: Mapping[str, Any] = {
    "Effect": "Deny",
    "Action": ["ec2:CreateFlowLogs", "ec2:DeleteFlowLogs"],
    "Resource": "*",
}
_DOCUMENTS: Mapping[str, Any] = {
    **documents(ONE.installation),
    BOUNDARY: TEXTS["permissions-boundary"],
    OF_HUB: TEXTS["permissions-boundary-hub"],
    FORBIDDEN: {"Version": "2012-10-17", "Statement": [_DENIES]},
    EXEMPTED: {"Version": "2012-10-17", "Statement": [{**_DENIES, **TEXTS["scp-exemption"]}]},
    GUARD: TEXTS["scp-guard"],
}
ADMIN = Other(f"arn:aws:iam::{MEMBER}:role/admin")
OF_SPOKES = [each for each in ONE.calls if isinstance(each.who, Role) and each.who.key.startswith("spoke/")]
OF_FLOW_LOGS = [each for each in OF_SPOKES if each.action in _DENIES["Action"]]


def verdicts(attempts: list[Attempt], **by: str) -> dict[str, str]:
    """What is said of each."""
    said = _judged(_DOCUMENTS, [request(ONE.installation, each, **by) for each in attempts])
    return {f"{told(each)} {dict(each.keys)}": verdict for each, verdict in zip(attempts, said, strict=True)}


def _judged(known: Mapping[str, Any], asked: list[Request]) -> tuple[str, ...]:
    try:
        return judge(known, asked).verdicts
    except UnavailableError as reason:
        pytest.skip(f"policies are not judged: {reason}")


def test_a_boundary_lets_every_call_of_a_spokes_roles_through() -> None:
    said = verdicts(OF_SPOKES, boundary=BOUNDARY)
    assert set(said.values()) == {ALLOWED}, {each for each in said.items() if each[1] != ALLOWED}


def test_a_boundary_alone_allows_the_worker_no_trespass_but_into_other_regions() -> None:
    """A boundary is one for all roles and regions; their own policies keep each to its own."""
    tried = [
        Attempt(each.what, ADMIN, each.action, each.resource, each.keys)
        for each in ONE.trespasses
        if each.who == Role("spoke/WorkerRole")
        and ELSEWHERE not in each.resource + json.dumps(dict(each.keys))
    ]
    said = verdicts(tried, boundary=BOUNDARY)
    let_through = {each for each, verdict in said.items() if verdict == ALLOWED}
    assert not let_through, "\n".join(let_through)
    assert len(said) > 20


def test_the_exemption_lets_natrecs_roles_through_and_nobody_else() -> None:
    assert ALLOWED not in verdicts(OF_FLOW_LOGS, scp=FORBIDDEN).values()
    assert set(verdicts(OF_FLOW_LOGS, scp=EXEMPTED).values()) == {ALLOWED}
    others = [
        Attempt("does the same", who, each.action, each.resource, each.keys)
        for each in OF_FLOW_LOGS
        for who in (ADMIN, Other(f"arn:aws:iam::{MEMBER}:role/natrec-worker-eu-west-1"))
    ]
    assert set(verdicts(others, scp=EXEMPTED).values()) == {"deny"}


def test_the_guard_keeps_everybody_but_stack_sets_from_the_exempt_roles() -> None:
    worker, other = ONE.installation.role("spoke/WorkerRole"), f"arn:aws:iam::{MEMBER}:role/other"
    stack_sets = Other(f"arn:aws:iam::{MEMBER}:role/stacksets-exec-0123456789abcdef")
    changes = [f"iam:{each}" for each in ("PutRolePolicy", "UpdateAssumeRolePolicy", "DeleteRole")]
    theirs = [Attempt("changes it", ADMIN, each, worker) for each in changes]
    assert set(verdicts(theirs, scp=GUARD).values()) == {"deny"}
    free = [Attempt("changes it", stack_sets, each, worker) for each in changes]
    free += [Attempt("changes another", ADMIN, each, other) for each in changes]
    assert set(verdicts(free, scp=GUARD).values()) == {ALLOWED}


@pytest.mark.parametrize("name", ["managed key", "no key", "a key of one's own", "archive in the hub"])
def test_a_boundary_of_the_hubs_account_lets_every_call_of_its_roles_through(name: str) -> None:
    """A spoke's, too, for the hub's account may be a target; that of the others does not do for the hub."""
    one = examined(name)
    config = one.installation.config
    found = {title: text for title, (_, text) in texts(config, "aws").items()}
    documented = {**documents(one.installation), BOUNDARY: found["permissions-boundary-hub"]}
    documented["of the others"] = found["permissions-boundary"]
    ours = [
        each
        for each in one.calls
        if isinstance(each.who, Role) and each.who.key.startswith(("hub/", "spoke/"))
    ]
    said = _judged(documented, [request(one.installation, each, boundary=BOUNDARY) for each in ours])
    wrong = [told(each) for each, verdict in zip(ours, said, strict=True) if verdict != ALLOWED]
    assert not wrong, "\n".join(wrong)
    narrow = _judged(documented, [request(one.installation, each, boundary="of the others") for each in ours])
    assert set(narrow) == {ALLOWED, "none"}


def test_the_boundary_of_the_others_lets_the_management_account_forward() -> None:
    """It has one role, which calls what a spoke's forwarder calls."""
    forwarding = [each for each in ONE.calls if each.who == Role("management/ForwarderRole")]
    assert set(verdicts(forwarding, boundary=BOUNDARY).values()) == {ALLOWED}


def test_a_boundary_of_the_hubs_account_keeps_an_administrator_from_what_no_role_does() -> None:
    at = Places(ONE.installation)
    admin = Other(f"arn:aws:iam::{at.hub_account}:role/admin")
    tried = [
        Attempt("goes beyond", admin, action, resource)
        for action, resource in (
            ("dynamodb:DeleteTable", at.table),
            ("dynamodb:Scan", at.table),
            ("iam:CreateRole", f"arn:aws:iam::{at.hub_account}:role/natrec/other"),
            ("iam:PutRolePolicy", ONE.installation.role("hub/TellRole")),
            ("kms:ScheduleKeyDeletion", at.hub_key),
            ("lambda:UpdateFunctionCode", at.of_hub("TellFunction")),
            ("s3:DeleteObject", at.report),
            ("s3:PutBucketPolicy", at.reports),
            ("s3:PutObject", at.record),
            ("states:StartExecution", at.in_hub("states", "stateMachine:somebody-elses")),
            ("sts:AssumeRole", f"arn:aws:iam::{MEMBER}:role/admin"),
        )
    ]
    found = _judged(_DOCUMENTS, [request(ONE.installation, each, boundary=OF_HUB) for each in tried])
    let_through = [told(each) for each, verdict in zip(tried, found, strict=True) if verdict == ALLOWED]
    assert not let_through


@pytest.mark.parametrize("variant", sorted(variants()))
def test_each_boundary_fits_a_managed_policy(variant: str) -> None:
    """IAM User Guide, "IAM and AWS STS quotas": 6,144 characters, white space not counted."""
    longest = variants()[variant].model_copy(update={"namespace": "n" * 20})
    for config in (variants()[variant], longest):
        found = texts(config, "aws-us-gov")
        for title in ("permissions-boundary", "permissions-boundary-hub"):
            assert len(json.dumps(found[title][1], separators=(",", ":"))) <= 6144, title
            assert "${" not in json.dumps(found[title][1])
