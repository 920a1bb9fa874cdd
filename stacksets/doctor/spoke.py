"""The spoke's roles: there, trusting whom they should, and allowed what they do.

Only the hub's functions may assume the worker, so nobody else can try it. Its trust is judged instead as AWS
judges it: for each of those functions, with the condition keys that it brings, together with the service
control policies above the hub; and the hub's own experience is the check `reached spokes`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stacksets.contexts import WORKER_CALLERS
from stacksets.doctor.boundaries import boundary
from stacksets.doctor.checks import Check, Place, Verdict, ill, well
from stacksets.doctor.principals import creating, deleting, keys_of
from stacksets.doctor.texts import REDEPLOY
from stacksets.inspection.asking import NotAskedError, asking
from stacksets.inspection.control import rule
from stacksets.inspection.installation import Installation
from stacksets.inspection.statements import Asked, Outcome, Statement, beside, decide, statements_of


@dataclass(frozen=True)
class RoleSeen:
    """A role as it was read, and what policies say of it.

    Attributes:
        name: Its name.
        exists: Whether there is one, at the path that the hub asks for.
        trust: What its trust says to each principal that must assume it.
        strange: What its trust allows beside what the template does.
        control: What service control policies say to each of these; empty where they could not be read.
        rights: What its own policies say to each request that it must make.
        bounds: What its permissions boundary says to each; empty where it has none.
        boundary: The boundary's ARN.
        wanted: The trust that the template gives it.
        allowances: What a boundary must allow.

    """

    name: str
    exists: bool
    trust: Mapping[str, Outcome]
    strange: Sequence[Statement]
    control: Mapping[str, Outcome]
    rights: Mapping[str, Outcome]
    bounds: Mapping[str, Outcome]
    boundary: str
    wanted: Mapping[str, Any]
    allowances: Mapping[str, Any]


@dataclass(frozen=True)
class Wanted:
    """What a role must be: its name, its logical id in the template, who assumes it, what it does."""

    name: str
    logical_id: str
    callers: Sequence[Asked]
    requests: Sequence[Asked]


def read_role(installation: Installation, place: Place, wanted: Wanted) -> RoleSeen:
    """A role, its policies and its boundary."""
    iam = installation.client(place, "iam")
    template = installation.spoke(place).properties(wanted.logical_id)
    arn = installation.role(place.account, wanted.name)
    trust: Mapping[str, Any] = template["AssumeRolePolicyDocument"]
    allowances = boundary(installation.spoke_text, installation.partition)
    try:
        role = iam.get_role(RoleName=wanted.name)["Role"]
    except iam.exceptions.NoSuchEntityException:
        role = {"Arn": ""}
    if role["Arn"] != arn:
        return RoleSeen(wanted.name, False, {}, (), {}, {}, {}, "", trust, allowances)  # noqa: FBT003 - as it is named
    trusted = statements_of(role["AssumeRolePolicyDocument"])
    bounded = role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn", "")
    return RoleSeen(
        wanted.name,
        True,  # noqa: FBT003 - as it is named
        {each.principal.rpartition("/")[2]: decide(trusted, each).outcome for each in wanted.callers},
        beside(statements_of(trust), trusted),
        _control(installation, wanted.callers),
        _said(_own_statements(iam, wanted.name), wanted.requests),
        _said(_statements(iam, bounded), wanted.requests) if bounded else {},
        bounded,
        trust,
        allowances,
    )


def _said(statements: Sequence[Statement], requests: Sequence[Asked]) -> dict[str, Outcome]:
    """What policies say to each action; where it is asked of several resources, the worst."""
    worst: dict[str, Outcome] = {}
    for each in requests:
        outcome = decide(statements, each).outcome
        if worst.get(each.action, "allowed") == "allowed":
            worst[each.action] = outcome
    return worst


def _own_statements(iam: Any, role: str) -> list[Statement]:  # noqa: ANN401 - a client
    found: list[Statement] = []
    for page in iam.get_paginator("list_role_policies").paginate(RoleName=role):
        for name in page["PolicyNames"]:
            found += statements_of(iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"])
    for page in iam.get_paginator("list_attached_role_policies").paginate(RoleName=role):
        for each in page["AttachedPolicies"]:
            found += _statements(iam, each["PolicyArn"])
    return found


def _statements(iam: Any, policy: str) -> list[Statement]:  # noqa: ANN401 - a client
    try:
        version = iam.get_policy(PolicyArn=policy)["Policy"]["DefaultVersionId"]
    except iam.exceptions.NoSuchEntityException:
        return []  # a boundary that does not exist allows nothing
    return statements_of(
        iam.get_policy_version(PolicyArn=policy, VersionId=version)["PolicyVersion"]["Document"]
    )


def _control(installation: Installation, callers: Sequence[Asked]) -> dict[str, Outcome]:
    """What service control policies say to the callers that are roles."""
    found: dict[str, Outcome] = {}
    try:
        with asking():
            for each in callers:
                if each.principal.startswith("arn:"):
                    levels = installation.control.levels(each.principal.split(":")[4])
                    found[each.principal.rpartition("/")[2]] = rule(levels, each).outcome
    except NotAskedError:
        return {}  # the checks of flow logs tell it
    return found


def judge_role(seen: RoleSeen) -> Verdict:
    """What stops a role, from the outside in."""
    if not seen.exists:
        return ill(f"there is no role {seen.name} with this config's path", f"Make it again: {REDEPLOY}")
    if wrong := _trust(seen):
        return ill(
            f"role {seen.name} {wrong}",
            f"Put its trust back: aws iam update-assume-role-policy --role-name {seen.name}",
            seen.wanted,
        )
    if denied := [name for name, outcome in seen.control.items() if outcome == "denied"]:
        return ill(
            f"a service control policy above the hub keeps {', '.join(denied)} from assuming {seen.name}",
            "Allow sts:AssumeRole to these roles in the policies above the hub's account.",
        )
    if missing := _not_allowed(seen.rights):
        return ill(
            f"role {seen.name} may not {', '.join(missing)}: its own policy was changed",
            f"Make it again: {REDEPLOY}",
        )
    if bounded := _not_allowed(seen.bounds):
        return ill(
            f"the permissions boundary {seen.boundary} keeps role {seen.name} from {', '.join(bounded)}",
            "Add these statements to the boundary.",
            seen.allowances,
        )
    return well(f"{seen.name} may be assumed and may do its work")


def _trust(seen: RoleSeen) -> str:
    """What is wrong with its trust; empty where nothing is."""
    if strangers := _not_allowed(seen.trust):
        how = "does not trust" if seen.trust[strangers[0]] != "unclear" else "may not trust"
        return f"{how} {', '.join(strangers)}"
    if seen.strange:
        told = "; ".join(json.dumps(each) for each in seen.strange)
        return f"trusts more than {' and '.join(seen.trust)}: {told}"
    return ""


def _not_allowed(outcomes: Mapping[str, Outcome]) -> list[str]:
    return [name for name, outcome in outcomes.items() if outcome != "allowed"]


def _worker(installation: Installation, place: Place) -> RoleSeen:
    name = installation.config.names.worker_role(place.region)
    arn = installation.role(place.account, name)
    callers = []
    for function in WORKER_CALLERS:
        caller = installation.role(installation.hub.account, installation.config.names.hub_role(function))
        keys = keys_of(installation, caller, Place(place.account, installation.hub.region))
        callers.append(Asked(caller, "sts:AssumeRole", arn, {**keys, "sts:ExternalId": None}))
    requests = creating(installation, place)
    requests += [each for each in deleting(installation, place) if each.principal == arn]
    return read_role(installation, place, Wanted(name, "WorkerRole", callers, requests))


def _served(service: str, place: Place, source: str, role: str) -> list[Asked]:
    keys = {"aws:SourceAccount": place.account, "aws:SourceArn": source}
    return [Asked(service, "sts:AssumeRole", role, keys)]


def _forwarder(installation: Installation, place: Place) -> RoleSeen:
    names, partition = installation.config.names, installation.partition
    name = names.forwarder_role(place.region)
    arn = installation.role(place.account, name)
    rule_arn = f"arn:{partition}:events:{place.region}:{place.account}:rule/{names.forward_rule}"
    hub = installation.hub
    bus = f"arn:{partition}:events:{hub.region}:{hub.account}:event-bus/{names.bus}"
    put = Asked(arn, "events:PutEvents", bus, keys_of(installation, arn, hub))
    callers = _served("events.amazonaws.com", place, rule_arn, arn)
    return read_role(installation, place, Wanted(name, "ForwarderRole", callers, [put]))


def _failsafe(installation: Installation, place: Place) -> RoleSeen:
    names, partition = installation.config.names, installation.partition
    name = names.failsafe_role(place.region)
    arn = installation.role(place.account, name)
    group = f"arn:{partition}:scheduler:{place.region}:{place.account}:schedule-group/{names.schedule_group}"
    requests = [each for each in deleting(installation, place) if each.principal == arn]
    callers = _served("scheduler.amazonaws.com", place, group, arn)
    return read_role(installation, place, Wanted(name, "FailsafeRole", callers, requests))


CHECKS = (
    Check("worker role", "target", _worker, judge_role),
    Check("forwarder role", "target", _forwarder, judge_role),
    Check("failsafe role", "target", _failsafe, judge_role),
)
