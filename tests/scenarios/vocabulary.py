"""The words in which the stories are told: what happens to a gateway, and what can be seen of it."""

import html
import json
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from scripts.stories.events import contributor_change, now
from scripts.stories.places import Gateway, Organization, eventually

SPIKE_BYTES = 5e9
Document = dict[str, Any]

# ---- what happens ----


def traffic_rises(on: Gateway, *metrics: str) -> None:
    """The gateway's metrics of the last minute show a spike."""
    _count(on, SPIKE_BYTES, now() - timedelta(minutes=1), metrics)


def traffic_calms(on: Gateway, *metrics: str) -> None:
    """Its metrics of this minute show nothing."""
    _count(on, 0.0, now(), metrics)


def _count(on: Gateway, value: float, at: datetime, metrics: tuple[str, ...]) -> None:
    dimensions = [{"Name": "NatGatewayId", "Value": on.id}]
    if on.availability == "regional":
        dimensions.append({"Name": "AvailabilityZone", "Value": f"{on.region}a"})
    data = [
        {"MetricName": name, "Dimensions": dimensions, "Timestamp": at, "Value": value, "Unit": "Bytes"}
        for name in metrics or ("BytesInFromDestination",)
    ]
    on.client("cloudwatch").put_metric_data(Namespace="AWS/NATGateway", MetricData=data)


def alarm_fires(on: Gateway, direction: str = "download", at: datetime | None = None) -> datetime:
    """CloudWatch tells that the gateway entered ALARM; answers when it did."""
    return _told(on, direction, "ALARM", at or now())


def alarm_recovers(on: Gateway, direction: str = "download", at: datetime | None = None) -> datetime:
    """CloudWatch tells that it left it."""
    return _told(on, direction, "OK", at or now())


def _told(on: Gateway, direction: str, state: str, at: datetime) -> datetime:
    alarm = f"natrec-standard-{direction}-{on.availability}"
    answer = on.client("events").put_events(Entries=[contributor_change(on, alarm, state, at)])
    assert answer["FailedEntryCount"] == 0, answer
    return at


def hub_stops(execution: Document) -> None:
    """Somebody stops the execution by hand."""
    machine = execution["stateMachineArn"]
    assert machine.endswith(":natrec-recording")
    organization: Organization = execution["organization"]
    organization.hub("stepfunctions").stop_execution(executionArn=execution["executionArn"])


# ---- what is seen ----


def executions(of: Gateway) -> list[Document]:
    """Every execution that an onset of this gateway started, the newest first."""
    steps = of.organization.hub("stepfunctions")
    hub = of.organization.line["hub"]
    machine = f"arn:aws:states:{hub['region']}:{hub['account']}:stateMachine:natrec-recording"
    pages = steps.get_paginator("list_executions").paginate(stateMachineArn=machine)
    listed = [each["executionArn"] for page in pages for each in page["executions"]]
    own = [each for each in listed if of.id in of.organization.input_of(each)]
    found = (steps.describe_execution(executionArn=each) for each in own)
    return [{**each, "organization": of.organization} for each in found]


def recordings(of: Gateway) -> list[Document]:
    """The gateway's recordings as the hub's history has them, without onsets that were refused."""
    read = TypeDeserializer().deserialize
    dynamodb = of.organization.hub("dynamodb")
    pages = dynamodb.get_paginator("scan").paginate(
        TableName="natrec",
        FilterExpression="sk = :recording AND gateway = :gateway",
        ExpressionAttributeValues={":recording": {"S": "RECORDING"}, ":gateway": {"S": of.id}},
    )
    found = [{name: read(value) for name, value in item.items()} for page in pages for item in page["Items"]]
    admitted = [each for each in found if each["state"] != "refused"]
    return sorted(admitted, key=lambda each: str(each["opened_at"]))


def opened(on: Gateway, number: int = 1) -> Document:
    """The gateway's n-th recording, once its execution waits for recovery."""
    # What costs little is asked first: the history is read from a scan of the table.
    eventually(lambda: "task_token" in gateway_item(on) and len(recordings(on)) >= number)
    return recordings(on)[-1]


def closed(on: Gateway, number: int = 1, within: float = 30.0) -> Document:
    """The gateway's n-th recording, once its execution has ended."""

    def ended() -> bool:
        if any(each["status"] == "RUNNING" for each in executions(on)):
            return False
        return len([each for each in recordings(on) if each["state"] != "open"]) >= number

    eventually(ended, within)
    return recordings(on)[-1]


