"""EventBridge as natrec needs it: rules and targets across accounts, bus policies, dead letters."""

import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from scripts.sandbox.engine.core import DEFAULT_ACCOUNT, Engine
from scripts.sandbox.engine.deliveries import DELIVERIES
from scripts.sandbox.engine.envelopes import envelope
from scripts.sandbox.engine.event_delivery import Job, deliver
from scripts.sandbox.engine.event_targets import TargetError
from scripts.sandbox.engine.events import publish
from scripts.sandbox.engine.target_input import RuleName
from tests.sandbox.eventually import eventually
from tests.sandbox.functions import Functions

HOME, AWAY = "eu-west-1", "us-east-1"
PATTERN = json.dumps({"source": ["shop"]})


@dataclass(frozen=True)
class Place:
    """One account of the engine."""

    engine: Engine
    account: str

    def role(self, service: str = "events.amazonaws.com", name: str = "forwarder") -> str:
        statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        iam = self.engine.client(self.account, HOME, "iam")
        made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps({"Statement": [statement]}))
        return str(made["Role"]["Arn"])

    def queue(self, name: str, region: str = HOME, *, admits_events: bool = True) -> str:
        arn = f"arn:aws:sqs:{region}:{self.account}:{name}"
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
        }
        policy = {"Policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]})}
        sqs = self.engine.client(self.account, region, "sqs")
        sqs.create_queue(QueueName=name, Attributes=policy if admits_events else {})
        return arn

    def received(self, name: str, region: str = HOME, wait: float = 10.0) -> dict[str, Any] | None:
        sqs = self.engine.client(self.account, region, "sqs")
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]

        def ask() -> list[dict[str, Any]]:
            found = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"])
            return list(found.get("Messages", []))

        messages = eventually(ask, wait)
        return messages[0] if messages else None

    def rule(
        self, *targets: dict[str, Any], region: str = HOME, bus: str = "default", **settings: str
    ) -> str:
        events = self.engine.client(self.account, region, "events")
        settings = {"EventPattern": PATTERN, **settings}
        arn = events.put_rule(Name="rule", EventBusName=bus, **settings)["RuleArn"]
        events.put_targets(Rule="rule", EventBusName=bus, Targets=list(targets))
        return str(arn)

    def bus(self, name: str = "hub", region: str = HOME, policy: list[dict[str, Any]] | None = None) -> str:
        events = self.engine.client(self.account, region, "events")
        arn = str(events.create_event_bus(Name=name)["EventBusArn"])
        if policy is not None:
            statements = [
                {"Action": "events:PutEvents", "Resource": arn, "Effect": "Allow", **one} for one in policy
            ]
            document = json.dumps({"Version": "2012-10-17", "Statement": statements})
            events.put_permission(EventBusName=name, Policy=document)
        return arn

    def put(self, region: str = HOME, **changes: object) -> dict[str, Any]:
        entry = {"Source": "shop", "DetailType": "Order", "Detail": '{"n": 1}', **changes}
        answer = self.engine.client(self.account, region, "events").put_events(Entries=[entry])
        return dict(answer["Entries"][0])


@pytest.fixture
def hub(engine: Engine, fresh_account: Callable[[], str]) -> Place:
    return Place(engine, fresh_account())


@pytest.fixture
def spoke(engine: Engine, fresh_account: Callable[[], str]) -> Place:
    return Place(engine, fresh_account())


@pytest.fixture
def organization(engine: Engine) -> tuple[str, Callable[[], Place]]:
    client = engine.client(DEFAULT_ACCOUNT, AWAY, "organizations")
    with contextlib.suppress(client.exceptions.AlreadyInOrganizationException):
        client.create_organization(FeatureSet="ALL")
    identity = client.describe_organization()["Organization"]["Id"]

    def join() -> Place:
        made = client.create_account(AccountName="member", Email="member@example.com")["CreateAccountStatus"]
        return Place(engine, made["AccountId"])

    return identity, join


