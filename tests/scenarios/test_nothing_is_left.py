"""Whatever breaks, no flow log stays on, and the team hears of it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from scripts.sandbox.remote import ask
from scripts.stories.events import now
from scripts.stories.places import HOME, Gateway, Organization, eventually
from scripts.stories.sweeps import sweep_runs
from tests.scenarios.vocabulary import (
    alarm_fires,
    alarm_recovers,
    closed,
    executions,
    failsafes,
    flow_logs,
    gateway_item,
    hub_stops,
    letters,
    opened,
    recordings,
    refused,
    usage,
)


def test_the_sweep_closes_what_a_stopped_execution_left_open_and_has_it_reported(
    organization: Organization, gateway: Gateway
) -> None:
    alarm_fires(on=gateway)
    recording = opened(on=gateway)
    hub_stops(executions(of=gateway)[0])
    assert flow_logs(of=gateway)
    assert sweep_runs(organization)["closed"] >= 1
    assert not flow_logs(of=gateway)
    assert not failsafes(gateway, recording)
    assert "recording" not in gateway_item(gateway)
    [found] = recordings(of=gateway)
    assert found["state"] == "closed"
    assert "its execution ended without closing it" in found["reason"]
    eventually(lambda: len(letters(about=gateway)) == 3, 30)
    assert "report" in recordings(of=gateway)[0]
    assert [subject.split(" nat-")[0] for subject, _ in letters(about=gateway)] == [
        "natrec: recording",
        "natrec: closed by the sweep:",
        "natrec: recorded",
    ]


def test_a_stopped_execution_that_is_redriven_reports_what_the_sweep_has_closed(
    organization: Organization, gateway: Gateway
) -> None:
    alarm_fires(on=gateway)
    opened(on=gateway)
    stopped = executions(of=gateway)[0]
    hub_stops(stopped)
    sweep_runs(organization)
    organization.hub("stepfunctions").redrive_execution(executionArn=stopped["executionArn"])
    eventually(lambda: executions(of=gateway)[-1]["status"] == "SUCCEEDED", 30)
    assert "report" in recordings(of=gateway)[0]
    assert not flow_logs(of=gateway)


def test_the_sweep_leaves_a_healthy_recording_alone(organization: Organization, gateway: Gateway) -> None:
    alarm_fires(on=gateway)
    recording = opened(on=gateway)
    sweep_runs(organization)
    sweep_runs(organization, "full")
    assert flow_logs(of=gateway)
    assert gateway_item(gateway)["recording"] == recording["id"]
    alarm_recovers(on=gateway)
    closed(on=gateway)


def test_the_failsafe_deletes_the_flow_log_with_the_hub_gone(
    organization: Organization, gateway: Gateway
) -> None:
    alarm_fires(on=gateway)
    recording = opened(on=gateway)
    hub_stops(executions(of=gateway)[0])
    scheduler = gateway.client("scheduler")
    armed = scheduler.get_schedule(Name=recording["id"], GroupName="natrec")
    soon = now() + timedelta(seconds=1)
    scheduler.update_schedule(
        Name=armed["Name"],
        GroupName=armed["GroupName"],
        ScheduleExpression=f"at({soon:%Y-%m-%dT%H:%M:%S})",
        FlexibleTimeWindow=armed["FlexibleTimeWindow"],
        ActionAfterCompletion=armed["ActionAfterCompletion"],
        Target=armed["Target"],
    )
    eventually(lambda: not flow_logs(of=gateway))
    eventually(lambda: not failsafes(gateway, recording))
    sweep_runs(organization)
    assert recordings(of=gateway)[0]["state"] == "closed"


def test_a_flow_log_that_cannot_be_created_fails_the_recording_and_gives_the_quota_back(
    organization: Organization, gateway: Gateway
) -> None:
    with _archive_closed(organization):
        alarm_fires(on=gateway)
        recording = closed(on=gateway)
    assert recording["state"] == "failed"
    assert "LogDestination" in recording["reason"]
    assert executions(of=gateway)[0]["status"] == "FAILED"
    assert usage(of=gateway) == 0
    assert "recording" not in gateway_item(gateway)
    assert not failsafes(gateway, recording)
    [(subject, text)] = letters(about=gateway)
    assert subject.startswith("natrec: could not record")
    assert "LogDestination" in text
    alarm_recovers(on=gateway)
    alarm_fires(on=gateway)
    opened(on=gateway)
    alarm_recovers(on=gateway)
    assert closed(on=gateway, number=2)["state"] == "closed"


def test_records_that_cannot_be_delivered_are_told_while_the_recording_runs(
    organization: Organization, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", organization.line["endpoint"])
    alarm_fires(on=gateway)
    opened(on=gateway)
    some = {"mbps": 1, "seconds": 1, "direction": "download"}
    with _archive_closed(organization):
        ask("traffic", {"account": gateway.account, "region": gateway.region, "gateway": gateway.id, **some})
        eventually(lambda: flow_logs(of=gateway)[0]["DeliverLogsStatus"] == "FAILED", 30)
        assert sweep_runs(organization)["undelivered"] >= 1
    assert flow_logs(of=gateway), "it still records"
    subject, text = letters(about=gateway)[-1]
    assert subject.startswith("natrec: no records arrive")
    assert "'Access error'" in text
    alarm_recovers(on=gateway)
    assert closed(on=gateway)["delivery_error"] == "Access error"


def test_a_spoke_whose_worker_role_is_gone_is_refused_as_unreachable(organization: Organization) -> None:
    account = organization.line["accounts"][-1]
    gateway = organization.gateway(account=account, region="us-east-1")
    with _worker_gone(organization, account, "us-east-1"):
        alarm_fires(on=gateway)
        eventually(lambda: executions(of=gateway) and executions(of=gateway)[0]["status"] != "RUNNING")
    assert refused(on=gateway)["reason"] == "spoke_unreachable"
    assert not flow_logs(of=gateway)
    assert usage(of=gateway) == 0


def test_a_gateway_that_does_not_exist_is_refused_as_unknown(organization: Organization) -> None:
    stranger = Gateway(organization, organization.line["accounts"][0], HOME, "nat-0123456789abcdef0", "zonal")
    alarm_fires(on=stranger)
    eventually(lambda: executions(of=stranger) and executions(of=stranger)[0]["status"] == "SUCCEEDED")
    assert refused(on=stranger)["reason"] == "unknown_gateway"


def test_a_users_own_flow_log_on_the_same_interface_is_never_touched(gateway: Gateway) -> None:
    bucket = f"own-logs-{gateway.id.removeprefix('nat-')}"
    gateway.client("s3").create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": gateway.region}
    )
    made = gateway.client("ec2").create_flow_logs(
        ResourceType="NetworkInterface",
        ResourceIds=[gateway.interface],
        TrafficType="ALL",
        LogDestinationType="s3",
        LogDestination=f"arn:aws:s3:::{bucket}",
    )
    assert not made["Unsuccessful"], made
    alarm_fires(on=gateway)
    opened(on=gateway)
    assert len(flow_logs(of=gateway)) == 2
    alarm_recovers(on=gateway)
    closed(on=gateway)
    assert [each["FlowLogId"] for each in flow_logs(of=gateway)] == made["FlowLogIds"]


@contextmanager
def _archive_closed(organization: Organization) -> Iterator[None]:
    """Somebody denies log delivery in the archive's bucket policy."""
    s3 = organization.archive("s3")
    policy = s3.get_bucket_policy(Bucket=organization.bucket)["Policy"]
    denied = json.loads(policy)
    denied["Statement"].append(
        {
            "Effect": "Deny",
            "Principal": {"Service": "delivery.logs.amazonaws.com"},
            "Action": "s3:*",
            "Resource": [f"arn:aws:s3:::{organization.bucket}", f"arn:aws:s3:::{organization.bucket}/*"],
        }
    )
    s3.put_bucket_policy(Bucket=organization.bucket, Policy=json.dumps(denied))
    yield
    s3.put_bucket_policy(Bucket=organization.bucket, Policy=policy)


@contextmanager
def _worker_gone(organization: Organization, account: str, region: str) -> Iterator[None]:
    """Somebody deletes the worker role, and later makes it again as it was."""
    iam = organization.client(account, region, "iam")
    name = organization.names.worker_role(region)
    role = iam.get_role(RoleName=name)["Role"]
    policies = {
        each: iam.get_role_policy(RoleName=name, PolicyName=each)["PolicyDocument"]
        for each in iam.list_role_policies(RoleName=name)["PolicyNames"]
    }
    for each in policies:
        iam.delete_role_policy(RoleName=name, PolicyName=each)
    iam.delete_role(RoleName=name)
    yield
    trust = json.dumps(role["AssumeRolePolicyDocument"])
    iam.create_role(RoleName=name, Path=role["Path"], AssumeRolePolicyDocument=trust)
    for each, document in policies.items():
        iam.put_role_policy(RoleName=name, PolicyName=each, PolicyDocument=json.dumps(document))