def refused(on: Gateway) -> Document:
    """The answer of the gateway's latest execution, which refuses to record."""
    eventually(lambda: "output" in executions(on)[0])
    answer: Document = json.loads(executions(on)[0]["output"])["opened"]["recording"]
    assert answer["state"] == "refused"
    return answer


def behind(on: Gateway, address: str) -> tuple[str, str]:
    """The instance that holds an address behind the gateway, as people call it, and its team."""
    [gateway] = on.client("ec2").describe_nat_gateways(NatGatewayIds=[on.id])["NatGateways"]
    wanted = [
        {"Name": "vpc-id", "Values": [gateway["VpcId"]]},
        {"Name": "private-ip-address", "Values": [address]},
    ]
    [group] = on.client("ec2").describe_instances(Filters=wanted)["Reservations"]
    [instance] = group["Instances"]
    tags = {tag["Key"]: tag["Value"] for tag in instance["Tags"]}
    return f"{instance['InstanceId']} {tags['Name']}", tags["team"]


def gateway_item(of: Gateway) -> Document:
    """What the hub's table knows of the gateway: lease, alarms, cooldown."""
    key = {"pk": {"S": f"GATEWAY#{of.account}#{of.region}#{of.id}"}, "sk": {"S": "GATEWAY"}}
    item = of.organization.hub("dynamodb").get_item(TableName="natrec", Key=key, ConsistentRead=True)
    read = TypeDeserializer().deserialize
    return {name: read(value) for name, value in item.get("Item", {}).items()}


def usage(of: Gateway) -> int:
    """How many recordings count against the gateway's quota today."""
    key = {
        "pk": {"S": f"USAGE#gateway#{of.account}/{of.region}/{of.id}"},
        "sk": {"S": f"opened_day#{now():%Y-%m-%d}"},
    }
    item = of.organization.hub("dynamodb").get_item(TableName="natrec", Key=key, ConsistentRead=True)
    return int(item.get("Item", {}).get("used", {}).get("N", 0))


def flow_logs(of: Gateway) -> list[Document]:
    """Every flow log on the gateway, whoever made it."""
    resource = of.id if of.availability == "regional" else of.interface
    pages = (
        of.client("ec2")
        .get_paginator("describe_flow_logs")
        .paginate(Filter=[{"Name": "resource-id", "Values": [resource]}])
    )
    return [each for page in pages for each in page["FlowLogs"]]


def failsafes(of: Gateway, recording: Document) -> list[Document]:
    """The schedules that would delete the recording's flow logs."""
    listed = of.client("scheduler").list_schedules(GroupName="natrec", NamePrefix=recording["id"])
    found: list[Document] = listed["Schedules"]
    return found


def letters(about: Gateway) -> list[tuple[str, str]]:
    """Subject and text of each mail about the gateway, the oldest first; none is on its way any more."""
    about.organization.notices_are_delivered()
    parser = BytesParser(policy=policy.default)
    files = sorted(
        Path(about.organization.line["mail"]).glob("*.eml"), key=lambda each: each.stat().st_mtime_ns
    )
    parsed = [parser.parsebytes(each.read_bytes()) for each in files]
    mail = [(str(each["Subject"]), str(each.get_content())) for each in parsed]
    return [(subject, text) for subject, text in mail if about.id in subject]


def objects(of: Document, at: Organization) -> list[str]:
    """Keys of a recording's own objects in the archive."""
    pages = at.archive("s3").get_paginator("list_objects_v2").paginate(Bucket=at.bucket, Prefix="natrec/")
    keys = [each["Key"] for page in pages for each in page.get("Contents", [])]
    return [key for key in keys if any(flow_log in key for flow_log in of["flow_logs"])]


def report(of: Document, at: Organization) -> Document:
    """The recording's report.json."""
    bucket, key = of["report"].removeprefix("s3://").split("/", 1)
    document: Document = json.loads(at.hub("s3").get_object(Bucket=bucket, Key=key)["Body"].read())
    return document


def page_of(of: Document, at: Organization) -> str:
    """The recording's report.html, as a person reads its text."""
    bucket, key = of["report"].removeprefix("s3://").split("/", 1)
    page = at.hub("s3").get_object(Bucket=bucket, Key=f"{key.removesuffix('.json')}.html")
    return html.unescape(page["Body"].read().decode())


def stays(true: Callable[[], object], seconds: float = 1.5) -> bool:
    """Whether something is still true after everything had time to change it."""
    end, pause = now() + timedelta(seconds=seconds), threading.Event()
    while now() < end:
        if not true():
            return False
        pause.wait(0.1)
    return bool(true())