def settled(rule: str, count: int = 1) -> list[str]:
    def ask() -> list[str]:
        found = [one.outcome for one in DELIVERIES.find(lambda one: one.rule == rule)]
        return found if len(found) >= count else []

    return eventually(ask)


def test_a_rule_of_another_account_and_region_receives_the_event_unchanged(
    organization: tuple[str, Callable[[], Place]],
) -> None:
    identity, join = organization
    hub, spoke = join(), join()
    condition = {
        "StringEquals": {"aws:PrincipalOrgID": identity},
        "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/forwarder"},
    }
    bus = hub.bus(policy=[{"Sid": "org", "Principal": "*", "Condition": condition}])
    hub.rule({"Id": "1", "Arn": hub.queue("inbox")}, bus="hub")
    spoke.rule({"Id": "1", "Arn": bus, "RoleArn": spoke.role()}, region=AWAY)
    event = envelope(spoke.account, AWAY, "shop", "Order", {"n": 1}, ["arn:aws:x"])
    publish(spoke.engine, spoke.account, AWAY, event)
    message = hub.received("inbox")
    assert message is not None
    assert json.loads(message["Body"]) == event


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:PrincipalOrgID": "o-anotherone"}},
        {"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::*:role/somebody"}},
        {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/some*"}},
    ],
    ids=["organization", "role", "pattern"],
)
def test_a_bus_policy_that_does_not_admit_the_role_sends_the_event_to_the_dead_letter_queue_at_once(
    hub: Place, spoke: Place, condition: dict[str, Any]
) -> None:
    bus = hub.bus(policy=[{"Sid": "one", "Principal": "*", "Condition": condition}])
    target = {
        "Id": "1",
        "Arn": bus,
        "RoleArn": spoke.role(),
        "DeadLetterConfig": {"Arn": spoke.queue("dead")},
    }
    rule = spoke.rule(target)
    spoke.put()
    message = spoke.received("dead")
    assert message is not None
    attributes = {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
    assert attributes.pop("ERROR_MESSAGE")
    assert attributes == {"RULE_ARN": rule, "TARGET_ARN": bus, "ERROR_CODE": "NO_PERMISSIONS"}
    assert json.loads(message["Body"])["account"] == spoke.account


def test_a_deny_in_a_bus_policy_wins(hub: Place, spoke: Place) -> None:
    everyone = {"Sid": "all", "Principal": "*"}
    denied = {"Sid": "no", "Effect": "Deny", "Principal": {"AWS": spoke.account}}
    bus = hub.bus(policy=[everyone, denied])
    assert spoke.put(EventBusName=bus)["ErrorCode"] == "AccessDeniedException"


def test_a_bus_of_another_account_takes_put_events_from_whom_its_policy_admits(
    hub: Place, spoke: Place
) -> None:
    bus = hub.bus(policy=[{"Sid": "one", "Principal": {"AWS": f"arn:aws:iam::{spoke.account}:root"}}])
    hub.rule({"Id": "1", "Arn": hub.queue("inbox")}, bus="hub")
    assert "EventId" in spoke.put(EventBusName=bus)
    message = hub.received("inbox")
    assert message is not None
    assert json.loads(message["Body"])["account"] == spoke.account


def test_a_forwarded_event_is_not_forwarded_again(engine: Engine, fresh_account: Callable[[], str]) -> None:
    first, second, third = (Place(engine, fresh_account()) for _ in range(3))
    everyone = [{"Sid": "all", "Principal": "*"}]
    last = third.bus(policy=everyone)
    rule = second.rule({"Id": "1", "Arn": last, "RoleArn": second.role()}, bus=second.bus(policy=everyone))
    first.rule({"Id": "1", "Arn": second_bus(second), "RoleArn": first.role()})
    first.put()
    assert settled(rule) == ["THIRD_ACCOUNT_HOP_DETECTED"]


def second_bus(place: Place) -> str:
    return f"arn:aws:events:{HOME}:{place.account}:event-bus/hub"


def test_a_disabled_rule_delivers_nothing(hub: Place) -> None:
    rule = hub.rule({"Id": "1", "Arn": hub.queue("inbox")}, State="DISABLED")
    hub.put()
    assert hub.received("inbox", wait=0.5) is None
    assert not DELIVERIES.find(lambda one: one.rule == rule)


def test_a_transformed_input_reaches_the_target(hub: Place) -> None:
    transformer = {"InputPathsMap": {"n": "$.detail.n"}, "InputTemplate": '{"number": <n>}'}
    hub.rule({"Id": "1", "Arn": hub.queue("inbox"), "InputTransformer": transformer})
    hub.put()
    message = hub.received("inbox")
    assert message is not None
    assert json.loads(message["Body"]) == {"number": 1}


def test_a_queue_that_does_not_admit_eventbridge_receives_nothing(hub: Place) -> None:
    rule = hub.rule({"Id": "1", "Arn": hub.queue("inbox", admits_events=False)})
    hub.put()
    assert settled(rule) == ["NO_PERMISSIONS"]


def test_a_target_that_does_not_exist_is_not_tried_again(hub: Place) -> None:
    rule = hub.rule({"Id": "1", "Arn": f"arn:aws:lambda:{HOME}:{hub.account}:function:none"})
    hub.put()
    assert settled(rule) == ["NO_RESOURCE"]


def test_a_state_machine_is_started_with_the_event(hub: Place) -> None:
    machines = hub.engine.client(hub.account, HOME, "stepfunctions")
    definition = {"StartAt": "End", "States": {"End": {"Type": "Pass", "End": True}}}
    role = hub.role("states.amazonaws.com", "machine")
    machine = machines.create_state_machine(name="m", definition=json.dumps(definition), roleArn=role)
    rule = hub.rule({"Id": "1", "Arn": machine["stateMachineArn"], "RoleArn": hub.role()})
    first, second = hub.put(), hub.put()
    assert settled(rule, 2) == ["delivered", "delivered"]
    started = machines.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]
    assert {one["name"].split("_")[0] for one in started} == {first["EventId"], second["EventId"]}


