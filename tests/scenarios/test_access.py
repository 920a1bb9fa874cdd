"""Every call of one full story is allowed by the templates; what they grant beyond it has a reason."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from scripts.benches.calls import (
    INVOKE,
    before_flow_logs,
    beside,
    read,
    states,
    story,
    to_flow_logs,
    until_flow_logs,
)
from scripts.benches.targets import CALLS, STATES_A_RECORDING
from scripts.sandbox.remote import ask_at
from scripts.stories.events import now
from scripts.stories.places import Gateway, Organization, eventually
from scripts.stories.sweeps import paused, sweep_runs
from scripts.stories.witnesses import executions as every
from stacksets.loading import parse_config
from tests.privilege.attempts import Attempt, Role, documents, request, told
from tests.privilege.deployed import Installation
from tests.privilege.simulator import ALLOWED, UnavailableError, judge
from tests.scenarios.granted import UNSEEN, UNSEEN_OF
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
)

Line = dict[str, Any]
ATTEMPTS = 3
SECRET = "secretsmanager:GetSecretValue"
SPOKE_ROLE = re.compile(r"arn:aws:iam::(\d+):role/natrec/natrec-(?:worker|forwarder|failsafe)-(.+-\d)")


@dataclass(frozen=True)
class Alone:
    """One recording while nothing else happened: what was asked, and which states its execution entered."""

    gateway: Gateway
    written: tuple[str, ...]
    entered: tuple[str, ...]


@pytest.fixture(scope="module")
def alone(organization: Organization, tmp_path_factory: pytest.TempPathFactory) -> Alone:
    """A spike from its rise to the report, by functions that remember nothing."""
    for attempt in range(ATTEMPTS):
        _start_cold(organization, f"alone {attempt}")
        told = _spike(organization, tmp_path_factory.mktemp("alone") / "calls.jsonl")
        # A slow machine delivers records after the first look at them, and there is a second one.
        if "AwaitMore" not in told.entered:
            return told
    pytest.fail(f"records were late {ATTEMPTS} times")


@pytest.fixture(scope="module")
def seen(organization: Organization, alone: Alone, tmp_path_factory: pytest.TempPathFactory) -> list[Line]:
    """Every question to IAM of a story: a spike, a refusal, a lost execution, sweeps, a digest, a refresh."""
    file = tmp_path_factory.mktemp("access") / "calls.jsonl"
    with written_to(file, organization):
        _story(organization, alone.gateway)
    asked = map(json.loads, (*alone.written, *file.read_text().splitlines()))
    lines = {json.dumps({**line, "call": 0}): line for line in asked}
    return [line for line in lines.values() if ":role/natrec/" in line["principal"]]


@contextmanager
def written_to(file: Path, organization: Organization) -> Iterator[None]:
    """Every question to IAM is written there meanwhile."""
    endpoint = organization.line["endpoint"]
    ask_at(endpoint, "access", {"file": str(file)})
    yield
    ask_at(endpoint, "access", {"file": None})


def _start_cold(organization: Organization, story: str) -> None:
    """No function remembers a policy or credentials of an earlier story: then it would not ask for them."""
    client = organization.hub("lambda")
    for function in client.list_functions()["Functions"]:
        variables = {**function["Environment"]["Variables"], "STORY": story}
        client.update_function_configuration(
            FunctionName=function["FunctionName"], Environment={"Variables": variables}
        )


def _spike(organization: Organization, file: Path) -> Alone:
    spiking = organization.gateway()
    eventually(lambda: not any(each["status"] == "RUNNING" for each in every(organization)), 60)
    organization.notices_are_delivered()
    with paused(organization), written_to(file, organization):
        place = {"account": spiking.account, "region": spiking.region, "gateway": spiking.id}
        spike = {"mbps": 800, "seconds": 5, "direction": "download"}
        ask_at(organization.line["endpoint"], "traffic", {**place, **spike})
        opened(on=spiking)
        closed(on=spiking)
        organization.notices_are_delivered()
    [execution] = executions(of=spiking)
    history = organization.hub("stepfunctions").get_execution_history(
        executionArn=execution["executionArn"], maxResults=1000
    )
    return Alone(spiking, tuple(file.read_text().splitlines()), tuple(states(history["events"])))


def _story(organization: Organization, spiking: Gateway) -> None:
    endpoint = organization.line["endpoint"]
    lost, regional = (organization.gateway(each) for each in ("zonal", "regional"))
    for each in (lost, regional):
        alarm_fires(on=each)
    forgotten = opened(on=lost)
    alarm_fires(on=lost, direction="upload")
    hub_stops(executions(of=lost)[0])
    _goes_off(lost, forgotten["id"])
    opened(on=regional)
    sweep_runs(organization, "full")
    alarm_recovers(on=regional)
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


def test_a_recording_comes_to_these_calls_and_states_and_no_others(
    alone: Alone, snapshot: SnapshotAssertion
) -> None:
    calls = list(read(alone.written))
    others = beside(calls)
    # A delivery's function is warm or not, and reads its secret accordingly.
    deliveries = Counter(each.operation for each in others.pop("deliver-notice") if each.operation != SECRET)
    assert snapshot == {
        "until flow logs are on": [str(each) for each in to_flow_logs(calls)],
        "the whole recording": [str(each) for each in story(calls)],
        "beside it": {who: [str(each) for each in made] for who, made in others.items()},
        "deliveries of two notices, two ways each": dict(deliveries),
        "states": list(alone.entered),
    }


def test_the_flow_log_is_on_after_one_state_and_five_calls(alone: Alone) -> None:
    calls = list(read(alone.written))
    assert len(to_flow_logs(calls)) <= CALLS
    assert [each.operation for each in until_flow_logs(calls)].count(INVOKE) == 1
    assert before_flow_logs(alone.entered) == ["OpenRecording"]
    assert len(alone.entered) <= STATES_A_RECORDING
