"""What others saw of the hub: Step Functions, EC2, EventBridge Scheduler, SQS, S3 and the mail box."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.parser import BytesParser
from pathlib import Path

from scripts.stories.ledgers import Counted
from scripts.stories.places import Document, Organization

_PAGE = {"PageSize": 1000}


@dataclass(frozen=True)
class Answered:
    """What Step Functions knows of one execution.

    Attributes:
        arn: Which.
        status: How it ended.
        account: Of the gateway that its input names.
        gateway: That gateway, as the hub writes it.
        answer: What came of it: `closed`, or the reason of a refusal.
        delivered: Bytes that its recording found in the archive.

    """

    arn: str
    status: str
    account: str
    gateway: str
    answer: str
    delivered: int = 0


def executions(organization: Organization) -> list[Document]:
    """The executions of recordings, as they are listed."""
    return _listed(organization, organization.names.state_machine)


def _listed(organization: Organization, machine: str) -> list[Document]:
    hub = organization.line["hub"]
    arn = f"arn:aws:states:{hub['region']}:{hub['account']}:stateMachine:{machine}"
    pages = (
        organization.hub("stepfunctions")
        .get_paginator("list_executions")
        .paginate(stateMachineArn=arn, PaginationConfig=_PAGE)
    )
    return [each for page in pages for each in page["executions"]]


def sweeps(organization: Organization) -> list[Document]:
    """What each sweep answered, also those that the hub's own schedule started; the last one last."""
    listed = sorted(
        _listed(organization, organization.names.sweep_machine), key=lambda each: str(each["startDate"])
    )
    steps = organization.hub("stepfunctions")
    return [
        json.loads(steps.describe_execution(executionArn=each["executionArn"])["output"]) for each in listed
    ]


def heard(organization: Organization) -> list[Answered]:
    """Every execution, described."""
    arns = [each["executionArn"] for each in executions(organization)]
    steps = organization.hub("stepfunctions")
    with ThreadPoolExecutor(4) as threads:
        return [
            _answered(each)
            for each in threads.map(lambda arn: steps.describe_execution(executionArn=arn), arns)
        ]


def _answered(execution: Document) -> Answered:
    event, output = json.loads(execution["input"]), json.loads(execution.get("output", "{}"))
    gateway = event["detail"]["alarmContributor"]["attributes"]["NatGatewayId"]
    place = f"{event['account']}/{event['region']}/{gateway}"
    ended = output.get("closed", output.get("opened", {})).get("recording", {})
    answer = ended["reason"] if ended.get("state") == "refused" else ended.get("state", "nothing")
    delivered = output.get("reported", {}).get("recording", {}).get("delivered_bytes", 0)
    return Answered(
        execution["executionArn"], execution["status"], event["account"], place, answer, delivered
    )


def usage(executions: Iterable[Answered]) -> Mapping[Counted, int]:
    """The counters that are not zero, as they follow from what the executions did."""
    found = Counter[Counted]()
    for each in executions:
        if each.answer == "closed":
            for scope, holder in (
                ("gateway", each.gateway),
                ("account", each.account),
                ("organization", "organization"),
            ):
                found[scope, holder, "opened_day"] += 1
                found[scope, holder, "opened_month"] += 1
        for measure in ("delivered_day", "delivered_month"):
            found["organization", "organization", measure] += each.delivered
    return +found


def most_at_once(organization: Organization, executions: Iterable[Answered]) -> int:
    """How many recordings were certainly on at the same moment, at most.

    A recording is certainly on from the end of OpenRecording to the begin of CloseRecording.
    """
    steps = organization.hub("stepfunctions")
    moments: list[tuple[datetime, int]] = []
    for each in executions:
        if each.answer == "closed":
            history = steps.get_execution_history(executionArn=each.arn, maxResults=1000)["events"]
            moments.append((_moment(history, "stateExitedEventDetails", "OpenRecording"), 1))
            moments.append((_moment(history, "stateEnteredEventDetails", "CloseRecording"), -1))
    now = most = 0
    for _, change in sorted(moments):
        now += change
        most = max(most, now)
    return most


def _moment(history: list[Document], kind: str, state: str) -> datetime:
    found: datetime = next(e["timestamp"] for e in history if e.get(kind, {}).get("name") == state)
    return found


def flow_logs(organization: Organization) -> Iterator[Document]:
    """Every flow log of every account and region."""
    for account, region in _places(organization):
        pages = organization.client(account, region, "ec2").get_paginator("describe_flow_logs").paginate()
        yield from (each for page in pages for each in page["FlowLogs"])


def schedules(organization: Organization) -> list[str]:
    """Names of all failsafes of every account and region."""
    return [
        each["Name"]
        for account, region in _places(organization)
        for page in organization.client(account, region, "scheduler")
        .get_paginator("list_schedules")
        .paginate(GroupName=organization.names.schedule_group)
        for each in page["Schedules"]
    ]


def undeliverable(organization: Organization) -> list[Document]:
    """Every queue that holds messages, of the hub and of all accounts: all of them are for dead letters."""
    hub = organization.line["hub"]
    found = []
    for account, region in {(hub["account"], hub["region"]), *_places(organization)}:
        sqs = organization.client(account, region, "sqs")
        for url in sqs.list_queues().get("QueueUrls", []):
            asked = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
            if asked["Attributes"]["ApproximateNumberOfMessages"] != "0":
                found.append({"queue": url, **asked["Attributes"]})
    return found


def _places(organization: Organization) -> list[tuple[str, str]]:
    return [(a, r) for a in organization.line["accounts"] for r in organization.line["regions"]]


def letters(organization: Organization, gist: str) -> Counter[str]:
    """How many letters of this gist there are about each recording; none is on its way any more."""
    organization.notices_are_delivered()
    parser, found = BytesParser(policy=policy.default), Counter[str]()
    for file in Path(organization.line["mail"]).glob("*.eml"):
        letter = parser.parsebytes(file.read_bytes())
        if str(letter["Subject"]).startswith(f"natrec: {gist} nat-"):
            found.update(re.findall(r"^Recording (rec-\S+)", str(letter.get_content()), re.MULTILINE))
    return found


def reports(organization: Organization, bucket: str) -> Counter[str]:
    """How many reports there are of each recording."""
    pages = organization.hub("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket)
    keys = [each["Key"] for page in pages for each in page.get("Contents", [])]
    return Counter(key.split("/")[-2] for key in keys if key.endswith("/report.json"))


def conflicts(organization: Organization, between: tuple[datetime, datetime]) -> int:
    """How many items of writes were refused because a transaction was on its way."""
    answer = organization.hub("cloudwatch").get_metric_statistics(
        Namespace="AWS/DynamoDB",
        MetricName="TransactionConflict",
        Dimensions=[{"Name": "TableName", "Value": organization.names.table}],
        StartTime=between[0],
        EndTime=between[1],
        Period=60,
        Statistics=["Sum"],
    )
    return int(sum(each["Sum"] for each in answer["Datapoints"]))
