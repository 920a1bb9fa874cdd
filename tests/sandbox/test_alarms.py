"""CloudWatch alarms on NAT gateway metrics: per contributor, as the documentation says."""

import json
import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from scripts.sandbox.engine.alarm_math import Rule, judge, without_data
from scripts.sandbox.engine.alarms import Alarms
from scripts.sandbox.engine.contributors import AlarmName
from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.metric_store import MetricStore, Series, Statistics
from scripts.sandbox.engine.metrics_insights import QueryError, parse
from tests.sandbox.eventually import eventually

REGION = "eu-west-1"
ZONAL = (
    'SELECT SUM(BytesInFromSource) FROM SCHEMA("AWS/NATGateway", NatGatewayId) '
    "GROUP BY NatGatewayId ORDER BY SUM() DESC"
)
REGIONAL = ZONAL.replace("NatGatewayId)", "NatGatewayId, AvailabilityZone)")
MINUTE = 60


class Member:
    """One account with a queue that receives what CloudWatch sends."""

    def __init__(self, engine: Engine, account: str) -> None:
        self.account = account
        self.alarms = engine.client(account, REGION, "cloudwatch")
        self.bus = engine.client(account, REGION, "events")
        self.queue = engine.client(account, REGION, "sqs")
        arn = f"arn:aws:sqs:{REGION}:{account}:seen"
        allow = {
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
        self.url = self.queue.create_queue(QueueName="seen", Attributes={"Policy": policy})["QueueUrl"]
        self.bus.put_rule(Name="all", EventPattern=json.dumps({"source": ["aws.cloudwatch"]}))
        self.bus.put_targets(Rule="all", Targets=[{"Id": "1", "Arn": arn}])
        self._seen: list[dict[str, Any]] = []

    def alarm(self, name: str = "fleet", expression: str = ZONAL, **changes: object) -> None:
        metric = {"Id": "q1", "Expression": expression, "Period": MINUTE, "ReturnData": True}
        settings = {
            "AlarmName": name,
            "Metrics": [metric],
            "ComparisonOperator": "GreaterThanThreshold",
            "Threshold": 1000.0,
            "EvaluationPeriods": 1,
            "TreatMissingData": "notBreaching",
            **changes,
        }
        self.alarms.put_metric_alarm(**settings)

    def traffic(self, value: float, gateway: str = "nat-1", ago: int = 0, zone: str | None = None) -> None:
        dimensions = [{"Name": "NatGatewayId", "Value": gateway}]
        if zone:
            dimensions.append({"Name": "AvailabilityZone", "Value": zone})
        datum = {
            "MetricName": "BytesInFromSource",
            "Dimensions": dimensions,
            "Timestamp": datetime.fromtimestamp(time.time() - ago, UTC),
            "Value": value,
            "Unit": "Bytes",
        }
        self.alarms.put_metric_data(Namespace="AWS/NATGateway", MetricData=[datum])

    def in_alarm(self, name: str = "fleet") -> list[str]:
        found = self.alarms.describe_alarm_contributors(AlarmName=name)["AlarmContributors"]
        return [one["ContributorAttributes"]["NatGatewayId"] for one in found]

    def state(self, name: str = "fleet") -> str:
        return str(self.alarms.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]["StateValue"])

    def events(self, kind: str, count: int = 1) -> list[dict[str, Any]]:
        def ask() -> list[dict[str, Any]]:
            got = self.queue.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10).get("Messages", [])
            self._seen += [json.loads(one["Body"]) for one in got]
            found = [
                one for one in self._seen if one["detail-type"] == f"CloudWatch Alarm {kind}State Change"
            ]
            return found if len(found) >= count else []

        return eventually(ask)


@pytest.fixture
def member(engine: Engine, account: str) -> Member:
    return Member(engine, account)