def test_a_function_is_invoked_once_its_policy_allows_the_rule(hub: Place) -> None:
    functions = Functions(hub.engine, hub.account)
    name = functions.create("def handler(event, context):\n    print('got', event['id'])\n")
    arn = f"arn:aws:lambda:{HOME}:{hub.account}:function:{name}"
    rule = hub.rule({"Id": "1", "Arn": arn})
    hub.put()
    assert settled(rule) == ["NO_PERMISSIONS"]
    functions.lambdas.add_permission(
        FunctionName=name,
        StatementId="rule",
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
        SourceArn=rule,
    )
    identity = hub.put()["EventId"]
    assert settled(rule, 2) == ["NO_PERMISSIONS", "delivered"]
    assert eventually(lambda: f"got {identity}" in functions.log(name))


def test_a_topic_and_a_log_group_receive_events(hub: Place) -> None:
    topics, logs = hub.engine.client(hub.account, HOME, "sns"), hub.engine.client(hub.account, HOME, "logs")
    topic = topics.create_topic(Name="t")["TopicArn"]
    allow = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sns:Publish"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [{**allow, "Resource": topic}]})
    topics.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=document)
    logs.create_log_group(logGroupName="/events/all")
    group = f"arn:aws:logs:{HOME}:{hub.account}:log-group:/events/all"
    rule = hub.rule({"Id": "1", "Arn": topic}, {"Id": "2", "Arn": group})
    identity = hub.put()["EventId"]
    assert settled(rule, 2) == ["delivered", "delivered"]
    written = logs.filter_log_events(logGroupName="/events/all")["events"]
    assert [json.loads(one["message"])["id"] for one in written] == [identity]


