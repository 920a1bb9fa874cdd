"""Every call of one full story is allowed by the templates; what they grant beyond it has a reason."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scripts.sandbox.remote import ask_at
from stacksets.loading import parse_config
from tests.privilege.attempts import Attempt, Role, documents, request, told
from tests.privilege.deployed import Installation
from tests.privilege.simulator import ALLOWED, UnavailableError, judge
from tests.scenarios.events import now
from tests.scenarios.granted import UNSEEN, UNSEEN_OF
from tests.scenarios.places import Gateway, Organization, eventually
from tests.scenarios.vocabulary import (
    alarm_fires,
    alarm_recovers,
    closed,
    executions,
    flow_logs,
    gateway_item,
    hub_stops,
    opened,
    refused,
    sweep_runs,
)

Line = dict[str, Any]
SPOKE_ROLE = re.compile(r"arn:aws:iam::(\d+):role/natrec/natrec-(?:worker|forwarder|failsafe)-(.+-\d)")


@pytest.fixture(scope="module")
def seen(organization: Organization, tmp_path_factory: pytest.TempPathFactory) -> list[Line]:
    """Every question to IAM of a story: a spike, a refusal, a lost execution, sweeps, a digest, a refresh."""
    file = tmp_path_factory.mktemp("access") / "calls.jsonl"
    endpoint = organization.line["endpoint"]
    _start_cold(organization)
    ask_at(endpoint, "access", {"file": str(file)})
    _story(organization)
    ask_at(endpoint, "access", {"file": None})
    lines = {line: json.loads(line) for line in file.read_text().splitlines()}
    return [line for line in lines.values() if ":role/natrec/" in line["principal"]]


def _start_cold(organization: Organization) -> None:
    """No function remembers a policy or credentials of an earlier story: then it would not ask for them."""
    client = organization.hub("lambda")
    for function in client.list_functions()["Functions"]:
        variables = {**function["Environment"]["Variables"], "STORY": "access"}
        client.update_function_configuration(
            FunctionName=function["FunctionName"], Environment={"Variables": variables}
        )


def _story(organization: Organization) -> None:
    endpoint = organization.line["endpoint"]
    spiking, lost, regional = (organization.gateway(each) for each in ("zonal", "zonal", "regional"))
    place = {"account": spiking.account, "region": spiking.region, "gateway": spiking.id}
    ask_at(endpoint, "traffic", {**place, "mbps": 800, "seconds": 5, "direction": "download"})
    for each in (lost, regional):
        alarm_fires(on=each)
    forgotten = opened(on=lost)
    alarm_fires(on=lost, direction="upload")
    hub_stops(executions(of=lost)[0])
    _goes_off(lost, forgotten["id"])
    opened(on=regional)
    sweep_runs(organization, "full")
    alarm_recovers(on=regional)
    closed(on=spiking)
    _uses_its_quota_up(spiking)
    for name in ("natrec-tell-digest", "natrec-refresh-members"):
        payload = json.dumps({"time": now().isoformat()}).encode()
        organization.hub("lambda").invoke(FunctionName=name, Payload=payload)
    for rule in ("natrec-quick-sweep", "natrec-refresh"):
        ask_at(endpoint, "fire", {**organization.line["hub"], "rule": rule})
    sweep_runs(organization, "quick")
    organization.notices_are_delivered()


def _uses_its_quota_up(gateway: Gateway) -> None:
    """It was recorded once; a second time is all that a day has, so the third is refused and told."""
    _has_cooled(gateway)
    alarm_fires(on=gateway)
    opened(on=gateway, number=2)
    alarm_recovers(on=gateway)
    closed(on=gateway, number=2)
    _has_cooled(gateway)
    alarm_fires(on=gateway)
    eventually(lambda: len(executions(of=gateway)) > 2 and refused(on=gateway))


def _has_cooled(gateway: Gateway) -> None:
    eventually(lambda: datetime.fromisoformat(str(gateway_item(gateway)["cooling_until"])) < now())


def _goes_off(gateway: Gateway, name: str) -> None:
    """The failsafe's time has come."""
    scheduler = gateway.client("scheduler")
    armed = scheduler.get_schedule(Name=name, GroupName="natrec")
    kept = ("Name", "GroupName", "FlexibleTimeWindow", "ActionAfterCompletion", "Target")
    soon = now() + timedelta(seconds=1)
    at = f"at({soon:%Y-%m-%dT%H:%M:%S})"
    scheduler.update_schedule(**{each: armed[each] for each in kept}, ScheduleExpression=at)
    eventually(lambda: not flow_logs(of=gateway))