def test_a_gateway_above_the_threshold_goes_to_alarm_with_the_documented_event(member: Member) -> None:
    member.alarm(AlarmDescription="upload")
    member.traffic(5000)
    assert member.in_alarm() == ["nat-1"]
    (event,) = member.events("Contributor ")
    arn = f"arn:aws:cloudwatch:{REGION}:{member.account}:alarm:fleet"
    assert (event["source"], event["account"], event["resources"]) == (
        "aws.cloudwatch",
        member.account,
        [arn],
    )
    detail = event["detail"]
    assert detail["alarmContributor"]["attributes"] == {"NatGatewayId": "nat-1"}
    assert re.fullmatch(r"[0-9a-f]{16}", detail["alarmContributor"]["id"])
    assert detail["state"].keys() == {"value", "reason", "timestamp"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000", detail["state"]["timestamp"])
    metric = {"id": "q1", "expression": ZONAL, "returnData": True, "period": 60}
    assert detail["configuration"] == {"metrics": [metric], "description": "upload"}
    assert detail.keys() == {"alarmName", "alarmContributor", "state", "configuration"}


def test_the_alarm_itself_tells_its_own_state_without_naming_a_gateway(member: Member) -> None:
    member.alarm()
    assert member.state() in {"INSUFFICIENT_DATA", "OK"}  # the first look may come at any time
    member.traffic(5000)
    assert member.state() == "ALARM"
    event = next(one for one in member.events("") if one["detail"]["state"]["value"] == "ALARM")
    assert event["detail"]["previousState"]["value"] in {"INSUFFICIENT_DATA", "OK"}
    assert event["detail"]["state"]["reason"] == "1 out of 1 time series evaluated to ALARM"
    assert "nat-1" not in json.dumps(event)


def test_m_of_n_datapoints_are_needed(member: Member) -> None:
    member.alarm(EvaluationPeriods=5, DatapointsToAlarm=3)
    member.traffic(5000, ago=120)
    member.traffic(5000, ago=60)
    assert member.in_alarm() == []
    member.traffic(5000)
    assert member.in_alarm() == ["nat-1"]


def test_values_of_one_period_are_summed(member: Member) -> None:
    member.alarm()
    member.traffic(600, ago=0)
    assert member.in_alarm() == []
    member.traffic(600, ago=0)
    assert eventually(member.in_alarm) == ["nat-1"]


def test_a_schema_matches_the_exact_set_of_dimensions_in_any_order(member: Member) -> None:
    member.alarm("zonal")
    member.alarm("regional", REGIONAL)
    member.traffic(5000, "nat-zonal")
    member.traffic(600, "nat-regional", zone="a")
    member.traffic(600, "nat-regional", zone="b")
    assert member.in_alarm("zonal") == ["nat-zonal"]
    assert member.in_alarm("regional") == ["nat-regional"]


def test_data_stamped_in_the_future_is_not_looked_at(member: Member) -> None:
    member.alarm()
    member.traffic(5000, ago=-3600)
    assert member.in_alarm() == []


def test_the_same_gateway_has_the_same_contributor_id_again(member: Member) -> None:
    member.alarm()
    member.traffic(5000, "nat-1")
    first = member.alarms.describe_alarm_contributors(AlarmName="fleet")["AlarmContributors"]
    member.alarms.delete_alarms(AlarmNames=["fleet"])
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        member.in_alarm()
    member.alarm()
    member.traffic(1, "nat-1")
    second = member.alarms.describe_alarm_contributors(AlarmName="fleet")["AlarmContributors"]
    assert [one["ContributorId"] for one in first] == [one["ContributorId"] for one in second]
    assert first[0]["StateReason"].startswith("Threshold Crossed: 1 out of the last 1 datapoints")


def test_deleting_an_alarm_clears_its_contributors_silently(member: Member) -> None:
    member.alarm()
    member.traffic(5000)
    member.events("Contributor ")
    member.alarms.delete_alarms(AlarmNames=["fleet"])
    member.traffic(5000)
    assert [one["detail"]["state"]["value"] for one in member.events("Contributor ")] == ["ALARM"]


def test_contributors_are_answered_in_pages(member: Member) -> None:
    member.alarm()
    dimensions = [[{"Name": "NatGatewayId", "Value": f"nat-{number:03}"}] for number in range(120)]
    data = [{"MetricName": "BytesInFromSource", "Dimensions": one, "Value": 5000} for one in dimensions]
    member.alarms.put_metric_data(Namespace="AWS/NATGateway", MetricData=data)
    found: list[str] = []
    token: dict[str, str] = {}
    for _ in range(3):
        page = member.alarms.describe_alarm_contributors(AlarmName="fleet", **token)
        found += [one["ContributorAttributes"]["NatGatewayId"] for one in page["AlarmContributors"]]
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert len(set(found)) == len(found) == 100
    with pytest.raises(ClientError, match="InvalidNextToken"):
        member.alarms.describe_alarm_contributors(AlarmName="fleet", NextToken="x")


@pytest.fixture
def clocked(engine: Engine, account: str) -> tuple[Alarms, list[float], list[dict[str, Any]]]:
    clock, told = [1_800_000_000.0 + 6], list[dict[str, Any]]()
    alarms = Alarms(lambda _account, _region, event: told.append(event), lambda: clock[0])
    Member(engine, account).alarm()
    return alarms, clock, told


def states(told: list[dict[str, Any]]) -> list[str]:
    return [one["detail"]["state"]["value"] for one in told]


def feed(alarms: Alarms, account: str, time: float, value: float, gateway: str = "nat-1") -> None:
    dimensions = frozenset({("NatGatewayId", gateway)})
    series = Series(account, REGION, "AWS/NATGateway", "BytesInFromSource", dimensions)
    alarms.store.add(series, time, Statistics(value, 1, value, value), time)
    alarms.evaluate(account, REGION)


def test_a_gateway_without_new_data_goes_ok_once_even_late_data_would_have_arrived(
    clocked: tuple[Alarms, list[float], list[dict[str, Any]]], account: str
) -> None:
    alarms, clock, told = clocked
    feed(alarms, account, clock[0], 5000)
    clock[0] += 60
    alarms.evaluate(account, REGION)
    assert states(told) == ["ALARM"]
    clock[0] += 120
    alarms.evaluate(account, REGION)
    assert states(told) == ["ALARM", "OK"]
    assert told[-1]["detail"]["state"]["reason"] == "No data was returned for this contributor"


def test_a_gateway_that_calms_goes_ok_and_may_come_back(
    clocked: tuple[Alarms, list[float], list[dict[str, Any]]], account: str
) -> None:
    alarms, clock, told = clocked
    for value in (5000, 5, 5000):
        feed(alarms, account, clock[0], value)
        clock[0] += 60
    assert states(told) == ["ALARM", "OK", "ALARM"]
    assert len({one["detail"]["alarmContributor"]["id"] for one in told}) == 1


def test_future_data_counts_once_its_time_has_come(
    clocked: tuple[Alarms, list[float], list[dict[str, Any]]], account: str
) -> None:
    alarms, clock, told = clocked
    dimensions = frozenset({("NatGatewayId", "nat-1")})
    series = Series(account, REGION, "AWS/NATGateway", "BytesInFromSource", dimensions)
    alarms.store.add(series, clock[0] + 10, Statistics(5000, 1, 5000, 5000), clock[0])
    alarms.evaluate(account, REGION)
    assert told == []
    clock[0] += 10
    alarms.evaluate(account, REGION)
    assert states(told) == ["ALARM"]


CONTRIBUTOR = "CloudWatch Alarm Contributor State Change"


def put_as_cloudwatch(member: Member, state: str, gateway: str = "nat-9", alarm: str = "fleet") -> None:
    detail = {
        "alarmName": alarm,
        "alarmContributor": {"id": "6d442278dba546f6", "attributes": {"NatGatewayId": gateway}},
        "state": {"value": state, "reason": "told", "timestamp": "2025-12-01T13:42:04.919+0000"},
    }
    entry = {"Source": "aws.cloudwatch", "DetailType": CONTRIBUTOR, "Detail": json.dumps(detail)}
    answer = member.bus.put_events(Entries=[entry])
    assert answer["FailedEntryCount"] == 0


def test_an_event_put_in_cloudwatchs_name_sets_the_state_that_is_answered(member: Member) -> None:
    member.alarm()
    put_as_cloudwatch(member, "ALARM")
    assert member.in_alarm() == ["nat-9"]
    assert member.state() == "ALARM"
    put_as_cloudwatch(member, "OK")
    assert member.in_alarm() == []
    assert member.state() == "OK"


def test_a_contributor_is_in_alarm_since_the_time_that_the_event_says(member: Member) -> None:
    member.alarm()
    put_as_cloudwatch(member, "ALARM")
    [contributor] = member.alarms.describe_alarm_contributors(AlarmName="fleet")["AlarmContributors"]
    told = datetime(2025, 12, 1, 13, 42, 4, 919_000, tzinfo=UTC)
    assert abs(contributor["StateTransitionedTimestamp"] - told) < timedelta(seconds=1)


@pytest.mark.parametrize("said", [None, "yesterday", 7])
def test_an_event_without_a_time_speaks_of_now(account: str, said: object) -> None:
    alarms, fleet = Alarms(lambda *_: None, lambda: 1_764_596_524.0), AlarmName(account, REGION, "fleet")
    told = {"attributes": {"NatGatewayId": "nat-9"}}
    detail = {"alarmName": "fleet", "alarmContributor": told, "state": {"value": "ALARM", "timestamp": said}}
    alarms.observe({"account": account, "region": REGION, "detail-type": CONTRIBUTOR, "detail": detail})
    [contributor] = alarms.contributors.of(fleet) or []
    assert contributor.since == datetime(2025, 12, 1, 13, 42, 4, tzinfo=UTC)


def test_such_an_event_is_remembered_for_an_alarm_that_does_not_exist(member: Member) -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        member.in_alarm("elsewhere")
    put_as_cloudwatch(member, "ALARM", alarm="elsewhere")
    assert member.in_alarm("elsewhere") == ["nat-9"]
    put_as_cloudwatch(member, "OK", alarm="elsewhere")
    assert member.in_alarm("elsewhere") == []


def test_a_state_told_by_an_event_outlives_the_ticks(member: Member) -> None:
    member.alarm()
    put_as_cloudwatch(member, "ALARM")
    assert eventually(lambda: member.in_alarm() != ["nat-9"], wait=2.2) is False


ORDINARY: dict[str, Any] = {
    "Metrics": [],
    "Namespace": "AWS/NATGateway",
    "MetricName": "BytesInFromSource",
    "Dimensions": [{"Name": "NatGatewayId", "Value": "nat-1"}],
    "Statistic": "Sum",
    "Period": 60,
}


def test_set_alarm_state_tells_the_ordinary_event(member: Member) -> None:
    member.alarm("natrec-custom-one", **ORDINARY)
    member.alarms.set_alarm_state(
        AlarmName="natrec-custom-one", StateValue="ALARM", StateReason="because", StateReasonData='{"a": 1}'
    )
    event = next(one for one in member.events("") if one["detail"]["state"]["value"] == "ALARM")["detail"]
    assert event["state"]["reasonData"] == '{"a": 1}'
    assert event["previousState"]["value"] in {"INSUFFICIENT_DATA", "OK"}
    metric = {
        "namespace": "AWS/NATGateway",
        "name": "BytesInFromSource",
        "dimensions": {"NatGatewayId": "nat-1"},
    }
    assert event["configuration"]["metrics"][0]["metricStat"] == {
        "metric": metric,
        "period": 60,
        "stat": "Sum",
    }
    assert eventually(lambda: member.state("natrec-custom-one") != "ALARM", wait=2.2) is False


def test_an_ordinary_alarm_on_a_gateway_is_evaluated(member: Member) -> None:
    member.alarm("natrec-custom-one", **ORDINARY)
    member.traffic(5000)
    assert member.state("natrec-custom-one") == "ALARM"


def test_a_changed_alarm_keeps_its_state(member: Member) -> None:
    member.alarm()
    member.traffic(5000)
    member.alarm(AlarmDescription="changed")
    assert member.state() == "ALARM"
    assert member.in_alarm() == ["nat-1"]


@pytest.mark.parametrize(
    "changes",
    [
        {"DatapointsToAlarm": 2},
        {"Metrics": [{"Id": "q1", "Expression": ZONAL, "Period": 30}]},
        {"Metrics": [{"Id": "q1", "Expression": ZONAL, "Period": 90}]},
        {"Metrics": [{"Id": "q1", "Expression": "SELECT everything", "Period": 60}]},
        {"Metrics": [{"Id": "q1", "Expression": ZONAL.split(" ORDER", maxsplit=1)[0], "Period": 60}]},
        {"AlarmActions": ["arn:aws:lambda:eu-west-1:111111111111:function:f"]},
    ],
    ids=["more than N", "short period", "odd period", "no query", "no order", "action"],
)
def test_an_alarm_that_cloudwatch_or_the_sandbox_refuses_is_refused(
    member: Member, changes: dict[str, Any]
) -> None:
    with pytest.raises(ClientError, match="ValidationError"):
        member.alarm(**changes)


def test_metrics_of_a_gateway_can_still_be_read(member: Member) -> None:
    member.traffic(7)
    now = time.time()
    answer = member.alarms.get_metric_statistics(
        Namespace="AWS/NATGateway",
        MetricName="BytesInFromSource",
        Dimensions=[{"Name": "NatGatewayId", "Value": "nat-1"}],
        StartTime=datetime.fromtimestamp(now - 300, UTC),
        EndTime=datetime.fromtimestamp(now + 60, UTC),
        Period=60,
        Statistics=["Sum"],
    )
    assert [one["Sum"] for one in answer["Datapoints"]] == [7.0]


def test_a_query_is_read_with_all_its_parts() -> None:
    query = parse(
        'select max("My.Metric") from SCHEMA("AWS/NATGateway", NatGatewayId, "AvailabilityZone") '
        "where NatGatewayId != 'nat-1' AND AvailabilityZone = 'a' "
        "group by NatGatewayId order by max() asc limit 5"
    )
    assert (query.statistic, query.metric, query.namespace) == ("MAX", "My.Metric", "AWS/NATGateway")
    assert query.schema == frozenset({"NatGatewayId", "AvailabilityZone"})
    assert (query.group_by, query.order_by, query.descending, query.limit) == (
        ("NatGatewayId",),
        "MAX",
        False,
        5,
    )
    assert query.selects({"NatGatewayId": "nat-2", "AvailabilityZone": "a"})
    assert not query.selects({"NatGatewayId": "nat-1", "AvailabilityZone": "a"})
    assert not query.selects({"NatGatewayId": "nat-2"})


@pytest.mark.parametrize(
    "text", ["SELECT SUM(x)", 'SELECT P99(x) FROM "a"', "SELECT SUM(x) FROM a WHERE b > 1"]
)
def test_what_is_no_query_is_refused(text: str) -> None:
    with pytest.raises(QueryError):
        parse(text)


RULE = Rule("GreaterThanOrEqualToThreshold", 10.0, 60, 3, 2)


@pytest.mark.parametrize(
    ("rule", "points", "state"),
    [
        (RULE, {0: 10.0, 60: 10.0}, "ALARM"),
        (RULE, {0: 10.0, 120: 10.0}, "ALARM"),
        (RULE, {60: 9.0, 120: 10.0}, "OK"),
        (Rule("LessThanThreshold", 10.0, 60, 3, 2, "breaching"), {120: 9.0}, "ALARM"),
        (Rule("LessThanThreshold", 10.0, 60, 3, 2), {120: 9.0}, "OK"),
        (RULE, {-60: 50.0}, None),
    ],
)
def test_the_datapoints_up_to_the_newest_are_judged(
    rule: Rule, points: dict[int, float], state: str | None
) -> None:
    verdict = judge(rule, points, now=125.0)
    assert (verdict and verdict.state) == state


@pytest.mark.parametrize(
    ("missing", "state"),
    [("missing", "INSUFFICIENT_DATA"), ("notBreaching", "OK"), ("breaching", "ALARM"), ("ignore", None)],
)
def test_an_alarm_without_data_says_what_missing_data_means(missing: str, state: str | None) -> None:
    verdict = without_data(Rule("GreaterThanThreshold", 1.0, 60, 3, 2, missing))
    assert (verdict and verdict.state) == state


def test_a_new_alarm_is_not_judged_by_what_is_missing_in_its_first_minute(
    clocked: tuple[Alarms, list[float], list[dict[str, Any]]], engine: Engine, account: str
) -> None:
    alarms, now, _ = clocked
    client = engine.client(account, REGION, "cloudwatch")
    client.put_metric_alarm(
        AlarmName="silence", Namespace="silent", MetricName="beats", Statistic="Sum", Period=60,
        EvaluationPeriods=1, Threshold=1, ComparisonOperator="LessThanThreshold",
        TreatMissingData="breaching",
    )  # fmt: skip
    found = {}
    for later in (0, 59, 61):
        now[0] += later
        alarms.evaluate(account, REGION)
        found[later] = client.describe_alarms(AlarmNames=["silence"])["MetricAlarms"][0]["StateValue"]
    assert found == {0: "INSUFFICIENT_DATA", 59: "INSUFFICIENT_DATA", 61: "ALARM"}


def test_what_is_missing_breaches_only_once_all_of_it_is() -> None:
    rule = Rule("LessThanThreshold", 1.0, 300, 6, 6, "breaching")
    for minutes, state in ((4, "OK"), (12, "OK"), (29, "OK"), (37, None)):
        verdict = judge(rule, {0: 1.0}, now=minutes * 60.0)
        assert (verdict and verdict.state) == state


def test_the_store_forgets_what_is_older_than_fifteen_days() -> None:
    store, series = MetricStore(), Series("1", REGION, "n", "m", frozenset())
    one, days = Statistics(1, 1, 1, 1), 15 * 86400.0
    for stamp in (0.0, 60.0, days + 30):
        store.add(series, stamp, one, stamp)
    assert store.buckets([series], 60, days + 30) == {60: one, days: one}
    assert store.buckets([series], 300, days + 30) == {0: one, days: one}
    assert store.buckets([series], 300, days + 30, since=days - 600) == {days: one}