@pytest.mark.parametrize("place", ["account", "region"])
def test_a_bus_target_elsewhere_without_a_role_is_refused(hub: Place, spoke: Place, place: str) -> None:
    bus = hub.bus() if place == "account" else spoke.bus(region=AWAY)
    with pytest.raises(ClientError, match="RoleArn is required"):
        spoke.rule({"Id": "1", "Arn": bus})


def test_a_role_that_eventbridge_cannot_assume_is_refused(hub: Place) -> None:
    queue = hub.queue("inbox")
    with pytest.raises(ClientError, match="cannot be assumed by principal"):
        hub.rule({"Id": "1", "Arn": queue, "RoleArn": f"arn:aws:iam::{hub.account}:role/none"})
    with pytest.raises(ClientError, match="cannot be assumed by principal"):
        hub.rule({"Id": "1", "Arn": queue, "RoleArn": hub.role("lambda.amazonaws.com")})


def test_a_target_that_is_not_delivered_to_is_refused_loudly(hub: Place) -> None:
    with pytest.raises(ClientError, match="does not deliver"):
        hub.rule({"Id": "1", "Arn": f"arn:aws:kinesis:{HOME}:{hub.account}:stream/s"})


def test_a_pattern_with_an_unknown_operator_is_refused(hub: Place) -> None:
    with pytest.raises(ClientError, match="Unrecognized match type"):
        hub.rule(EventPattern=json.dumps({"source": [{"begins": "a"}]}))


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({"Source": "aws.ec2"}, "NotAuthorizedForSourceException"),
        ({"Detail": "{"}, "MalformedDetail"),
        ({"Detail": "[1]"}, "MalformedDetail"),
        ({"Detail": ""}, "InvalidArgument"),
        ({"EventBusName": "none"}, "ResourceNotFoundException"),
    ],
    ids=["source", "json", "array", "empty", "bus"],
)
def test_an_entry_that_aws_refuses_is_refused(hub: Place, entry: dict[str, str], code: str) -> None:
    assert hub.put(**entry)["ErrorCode"] == code


def test_more_than_256_kilobytes_are_refused(hub: Place) -> None:
    with pytest.raises(ClientError, match="over the limit"):
        hub.put(Detail=json.dumps({"text": "x" * 256 * 1024}))


def test_an_event_put_as_cloudwatch_is_delivered_from_the_default_bus_only(hub: Place) -> None:
    hub.bus("other")
    assert hub.put(Source="aws.cloudwatch", EventBusName="other")["ErrorCode"].startswith("NotAuthorized")
    pattern = json.dumps({"source": ["aws.cloudwatch"]})
    hub.rule({"Id": "1", "Arn": hub.queue("inbox")}, EventPattern=pattern)
    moment = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
    alarm = f"arn:aws:cloudwatch:{HOME}:{hub.account}:alarm:a"
    hub.put(Source="aws.cloudwatch", Time=moment, Resources=[alarm])
    message = hub.received("inbox")
    assert message is not None
    event = json.loads(message["Body"])
    assert (event["account"], event["region"]) == (hub.account, HOME)
    assert (event["resources"], event["time"]) == ([alarm], "2026-11-20T10:00:00Z")


def test_what_fails_in_passing_is_tried_again_with_pauses_then_given_up(hub: Place) -> None:
    bus = hub.bus()
    rule = RuleName(f"arn:aws:events:{HOME}:{hub.account}:rule/passing", "passing")
    pauses: list[float] = []
    tries: list[str] = []

    def fails(_bus: object, event: dict[str, Any]) -> None:
        tries.append(event["id"])
        raise TargetError("THROTTLING", "Rate exceeded", again=True)

    target = {"Id": "1", "Arn": bus, "RetryPolicy": {"MaximumRetryAttempts": 2}}
    event = envelope(hub.account, HOME, "shop", "Order", {}, [])
    job = Job(hub.account, HOME, rule, target, event, forwarded=False)
    deliver(hub.engine, job, fails, sleep=pauses.append)
    assert len(tries) == 3
    assert pauses == sorted(pauses)
    assert len(pauses) == 2
    assert settled(rule.arn) == ["THROTTLING"]
