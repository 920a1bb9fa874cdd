"""GetMetricData: what CloudWatch's documentation says of queries, and nothing that is not understood."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from scripts.sandbox.engine.core import Engine

REGION = "eu-west-1"
TOP = (
    'SELECT SUM(NetworkIn) FROM SCHEMA("AWS/EC2", InstanceId) GROUP BY InstanceId ORDER BY MAX() DESC LIMIT 2'
)
GATEWAY = {
    "Metric": {
        "Namespace": "AWS/NATGateway",
        "MetricName": "BytesInFromDestination",
        "Dimensions": [{"Name": "NatGatewayId", "Value": "nat-1"}],
    },
    "Period": 60,
    "Stat": "Sum",
}


class Metrics:
    """One account, and minutes that are all over."""

    def __init__(self, engine: Engine, account: str) -> None:
        self.client = engine.client(account, REGION, "cloudwatch")
        self.now = datetime.fromtimestamp(time.time() // 60 * 60, UTC)

    def put(self, namespace: str, metric: str, dimensions: dict[str, str], *amounts: float) -> None:
        """So much in the minutes before now, the last of which is the latest."""
        named = [{"Name": name, "Value": value} for name, value in dimensions.items()]
        data = [
            {
                "MetricName": metric,
                "Dimensions": named,
                "Timestamp": self.now - timedelta(minutes=len(amounts) - number),
                "Value": amount,
            }
            for number, amount in enumerate(amounts)
        ]
        self.client.put_metric_data(Namespace=namespace, MetricData=data)

    def ask(self, *queries: dict[str, Any], minutes: int = 60, **more: object) -> list[dict[str, Any]]:
        start = self.now - timedelta(minutes=minutes)
        asked = {"StartTime": start, "EndTime": self.now, "MetricDataQueries": list(queries), **more}
        answer: list[dict[str, Any]] = self.client.get_metric_data(**asked)["MetricDataResults"]
        return answer

    def refused(self, *queries: dict[str, Any], **more: object) -> str:
        with pytest.raises(ClientError) as problem:
            self.ask(*queries, **more)  # type: ignore[arg-type] # a request nobody should make
        assert problem.value.response["Error"]["Code"] == "ValidationError"
        return str(problem.value)


@pytest.fixture
def metrics(engine: Engine, account: str) -> Metrics:
    return Metrics(engine, account)


def query(expression: str = TOP, **more: object) -> dict[str, Any]:
    return {"Id": "q1", "Expression": expression, "Period": 60, **more}


def test_a_query_tells_each_group_by_its_label_the_highest_first(metrics: Metrics) -> None:
    for instance, amounts in {"i-1": (9.0, 9.0), "i-2": (1.0, 12.0), "i-3": (2.0, 20.0)}.items():
        metrics.put("AWS/EC2", "NetworkIn", {"InstanceId": instance}, *amounts)
    metrics.put("AWS/EC2", "NetworkIn", {"AutoScalingGroupName": "asg-1"}, 100.0)
    metrics.put("AWS/EC2", "NetworkOut", {"InstanceId": "i-4"}, 100.0)
    first, second = metrics.ask(query())
    assert [(each["Id"], each["Label"]) for each in (first, second)] == [("q1", "i-3"), ("q1", "i-2")]
    assert first["Values"] == [20, 2]
    assert first["Timestamps"] == [metrics.now - timedelta(minutes=1), metrics.now - timedelta(minutes=2)]
    assert first["StatusCode"] == "Complete"
    oldest_first = metrics.ask(query(), ScanBy="TimestampAscending")[0]
    assert oldest_first["Values"] == [2, 20]


def test_a_single_metric_is_told_beside_a_query(metrics: Metrics) -> None:
    metrics.put("AWS/NATGateway", "BytesInFromDestination", {"NatGatewayId": "nat-1"}, 5.0, 7.0)
    metrics.put("AWS/NATGateway", "BytesInFromDestination", {"NatGatewayId": "nat-2"}, 50.0)
    [gateway] = metrics.ask(query(), {"Id": "gateway", "MetricStat": GATEWAY})
    assert (gateway["Id"], gateway["Values"]) == ("gateway", [7, 5])


def test_several_keys_make_one_label_and_a_missing_one_is_other(metrics: Metrics) -> None:
    metrics.put("ContainerInsights", "pod_network_rx_bytes", {"ClusterName": "shop", "PodName": "etl"}, 5.0)
    metrics.put("ContainerInsights", "pod_network_rx_bytes", {"ClusterName": "shop"}, 4.0)
    told = metrics.ask(
        query('SELECT SUM(pod_network_rx_bytes) FROM "ContainerInsights" GROUP BY ClusterName, PodName')
    )
    assert {each["Label"] for each in told} == {"shop etl", "shop Other"}


def test_only_the_time_asked_for_is_told_its_end_excluded(metrics: Metrics) -> None:
    metrics.put("AWS/EC2", "NetworkIn", {"InstanceId": "i-1"}, 1.0, 2.0, 3.0)
    assert metrics.ask(query(), minutes=2)[0]["Values"] == [3, 2]
    assert metrics.ask(query(), EndTime=metrics.now - timedelta(minutes=1))[0]["Values"] == [2, 1]


def test_what_is_not_to_be_returned_is_not(metrics: Metrics) -> None:
    metrics.put("AWS/EC2", "NetworkIn", {"InstanceId": "i-1"}, 1.0)
    assert metrics.ask(query(ReturnData=False)) == []


def test_two_queries_in_one_request_are_refused(metrics: Metrics) -> None:
    told = metrics.refused(query(), query(Id="q2"))
    assert "Only one Metrics Insights query" in told


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (query("SUM(METRICS(), 1)"), "does not understand SUM"),
        (query("RATE(METRICS())"), "does not understand RATE"),
        (query("absent / 2"), "no series"),
        (query("SEARCH('{AWS/EC2,InstanceId} NetworkIn', 'Sum', 60)"), "the search"),
        (query(Label="${MAX}"), "the label"),
        (query("SELECT SUM(NetworkIn) FROM \"AWS/EC2\" WHERE InstanceId IN ('i-1')"), "WHERE"),
        (query('SELECT P99(NetworkIn) FROM "AWS/EC2"'), "Not a Metrics Insights query"),
        (query(Period=30), "Period"),
        ({"Id": "q1", "Expression": TOP}, "Period"),
        (query(MetricStat=GATEWAY), "either MetricStat or Expression"),
        ({"Id": "q1"}, "either MetricStat or Expression"),
        (query(Id="Q1"), "Id is invalid"),
        (query(AccountId="111111111111"), "AccountId"),
        ({"Id": "q1", "MetricStat": {**GATEWAY, "Stat": "TM(10%:90%)"}}, "does not understand the statistic"),
    ],
)
def test_what_is_not_understood_is_refused(metrics: Metrics, asked: dict[str, Any], says: str) -> None:
    assert says in metrics.refused(asked)


@pytest.mark.parametrize(
    "more", [{"NextToken": "2"}, {"MaxDatapoints": 10}, {"EndTime": datetime(2020, 1, 1, tzinfo=UTC)}]
)
def test_a_request_that_asks_for_more_than_that_is_refused(metrics: Metrics, more: dict[str, Any]) -> None:
    assert metrics.refused(query(), **more)


def test_a_percentile_is_the_value_of_its_rank(metrics: Metrics) -> None:
    stamp = metrics.now - timedelta(minutes=1)
    named = GATEWAY["Metric"]["Dimensions"]  # type: ignore[index] # a request's own shape
    metrics.client.put_metric_data(
        Namespace="AWS/NATGateway",
        MetricData=[
            {
                "MetricName": "BytesInFromDestination",
                "Dimensions": named,
                "Timestamp": stamp,
                "Values": [1.0, 5.0, 100.0],
                "Counts": [5.0, 4.0, 1.0],
            }
        ],
    )
    for statistic, value in {"p50": 1, "p90": 5, "p99.9": 100}.items():
        [told] = metrics.ask({"Id": "q1", "MetricStat": {**GATEWAY, "Stat": statistic}})
        assert told["Values"] == [value]


def test_math_is_answered_beside_what_it_is_made_of(metrics: Metrics) -> None:
    metrics.put("AWS/NATGateway", "BytesInFromDestination", {"NatGatewayId": "nat-1"}, 5.0, 7.0)
    hidden = {"Id": "bytes", "MetricStat": GATEWAY, "ReturnData": False}
    [told] = metrics.ask({"Id": "kb", "Expression": "bytes / 1000", "Label": "KB"}, hidden)
    assert (told["Id"], told["Label"], told["Values"]) == ("kb", "KB", [0.007, 0.005])
    [told] = metrics.ask({"Id": "sum", "Expression": "twice + bytes"}, hidden, {
        "Id": "twice", "Expression": "bytes * 2", "ReturnData": False
    })  # fmt: skip
    assert told["Values"] == [21, 15]


def test_a_search_tells_each_metric_by_its_dimension(metrics: Metrics) -> None:
    for reason, amounts in {"muted": (1.0,), "disabled": (2.0, 3.0)}.items():
        metrics.put("natrec", "onsets_refused", {"reason": reason}, *amounts)
    metrics.put("natrec", "onsets_refused", {}, 100.0)
    search = "SEARCH('{natrec,reason} MetricName=\"onsets_refused\"', 'Sum', 3600)"
    told = metrics.ask({"Id": "s", "Expression": search, "Label": "${PROP('Dim.reason')}"}, minutes=120)
    assert {each["Label"]: sum(each["Values"]) for each in told} == {"disabled": 5, "muted": 1}


def test_what_was_before_the_first_value_is_simply_empty(metrics: Metrics) -> None:
    metrics.put("AWS/EC2", "NetworkIn", {"InstanceId": "i-1"}, 1.0)
    assert metrics.ask(query(), minutes=30 * 24 * 60)[0]["Values"] == [1]
