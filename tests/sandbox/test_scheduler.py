"""EventBridge Scheduler and scheduled rules: strict to make, and they fire on time."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.events.models import Rule

from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.deliveries import DELIVERIES
from scripts.sandbox.engine.schedule_calls import Firing
from scripts.sandbox.engine.schedule_times import At, ExpressionError, Rate, Span, first, following, parse
from scripts.sandbox.engine.scheduler import Scheduler
from tests.sandbox.eventually import eventually
from tests.sandbox.networks import archive, flow_log_request, zonal_gateway

REGION = "eu-west-1"


class Member:
    """One account with a role for Scheduler and a queue."""

    def __init__(self, engine: Engine, account: str) -> None:
        self.account, self.engine = account, engine
        self.scheduler = engine.client(account, REGION, "scheduler")
        self.queues = engine.client(account, REGION, "sqs")
        self.role = self.make_role("failsafe", "scheduler.amazonaws.com")
        self.queue = f"arn:aws:sqs:{REGION}:{account}:inbox"
        self.url = self.queues.create_queue(QueueName="inbox")["QueueUrl"]

    def make_role(self, name: str, service: str) -> str:
        statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        iam = self.engine.client(self.account, REGION, "iam")
        made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps({"Statement": [statement]}))
        return str(made["Role"]["Arn"])

    def create(self, name: str = "one", target: dict[str, Any] | None = None, **changes: Any) -> str:  # noqa: ANN401
        settings = {
            "Name": name,
            "ScheduleExpression": at(0),
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {"Arn": self.queue, "RoleArn": self.role, "Input": '{"n": 1}', **(target or {})},
            **changes,
        }
        return str(self.scheduler.create_schedule(**settings)["ScheduleArn"])

    def received(self) -> dict[str, Any]:
        def ask() -> list[dict[str, Any]]:
            found = self.queues.receive_message(QueueUrl=self.url, MessageAttributeNames=["All"])
            return list(found.get("Messages", []))

        return eventually(ask)[0]

    def names(self) -> list[str]:
        return [one["Name"] for one in self.scheduler.list_schedules()["Schedules"]]


def at(seconds: float) -> str:
    return f"at({datetime.fromtimestamp(time.time() + seconds, UTC):%Y-%m-%dT%H:%M:%S})"


@pytest.fixture
def member(engine: Engine, account: str) -> Member:
    return Member(engine, account)


def outcomes(schedule: str) -> list[str]:
    return eventually(lambda: [one.outcome for one in DELIVERIES.find(lambda one: one.rule == schedule)])


def test_a_one_time_schedule_sends_its_input_and_deletes_itself_when_asked(member: Member) -> None:
    schedule = member.create(ActionAfterCompletion="DELETE")
    assert json.loads(member.received()["Body"]) == {"n": 1}
    assert outcomes(schedule) == ["delivered"]
    assert eventually(lambda: member.names() == [])


def test_a_one_time_schedule_stays_when_nothing_else_is_asked_and_fires_once(member: Member) -> None:
    schedule = member.create()
    assert outcomes(schedule) == ["delivered"]
    assert eventually(lambda: len(DELIVERIES.find(lambda one: one.rule == schedule)) > 1, wait=1.2) is False
    assert member.names() == ["one"]


def test_a_universal_target_calls_the_operation_in_the_schedules_region(member: Member) -> None:
    target = {"Arn": "arn:aws:scheduler:::aws-sdk:sqs:createQueue", "Input": '{"QueueName": "made"}'}
    assert outcomes(member.create(target=target)) == ["delivered"]
    assert member.queues.get_queue_url(QueueName="made")["QueueUrl"]


def test_a_universal_target_deletes_flow_logs(member: Member) -> None:
    ec2 = member.engine.client(member.account, REGION, "ec2")
    interface = zonal_gateway(member.engine, member.account).interface
    bucket = archive(member.engine, member.account, member.account, f"archive-{member.account}")
    made = ec2.create_flow_logs(**flow_log_request(interface, bucket))
    text = json.dumps({"FlowLogIds": made["FlowLogIds"]})
    target = {"Arn": "arn:aws:scheduler:::aws-sdk:ec2:deleteFlowLogs", "Input": text}
    assert outcomes(member.create(target=target)) == ["delivered"]
    assert ec2.describe_flow_logs()["FlowLogs"] == []


def test_what_the_service_refuses_goes_to_the_dead_letter_queue(member: Member) -> None:
    target: dict[str, Any] = {
        "Arn": "arn:aws:scheduler:::aws-sdk:sqs:deleteQueue",
        "Input": json.dumps({"QueueUrl": member.url.replace("inbox", "none")}),
        "DeadLetterConfig": {"Arn": member.queue},
    }
    schedule = member.create(target=target)
    message = member.received()
    attributes = {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
    assert attributes["SCHEDULE_ARN"] == schedule
    assert attributes["TARGET_ARN"] == target["Arn"]
    assert "NonExistentQueue" in attributes["ERROR_CODE"]
    assert json.loads(message["Body"]) == json.loads(target["Input"])


def test_a_state_machine_is_started(member: Member) -> None:
    machines = member.engine.client(member.account, REGION, "stepfunctions")
    definition = json.dumps({"StartAt": "End", "States": {"End": {"Type": "Pass", "End": True}}})
    role = member.make_role("machine", "states.amazonaws.com")
    machine = machines.create_state_machine(name="m", definition=definition, roleArn=role)["stateMachineArn"]
    assert outcomes(member.create(target={"Arn": machine})) == ["delivered"]
    assert len(machines.list_executions(stateMachineArn=machine)["executions"]) == 1


def test_a_deleted_or_disabled_schedule_does_not_fire(member: Member) -> None:
    deleted = member.create("deleted", ScheduleExpression=at(2))
    disabled = member.create("disabled", State="DISABLED")
    member.scheduler.delete_schedule(Name="deleted")
    assert eventually(lambda: DELIVERIES.find(lambda one: one.rule in {deleted, disabled}), wait=2.8) == ()


def test_deleting_what_is_not_there_says_so(member: Member) -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        member.scheduler.delete_schedule(Name="none")
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        member.scheduler.delete_schedule_group(Name="none")


def test_a_name_is_unique_in_its_group(member: Member) -> None:
    member.scheduler.create_schedule_group(Name="natrec")
    first_one = member.create(ScheduleExpression=at(3600))
    second = member.create(GroupName="natrec", ScheduleExpression=at(3600))
    assert first_one != second
    with pytest.raises(ClientError, match="ConflictException"):
        member.create(GroupName="natrec", ScheduleExpression=at(3600))
    with pytest.raises(ClientError, match="ConflictException"):
        member.scheduler.create_schedule_group(Name="natrec")


def test_the_same_request_with_the_same_client_token_is_answered_again(member: Member) -> None:
    expression = at(3600)
    made = [member.create(ClientToken="t", ScheduleExpression=expression) for _ in range(2)]
    assert made[0] == made[1]
    with pytest.raises(ClientError, match="ConflictException"):
        member.create(ClientToken="t", ScheduleExpression=at(7200))


def test_a_group_must_exist(member: Member) -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        member.create(GroupName="none")


@pytest.mark.parametrize(
    "changes",
    [
        {"ScheduleExpression": "at(tomorrow)"},
        {"ScheduleExpression": "cron(0 0 * * * *)"},
        {"ScheduleExpressionTimezone": "Mars/Olympus"},
        {"FlexibleTimeWindow": {"Mode": "FLEXIBLE"}},
        {"target": {"Arn": "arn:aws:scheduler:::aws-sdk:ec2:deleteFlowLog"}},
        {"target": {"Arn": "arn:aws:scheduler:::aws-sdk:ec2:describeFlowLogs"}},
        {"target": {"Arn": "arn:aws:scheduler:::aws-sdk:nothing:doIt"}},
        {"target": {"Arn": "arn:aws:scheduler:::aws-sdk:ec2:deleteFlowLogs", "Input": "{"}},
        {"target": {"Arn": "arn:aws:kinesis:eu-west-1:111111111111:stream/s"}},
        {"target": {"RoleArn": "arn:aws:iam::111111111111:role/none"}},
    ],
    ids=["no time", "cron", "zone", "window", "operation", "read-only", "service", "input", "target", "role"],
)
def test_a_schedule_that_would_not_work_is_refused(member: Member, changes: dict[str, Any]) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        member.create(**changes)


@pytest.mark.parametrize(
    "expression", ["rate(1 minutes)", "rate(5 minute)", "rate(0 minutes)", "cron(0 0 ? * ? *)"]
)
def test_a_rule_with_an_expression_that_cannot_fire_is_refused(member: Member, expression: str) -> None:
    events = member.engine.client(member.account, REGION, "events")
    with pytest.raises(ClientError, match="ValidationException"):
        events.put_rule(Name="r", ScheduleExpression=expression)


def clocked() -> tuple[Scheduler, list[float], list[Firing], list[str]]:
    clock, fired, sent = [time.time()], list[Firing](), list[str]()

    def fire(firing: Firing, completed: Callable[[], None]) -> None:
        fired.append(firing)
        completed()

    def send(rule: Rule) -> None:
        sent.append(rule.arn)

    return Scheduler(fire, send, lambda: clock[0]), clock, fired, sent


def test_a_rule_with_a_rate_fires_after_each_interval(member: Member) -> None:
    events = member.engine.client(member.account, REGION, "events")
    arn = events.put_rule(Name="sweep", ScheduleExpression="rate(1 minute)")["RuleArn"]
    scheduler, clock, _, sent = clocked()
    counts = []
    for _ in range(7):
        scheduler.tick()
        counts.append(sent.count(arn))
        clock[0] += 30
    assert counts == [0, 0, 1, 1, 2, 2, 3]
    events.disable_rule(Name="sweep")
    clock[0] += 300
    scheduler.tick()
    assert sent.count(arn) == 3


def test_a_schedule_with_a_rate_fires_at_once_and_after_each_interval(member: Member) -> None:
    arn = member.create(ScheduleExpression="rate(5 minutes)")
    scheduler, clock, fired, _ = clocked()
    counts = []
    for _ in range(5):
        clock[0] += 100
        scheduler.tick()
        counts.append(sum(one.arn == arn for one in fired))
    assert counts == [1, 1, 2, 2, 2]


def test_an_at_is_read_in_its_time_zone() -> None:
    when = parse("at(2026-07-01T12:00:00)", "Europe/Vienna")
    assert when == At(datetime(2026, 7, 1, 10, 0, tzinfo=UTC))


def test_missed_intervals_are_not_made_up_for() -> None:
    assert following(Rate(60), 100.0, 100.0 + 60 * 10 + 1) == 100.0 + 60 * 11
    assert following(Rate(60), 100.0, 100.0, Span(end=150.0)) is None
    assert following(At(datetime(2026, 1, 1, tzinfo=UTC)), 1.0, 2.0) is None
    assert first(Rate(60), 100.0, Span(start=400.0)) == 400.0
    assert first(At(datetime(1970, 1, 2, tzinfo=UTC)), 0.0) == timedelta(days=1).total_seconds()


def test_an_impossible_date_is_refused() -> None:
    with pytest.raises(ExpressionError):
        parse("at(2026-02-30T12:00:00)")
