"""The policies for people that `natrec doctor --policies` prints: each verb's calls, and no more."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from scripts.sandbox.remote import ask_at
from scripts.stories.places import Gateway, Organization, eventually
from scripts.stories.running import natrec
from stacksets.doctor.people import of_people
from stacksets.loading import load_config
from tests.privilege.simulator import ALLOWED, Request, UnavailableError, judge
from tests.scenarios.vocabulary import closed, recordings

Line = Mapping[str, Any]
# Who needs which policy for what.
VIEWER, OPERATOR, READER = "viewer", "operator", "records-reader"
# Asked by no verb: S3 and DynamoDB ask KMS in the caller's name.
IN_THEIR_NAME = {(each, "kms:Decrypt") for each in (VIEWER, OPERATOR, READER)}
KEY = "key's policy"
# How a person comes into an account is the organization's own.
ENTERING = {"sts:AssumeRole", "sts:GetCallerIdentity"}


class Desk:
    """The command line, and what IAM was asked about each verb."""

    def __init__(self, organization: Organization, folder: Path) -> None:
        self.organization, self.folder = organization, folder
        self.asked: dict[tuple[str, str], list[Line]] = {}

    def runs(self, policy: str, *arguments: str) -> str:
        """Run a verb for who has a policy; what it printed."""
        endpoint, file = self.organization.line["endpoint"], self.folder / f"{len(self.asked)}.jsonl"
        config = () if policy == READER else ("-c", self.organization.line["config"])
        ask_at(endpoint, "access", {"file": str(file)})
        done = natrec(*arguments, *config, AWS_ENDPOINT_URL=endpoint)
        ask_at(endpoint, "access", {"file": None})
        assert done.returncode == 0, done.stderr
        lines = {line: json.loads(line) for line in file.read_text().splitlines()}
        self.asked[policy, arguments[0]] = [
            each
            for each in lines.values()
            if ":role/natrec/" not in each["principal"] and each["action"] not in ENTERING
        ]
        return done.stdout


@pytest.fixture
def desk(organization: Organization, gateway: Gateway, tmp_path: Path) -> Desk:
    """A day at it."""
    desk = Desk(organization, tmp_path)
    place = ("--account", gateway.account, "--region", gateway.region)
    begun = json.loads(desk.runs(OPERATOR, "record", gateway.id, *place, "--no-wait", "--json"))
    desk.runs(OPERATOR, "stop", begun["id"])
    desk.runs(VIEWER, "recordings")
    closed(on=gateway)
    eventually(lambda: recordings(of=gateway)[-1].get("report"), 60)
    desk.runs(VIEWER, "show", begun["id"], "--trace", "--html", str(tmp_path / "report.html"))
    assert begun["id"] in (tmp_path / "report.html").read_text()
    desk.runs(VIEWER, "overview", "-o", str(tmp_path / "overview.html"))
    desk.runs(VIEWER, "cost", "--since", "1d", "--gb", "100")
    page = (tmp_path / "overview.html").read_text()
    assert "Not asked" not in page
    return desk


def requests(desk: Desk) -> Iterator[tuple[str, Request]]:
    for (policy, verb), lines in desk.asked.items():
        assert lines, verb
        for line in lines:
            yield policy, request(desk.organization, policy, line)


def request(organization: Organization, policy: str, line: Line) -> Request:
    hub, region = organization.line["hub"]["account"], organization.line["hub"]["region"]
    account = organization.line["archive"]["account"] if policy == READER else hub
    # What the log of calls cannot know of these, for the request names no resource.
    unknown = {
        "logs:FilterLogEvents": f"arn:aws:logs:{region}:{hub}:log-group:/aws/lambda/natrec-open-recording",
        "sqs:GetQueueUrl": f"arn:aws:sqs:{region}:{hub}:natrec-dead-letters",
    }
    return Request(
        principal=f"arn:aws:sts::{account}:assumed-role/person/session",
        action=line["action"],
        resource=unknown[line["action"]]
        if line["resource"] == "*" and line["action"] in unknown
        else line["resource"],
        account=account,
        keys={"aws:SecureTransport": "true", "aws:RequestedRegion": region, **line.get("keys", {})},
        identity=(policy,),
        resource_policy=KEY if line["action"].startswith("kms:") else None,
    )


def reports_of(organization: Organization) -> str:
    """The bucket of reports."""
    hub = organization.line["hub"]
    return f"arn:aws:s3:::natrec-reports-{hub['account']}-{hub['region']}"


def decrypting(organization: Organization, service: str, **context: str) -> Line:
    """What KMS is asked in somebody's name; by nobody else where no service is told."""
    hub, region = organization.line["hub"]["account"], organization.line["hub"]["region"]
    keys = {f"kms:EncryptionContext:aws:{name.replace('_', ':')}": value for name, value in context.items()}
    via = {"kms:ViaService": f"{service}.{region}.amazonaws.com"} if service else {}
    key = f"arn:aws:kms:{region}:{hub}:key/of-the-hub"
    return {"action": "kms:Decrypt", "resource": key, "keys": {**keys, **via}}


