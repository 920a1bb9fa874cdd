"""The texts that `natrec doctor --policies` prints suffice, and give no more than that."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from stacksets.doctor.texts import texts
from tests.privilege.at_members import ELSEWHERE
from tests.privilege.attempts import Attempt, Other, Role, documents, request, told
from tests.privilege.deployed import MEMBER
from tests.privilege.installations import examined
from tests.privilege.simulator import ALLOWED, UnavailableError, judge

ONE = examined("managed key")
TEXTS = {name: text for name, (_, text) in texts(ONE.installation.config, "aws").items()}
BOUNDARY, FORBIDDEN, EXEMPTED, GUARD = "boundary", "forbidden", "exempted", "guard"
# What organizations deny, and the same with the exemption.
_DENIES: Mapping[str, Any] = {
    "Effect": "Deny",
    "Action": ["ec2:CreateFlowLogs", "ec2:DeleteFlowLogs"],
    "Resource": "*",
}
_DOCUMENTS: Mapping[str, Any] = {
    **documents(ONE.installation),
    BOUNDARY: TEXTS["permissions-boundary"],
    FORBIDDEN: {"Version": "2012-10-17", "Statement": [_DENIES]},
    EXEMPTED: {"Version": "2012-10-17", "Statement": [{**_DENIES, **TEXTS["scp-exemption"]}]},
    GUARD: TEXTS["scp-guard"],
}
ADMIN = Other(f"arn:aws:iam::{MEMBER}:role/admin")
OF_SPOKES = [each for each in ONE.calls if isinstance(each.who, Role) and each.who.key.startswith("spoke/")]
OF_FLOW_LOGS = [each for each in OF_SPOKES if each.action in _DENIES["Action"]]


def verdicts(attempts: list[Attempt], **by: str) -> dict[str, str]:
    """What is said of each."""
    asked = [request(ONE.installation, each, **by) for each in attempts]
    try:
        said = judge(_DOCUMENTS, asked).verdicts
    except UnavailableError as reason:
        pytest.skip(f"policies are not judged: {reason}")
    return {f"{told(each)} {dict(each.keys)}": verdict for each, verdict in zip(attempts, said, strict=True)}


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
