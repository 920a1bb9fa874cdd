"""Traffic rises, is recorded, calms, and the team can read it: however the alarm came to be."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orgconfig.record_format import RECORD_FORMAT
from scripts.reading.engine import ask as ask_files
from scripts.reading.files import find
from scripts.sandbox.conversations import CULPRIT_OF
from scripts.sandbox.remote import ask
from scripts.stories.places import Gateway, Organization
from tests.scenarios.vocabulary import (
    alarm_fires,
    alarm_recovers,
    behind,
    closed,
    executions,
    failsafes,
    flow_logs,
    gateway_item,
    letters,
    objects,
    opened,
    page_of,
    report,
    stays,
    traffic_calms,
    traffic_rises,
    usage,
)


def measured_before_the_records(document: dict[str, Any]) -> None:
    """What went through before the flow log was on is in the gateway's own metrics, to the byte."""
    assert document["recording"]["spike"]["download"] == 800_000_000 // 8 * 5
    cost = document["cost"]
    assert cost["spike_by"] == "metrics"
    assert cost["spike_usd"] > cost["nat_processing_usd"]


def test_a_spike_is_recorded_from_its_rise_to_the_report(
    organization: Organization, gateway: Gateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", organization.line["endpoint"])
    spike = {"mbps": 800, "seconds": 5, "direction": "download"}
    ask("traffic", {"account": gateway.account, "region": gateway.region, "gateway": gateway.id, **spike})

    recording = opened(on=gateway)
    [flow_log] = flow_logs(of=gateway)
    assert recording["flow_logs"] == [flow_log["FlowLogId"]]
    assert flow_log["LogFormat"] == " ".join(f"${{{field}}}" for field in RECORD_FORMAT)
    assert len(failsafes(gateway, recording)) == 1
    assert len(letters(about=gateway)) == 1

    recording = closed(on=gateway)
    assert (recording["state"], recording["alarms"]) == ("closed", ["natrec-standard-download-zonal"])
    assert "every alarm recovered" in recording["reason"]
    assert not flow_logs(of=gateway)
    assert not failsafes(gateway, recording)
    assert "recording" not in gateway_item(gateway)
    assert usage(of=gateway) == 1

    keys = objects(recording, organization)
    layout = (
        rf"natrec/AWSLogs/aws-account-id={gateway.account}/aws-service=vpcflowlogs/aws-region={gateway.region}"
        rf"/year=\d{{4}}/month=\d\d/day=\d\d/hour=\d\d/{gateway.account}_vpcflowlogs_{gateway.region}_"
        rf"{flow_log['FlowLogId']}_\d{{8}}T\d{{4}}Z_[0-9a-f]+\.log\.parquet"
    )
    assert keys
    assert all(re.fullmatch(layout, key) for key in keys)
    size = 0
    for number, key in enumerate(keys):
        body = organization.archive("s3").get_object(Bucket=organization.bucket, Key=key)["Body"].read()
        size += len(body)
        (tmp_path / f"{number}.parquet").write_bytes(body)
    records = duckdb.from_parquet(f"{tmp_path}/*.parquet")
    assert tuple(records.columns) == tuple(field.replace("-", "_") for field in RECORD_FORMAT)
    assert set(records.project("account_id, interface_id").distinct().fetchall()) == {
        (gateway.account, gateway.interface)
    }

    document = report(recording, organization)
    told = ask_files(find([str(tmp_path)]), gateways=tuple(recording["addresses"]))
    assert document["bytes"] == {way: told.total(way) for way in ("upload", "download")}
    assert [each["bytes"] for each in document["talkers"]] == [each.bytes for each in told.talkers]
    measured_before_the_records(document)
    first = document["talkers"][0]
    assert (first["direction"], first["remote"], first["remote_service"]) == (
        "download",
        CULPRIT_OF["download"].addresses[0],
        "S3",
    )
    assert first["share"] > 0.7
    assert (first["client_name"], first["owner"]) == behind(gateway, first["client"])
    assert document["headline"].startswith(f"{first['client_name']} (team {first['owner']}) downloaded ")
    assert document["headline"] in page_of(recording, organization)
    facts = document["recording"]
    assert (facts["id"], facts["flow_logs"]) == (recording["id"], recording["flow_logs"])
    assert (facts["delivered_objects"], facts["delivered_bytes"]) == (len(keys), size)
    (started, text), (ended, summary) = letters(about=gateway)
    assert started == f"natrec: recording {_told_as(gateway)}"
    assert ended == f"natrec: recorded {_told_as(gateway)}"
    assert flow_log["FlowLogId"] in text
    assert f"in {len(keys)} objects" in summary
    assert document["headline"] in " ".join(summary.split())
    assert f"&prefix=recordings/{recording['id']}/report.html" in summary
    assert all(len(line) <= 78 or " " not in line for line in text.partition("--")[0].splitlines())


def test_an_event_in_cloudwatchs_name_starts_and_ends_a_recording(gateway: Gateway) -> None:
    alarm_fires(on=gateway)
    recording = opened(on=gateway)
    assert [each["FlowLogId"] for each in flow_logs(of=gateway)] == recording["flow_logs"]
    assert _contributors(gateway) == [gateway.id]
    alarm_recovers(on=gateway)
    assert closed(on=gateway)["state"] == "closed"
    assert not flow_logs(of=gateway)
    assert not _contributors(gateway)


def test_metric_data_alone_starts_and_ends_a_recording(gateway: Gateway) -> None:
    traffic_rises(on=gateway)
    opened(on=gateway)
    assert _contributors(gateway) == [gateway.id]
    traffic_calms(on=gateway)
    assert closed(on=gateway)["state"] == "closed"
    assert not _contributors(gateway)


def test_a_regional_gateway_is_recorded_as_a_whole(organization: Organization) -> None:
    gateway = organization.gateway("regional")
    traffic_rises(on=gateway)
    recording = opened(on=gateway)
    assert recording["alarms"] == ["natrec-standard-download-regional"]
    [flow_log] = flow_logs(of=gateway)
    assert flow_log["ResourceId"] == gateway.id
    traffic_calms(on=gateway)
    assert closed(on=gateway)["state"] == "closed"


def test_a_gateway_far_from_the_hub_is_recorded_in_its_own_region(organization: Organization) -> None:
    gateway = organization.gateway(account=organization.line["accounts"][0], region="us-east-1")
    alarm_fires(on=gateway, direction="upload")
    recording = opened(on=gateway)
    assert recording["aws_region"] == "us-east-1"
    alarm_recovers(on=gateway, direction="upload")
    assert closed(on=gateway)["state"] == "closed"
    assert recording["id"] in letters(about=gateway)[-1][1]


def _metric(gateway: Gateway, name: str) -> dict[str, Any]:
    dimensions = [{"Name": "NatGatewayId", "Value": gateway.id}]
    return {"Namespace": "AWS/NATGateway", "MetricName": name, "Dimensions": dimensions}


def _one_metric(gateway: Gateway) -> dict[str, Any]:
    metric = _metric(gateway, "ErrorPortAllocation")
    return {**metric, "Statistic": "Sum", "Period": 60, "Threshold": 0}


def _sum(gateway: Gateway) -> dict[str, Any]:
    stat = {"Metric": _metric(gateway, "BytesOutToDestination"), "Period": 60, "Stat": "Sum"}
    queries = [
        {"Id": "e1", "Expression": "SUM(METRICS())", "ReturnData": True},
        {"Id": "m1", "MetricStat": stat, "ReturnData": False},
    ]
    return {"Metrics": queries, "Threshold": 0}


def _anomaly_band(gateway: Gateway) -> dict[str, Any]:
    stat = {"Metric": _metric(gateway, "BytesInFromSource"), "Period": 60, "Stat": "Sum"}
    queries = [
        {"Id": "ad1", "Expression": "ANOMALY_DETECTION_BAND(m1, 3)", "ReturnData": True},
        {"Id": "m1", "MetricStat": stat, "ReturnData": True},
    ]
    upper = {"ThresholdMetricId": "ad1", "ComparisonOperator": "GreaterThanUpperThreshold"}
    return {"Metrics": queries, **upper}


@pytest.mark.parametrize("shape", [_one_metric, _sum, _anomaly_band])
def test_a_users_own_alarm_starts_and_ends_a_recording(
    gateway: Gateway, shape: Callable[[Gateway], dict[str, Any]]
) -> None:
    cloudwatch = gateway.client("cloudwatch")
    name = f"natrec-custom-on-{gateway.id}"
    common = {"AlarmName": name, "EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanThreshold"}
    cloudwatch.put_metric_alarm(**{**common, **shape(gateway)})
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="too much")
    assert opened(on=gateway)["alarms"] == [name]
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="as ever")
    assert closed(on=gateway)["state"] == "closed"


def test_an_alarm_with_another_name_starts_nothing(gateway: Gateway) -> None:
    cloudwatch, name = gateway.client("cloudwatch"), f"mine-{gateway.id}"
    common = {"AlarmName": name, "EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanThreshold"}
    cloudwatch.put_metric_alarm(**common, **_one_metric(gateway))
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="by hand")
    assert stays(lambda: not executions(of=gateway))


def _contributors(gateway: Gateway) -> list[str]:
    answer = gateway.client("cloudwatch").describe_alarm_contributors(
        AlarmName=f"natrec-standard-download-{gateway.availability}"
    )
    named = [each["ContributorAttributes"]["NatGatewayId"] for each in answer["AlarmContributors"]]
    return [each for each in named if each == gateway.id]


def _told_as(gateway: Gateway) -> str:
    """The gateway, and its account by name and id."""
    organizations = gateway.organization.management("organizations")
    account = organizations.describe_account(AccountId=gateway.account)["Account"]
    return f"{gateway.id} in {account['Name']} ({account['Id']})"
