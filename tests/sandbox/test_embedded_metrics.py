"""Lines in the embedded metric format become metrics, or nothing and a count of what was wrong."""

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from scripts.sandbox.engine import embedded_metrics
from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.embedded_metrics import Embedded, InvalidError

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

REGION = "eu-west-1"
NOW = 1_763_900_000_000


def line(root: dict[str, Any] | None = None, /, stamp: object = NOW, **directive: object) -> str:
    told = {
        "Namespace": "shop",
        "Dimensions": [["reason"]],
        "Metrics": [{"Name": "refused", "Unit": "Count"}],
        **directive,
    }
    metadata = {"Timestamp": stamp, "CloudWatchMetrics": [told]}
    return json.dumps({"_aws": metadata, "reason": "late", "refused": 2, "gateway": "nat-1", **(root or {})})


def test_a_line_gives_its_metrics_under_each_set_of_its_dimensions() -> None:
    told = embedded_metrics.read(line({"refused": [1, 2.5]}, Dimensions=[["reason"], []]))
    assert told == [
        Embedded("shop", "refused", frozenset({("reason", "late")}), (1, 2.5), "Count", NOW),
        Embedded("shop", "refused", frozenset(), (1, 2.5), "Count", NOW),
    ]


@pytest.mark.parametrize("text", ["", "START RequestId: 1", "{", '{"level": "INFO"}', '{"_aws": {}}', "[1]"])
def test_any_other_line_gives_nothing(text: str) -> None:
    assert embedded_metrics.read(text) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (line(stamp="now"), "Timestamp"),
        (line(Namespace=""), "Namespace"),
        (line(Namespace="n" * 1025), "Namespace"),
        (line(Dimensions=[]), "Dimensions"),
        (line(Dimensions=[[f"d{each}" for each in range(31)]]), "31 in one set"),
        (line({"reason": 7}), "must be a text"),
        (line({"reason": "x" * 1025}), "must be a text"),
        (line(Dimensions=[["absent"]]), "absent"),
        (line(Metrics=[{"Name": "refused"}] * 101), "101 are more than 100"),
        (line(Metrics=[{"Unit": "Count"}]), "Name"),
        (line(Metrics=[{"Name": "refused", "Unit": "Dollars"}]), "no unit"),
        (line(Metrics=[{"Name": "refused", "StorageResolution": 5}]), "StorageResolution"),
        (line(Metrics=[{"Name": "absent"}]), "must be a number"),
        (line({"refused": "2"}), "must be a number"),
        (line({"refused": True}), "must be a number"),
        (line({"refused": [1] * 101}), "101 values"),
    ],
)
def test_a_line_that_breaks_the_format_says_where(text: str, says: str) -> None:
    with pytest.raises(InvalidError, match=says):
        embedded_metrics.read(text)


@pytest.fixture
def logs(engine: Engine, account: str) -> "CloudWatchLogsClient":
    client: CloudWatchLogsClient = engine.client(account, REGION, "logs")
    client.create_log_group(logGroupName="/aws/lambda/shop")
    client.create_log_stream(logGroupName="/aws/lambda/shop", logStreamName="one")
    return client


def put(logs: "CloudWatchLogsClient", *lines: str) -> None:
    now = int(time.time() * 1000)
    events: Any = [{"timestamp": now, "message": each} for each in lines]
    logs.put_log_events(logGroupName="/aws/lambda/shop", logStreamName="one", logEvents=events)


def fresh(root: dict[str, Any] | None = None, /, **directive: object) -> str:
    return line(root, stamp=int(time.time() * 1000), **directive)


def test_what_is_logged_is_listed_counted_and_searched(
    logs: "CloudWatchLogsClient", engine: Engine, account: str
) -> None:
    put(logs, fresh(), "START", fresh({"reason": "late", "refused": 3}), fresh({"reason": "early"}))
    put(logs, fresh({"total": 7}, Dimensions=[[]], Metrics=[{"Name": "total"}]), fresh({"total": 9}))
    cloudwatch = engine.client(account, REGION, "cloudwatch")
    listed = cloudwatch.list_metrics(Namespace="shop")["Metrics"]
    assert [(each["MetricName"], each["Dimensions"]) for each in listed] == [
        ("refused", [{"Name": "reason", "Value": "late"}]),
        ("refused", [{"Name": "reason", "Value": "early"}]),
        ("total", []),
    ]
    since, until = time.time() - 3600, time.time() + 60
    late = [{"Name": "reason", "Value": "late"}]
    [point] = cloudwatch.get_metric_statistics(
        Namespace="shop", MetricName="refused", Dimensions=late,
        StartTime=since, EndTime=until, Period=3600 * 24, Statistics=["Sum", "SampleCount"],
    )["Datapoints"]  # fmt: skip
    assert (point["Sum"], point["SampleCount"], point["Unit"]) == (5 + 2, 3, "Count")
    search = "SEARCH('{shop,reason} MetricName=\"refused\"', 'Sum', 86400)"
    found = cloudwatch.get_metric_data(
        StartTime=since, EndTime=until, MetricDataQueries=[{"Id": "found", "Expression": search}]
    )["MetricDataResults"]
    assert {each["Label"]: sum(each["Values"]) for each in found} == {"early": 2, "late": 7}


def test_a_broken_line_gives_no_metric_and_is_counted(
    logs: "CloudWatchLogsClient", engine: Engine, account: str
) -> None:
    put(logs, fresh({"refused": "two"}))
    listed = engine.client(account, REGION, "cloudwatch").list_metrics()["Metrics"]
    assert [(each["Namespace"], each["MetricName"]) for each in listed] == [
        ("AWS/Logs", "EMFValidationErrors")
    ]