def in_their_name(organization: Organization) -> Iterator[tuple[str, Request]]:
    report = f"{reports_of(organization)}/recordings/rec-1/report.html"
    for policy, line in (
        (VIEWER, decrypting(organization, "dynamodb", dynamodb_tableName="natrec")),
        (VIEWER, decrypting(organization, "s3", s3_arn=report)),
        (OPERATOR, decrypting(organization, "dynamodb", dynamodb_tableName="natrec")),
    ):
        yield policy, request(organization, policy, line)


def in_nobodys_name(organization: Organization) -> Iterator[tuple[str, Request]]:
    for policy, line in (
        (VIEWER, decrypting(organization, "", dynamodb_tableName="natrec")),
        (VIEWER, decrypting(organization, "dynamodb", dynamodb_tableName="other")),
        (VIEWER, decrypting(organization, "s3", s3_arn="arn:aws:s3:::other")),
        (VIEWER, decrypting(organization, "sqs")),
        (OPERATOR, decrypting(organization, "", dynamodb_tableName="natrec")),
        (OPERATOR, decrypting(organization, "dynamodb", dynamodb_tableName="other")),
        (OPERATOR, decrypting(organization, "s3", s3_arn=reports_of(organization))),
    ):
        yield policy, request(organization, policy, line)


def trespasses(organization: Organization) -> Iterator[tuple[str, Request]]:
    hub, region = organization.line["hub"]["account"], organization.line["hub"]["region"]
    table = f"arn:aws:dynamodb:{region}:{hub}:table"
    machine = f"arn:aws:states:{region}:{hub}:stateMachine"
    function = f"arn:aws:lambda:{region}:{hub}:function"
    reports = reports_of(organization)
    tried = [
        (VIEWER, "states:StartExecution", f"{machine}:natrec-recording"),
        (VIEWER, "states:StopExecution", f"arn:aws:states:{region}:{hub}:execution:natrec-recording:e1"),
        (VIEWER, "lambda:InvokeFunction", f"{function}:natrec-note-recovery"),
        (VIEWER, "sqs:ReceiveMessage", f"arn:aws:sqs:{region}:{hub}:natrec-dead-letters"),
        (VIEWER, "dynamodb:GetItem", f"{table}/other"),
        (VIEWER, "dynamodb:Scan", f"{table}/natrec"),
        (VIEWER, "logs:FilterLogEvents", f"arn:aws:logs:{region}:{hub}:log-group:/aws/lambda/other"),
        (VIEWER, "s3:GetObject", f"{reports}/answers/1.csv"),
        (VIEWER, "s3:PutObject", f"{reports}/recordings/rec-1/report.html"),
        (VIEWER, "cloudwatch:SetAlarmState", f"arn:aws:cloudwatch:{region}:{hub}:alarm:natrec-hub-quota"),
        *((OPERATOR, f"dynamodb:{each}Item", f"{table}/natrec") for each in ("Put", "Update", "Delete")),
        (OPERATOR, "states:StartExecution", f"{machine}:natrec-sweep"),
        (OPERATOR, "states:SendTaskSuccess", "*"),
        (OPERATOR, "lambda:InvokeFunction", f"{function}:natrec-close-recording"),
        (OPERATOR, "lambda:UpdateFunctionCode", f"{function}:natrec-note-recovery"),
        (READER, "s3:GetObject", f"arn:aws:s3:::{organization.bucket}/other/1.parquet"),
        (READER, "s3:ListBucket", f"arn:aws:s3:::{organization.bucket}"),
        (READER, "s3:DeleteObject", f"arn:aws:s3:::{organization.bucket}/natrec/1.parquet"),
    ]
    for policy, action, resource in tried:
        keys = {"s3:prefix": "other/"} if action == "s3:ListBucket" else {}
        yield policy, request(organization, policy, {"action": action, "resource": resource, "keys": keys})


def test_each_policy_lets_its_verbs_through_and_nothing_else(organization: Organization, desk: Desk) -> None:
    desk.runs(READER, "report", f"s3://{organization.bucket}/natrec/")
    texts = of_people(load_config(Path(organization.line["config"])), "aws")
    documents = {name: policy for name, (_, policy) in texts.items()}
    wanted, refused = list(requests(desk)), list(trespasses(organization))

    granted = {
        (name, action)
        for name, policy in documents.items()
        for statement in policy["Statement"]
        for action in statement["Action"]
    }
    used = {(policy, each.action) for policy, each in wanted}
    assert granted - used == IN_THEIR_NAME
    root = {"AWS": f"arn:aws:iam::{organization.line['hub']['account']}:root"}
    whoever_is_let = {"Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"}
    documents[KEY] = {"Version": "2012-10-17", "Statement": [whoever_is_let]}
    wanted += in_their_name(organization)
    refused += in_nobodys_name(organization)
    try:
        said = judge(documents, [each for _, each in (*wanted, *refused)]).verdicts
    except UnavailableError as reason:
        pytest.skip(f"policies are not judged: {reason}")
    told = [f"{policy} {each.action} {each.resource}" for policy, each in (*wanted, *refused)]
    assert [each for each, verdict in zip(told, said, strict=True) if verdict == ALLOWED] == told[
        : len(wanted)
    ]