def _installations(organization: Organization, seen: list[Line]) -> Iterator[tuple[Installation, list[Line]]]:
    """Each spoke's with what was asked by or about its roles; the hub's calls are among the first's."""
    config = parse_config(Path(organization.line["config"]).read_text())
    by_place: dict[tuple[str, str], list[Line]] = {}
    for line in seen:
        by_place.setdefault(
            _spoke_of(line["principal"]) or _spoke_of(line["resource"]) or ("", ""), []
        ).append(line)
    somewhere = next(place for place in by_place if place[0])
    by_place[somewhere] += by_place.pop(("", ""), [])
    for (account, region), lines in by_place.items():
        yield Installation(config, account, region), lines


def _spoke_of(arn: str) -> tuple[str, str] | None:
    found = SPOKE_ROLE.fullmatch(arn)
    return (found[1], found[2]) if found else None


def _attempt(roles: Mapping[str, str], line: Line) -> Attempt:
    keys = {**line["keys"], "aws:RequestedRegion": line["region"]}
    # No service reference has the action of DescribeAlarmContributors; the pattern covers both.
    action = line["action"].replace("DescribeAlarmContributors", "DescribeAlarms")
    return Attempt("is seen", Role(roles[line["principal"]]), action, line["resource"], keys)


def test_every_call_that_was_seen_is_allowed_by_the_templates(
    organization: Organization, seen: list[Line]
) -> None:
    wrong = []
    for installation, lines in _installations(organization, seen):
        roles = {installation.role(key): key for key in installation.roles}
        tried = [_attempt(roles, line) for line in lines]
        try:
            said = judge(documents(installation), [request(installation, each) for each in tried])
        except UnavailableError as reason:
            pytest.skip(f"policies are not judged: {reason}")
        both = zip(tried, said.verdicts, strict=True)
        wrong += [f"{verdict}: {told(each)}" for each, verdict in both if verdict != ALLOWED]
    assert not wrong, "\n".join(wrong)


def test_whatever_is_granted_was_seen_or_has_a_reason(organization: Organization, seen: list[Line]) -> None:
    granted, used = set(), set()
    for installation, lines in _installations(organization, seen):
        roles = {installation.role(key): key for key in installation.roles}
        used |= {(roles[line["principal"]], line["action"]) for line in lines}
        for key in installation.roles:
            for statement in installation.documents[key]["Statement"]:
                actions = statement["Action"]
                granted |= {(key, each) for each in ([actions] if isinstance(actions, str) else actions)}
    unseen = {each for each in granted if not any(_covers(each, one) for one in used)}
    unexplained = {each for each in unseen if each[1] not in UNSEEN and each not in UNSEEN_OF}
    assert not unexplained, "\n".join(sorted(map(" ".join, unexplained)))
    ungranted = {each for each in UNSEEN_OF if each not in granted}
    assert not ungranted, "\n".join(sorted(map(" ".join, ungranted)))


def _covers(granted: tuple[str, str], used: tuple[str, str]) -> bool:
    role, action = granted
    prefix = action.removesuffix("*")
    return role == used[0] and (used[1] == action or (prefix != action and used[1].startswith(prefix)))
