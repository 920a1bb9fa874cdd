"""Policies for people: who looks at recordings, who starts and stops them, who reads flow log records.

Actions and resource types: Service Authorization Reference, the pages of DynamoDB, Step Functions, SQS,
CloudWatch, CloudWatch Logs, Lambda, S3 and KMS. Keys are used through the services only that are named there.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from orgconfig.models import OrgConfig
from orgconfig.names import Names
from stacksets.contexts import HISTORY_INDEX, OPEN_INDEX

_VERSION = "2012-10-17"
Policy = dict[str, Any]


@dataclass(frozen=True)
class _Hub:
    """ARNs of what the hub has."""

    partition: str
    account: str
    region: str
    names: Names

    def arn(self, service: str, rest: str) -> str:
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{rest}"

    def executions(self) -> list[str]:
        machines = (self.names.state_machine, self.names.sweep_machine)
        return [self.arn("states", f"execution:{each}:*") for each in machines]

    def through(self, service: str) -> dict[str, str]:
        """The condition on whoever asks KMS."""
        suffix = "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com"
        return {"kms:ViaService": f"{service}.{self.region}.{suffix}"}

    def bucket(self) -> str:
        return f"arn:{self.partition}:s3:::{self.names.reports_bucket(self.account, self.region)}"


def viewer(config: OrgConfig, partition: str) -> Policy:
    """What `recordings`, `show`, `overview`, `cost --since` ask in the hub, and reading reports."""
    hub = _hub(config, partition)
    table = hub.arn("dynamodb", f"table/{hub.names.table}")
    queues = (hub.names.notices_queue, hub.names.dead_notices, hub.names.dead_letters)
    statements = [
        _allow("ReadTheHistory", ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"], [table]),
        _allow(
            "ListTheHistory",
            ["dynamodb:Query"],
            [f"{table}/index/{each}" for each in (HISTORY_INDEX, OPEN_INDEX)],
        ),
        _allow(
            "ReadExecutions", ["states:DescribeExecution", "states:GetExecutionHistory"], hub.executions()
        ),
        _allow(
            "ListSweeps",
            ["states:ListExecutions"],
            [hub.arn("states", f"stateMachine:{hub.names.sweep_machine}")],
        ),
        _allow(
            "ReadLogs",
            ["logs:FilterLogEvents"],
            [hub.arn("logs", f"log-group:/aws/lambda/{hub.names.function('*')}")],
        ),
        _allow(
            "CountMessages",
            ["sqs:GetQueueAttributes", "sqs:GetQueueUrl"],
            [hub.arn("sqs", each) for each in queues],
        ),
        # Neither knows a resource that fits: alarms are asked by the beginning of their names.
        _allow("ReadMetrics", ["cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData"], ["*"]),
        _allow("ReadReports", ["s3:GetObject"], [f"{hub.bucket()}/{hub.names.reports_prefix}*"]),
    ]
    if config.organization.archive.keyed:
        statements.append(_decrypt("DecryptReports", hub, hub.arn("kms", "key/*"), hub.bucket()))
        statements.append(_decrypt_table(hub))
    return _policy(statements)


def operator(config: OrgConfig, partition: str) -> Policy:
    """What `record` and `stop` ask in the hub's account.

    Whoever may start executions and invoke this function may say what they like of an onset or a recovery.
    """
    hub = _hub(config, partition)
    recordings = hub.names.state_machine
    statements = [
        _allow("Start", ["states:StartExecution"], [hub.arn("states", f"stateMachine:{recordings}")]),
        _allow("Follow", ["states:DescribeExecution"], [hub.arn("states", f"execution:{recordings}:*")]),
        _allow(
            "Stop",
            ["lambda:InvokeFunction"],
            [hub.arn("lambda", f"function:{hub.names.function('note_recovery')}")],
        ),
        _allow("ReadRecordings", ["dynamodb:GetItem"], [hub.arn("dynamodb", f"table/{hub.names.table}")]),
    ]
    if config.organization.archive.keyed:
        statements.append(_decrypt_table(hub))
    return _policy(statements)


def reader(config: OrgConfig, partition: str) -> Policy:
    """What `report s3://...` asks in the archive's account."""
    hub, archive = _hub(config, partition), config.organization.archive
    bucket = f"arn:{partition}:s3:::{archive.bucket}"
    prefix = hub.names.record_prefix
    listing = _allow("ListRecords", ["s3:ListBucket"], [bucket])
    statements = [
        {**listing, "Condition": {"StringLike": {"s3:prefix": f"{prefix}*"}}},
        _allow("ReadRecords", ["s3:GetObject"], [f"{bucket}/{prefix}*"]),
    ]
    if archive.keyed:
        given = archive.kms.startswith("arn:")
        key = archive.kms if given else f"arn:{partition}:kms:{hub.region}:{archive.account}:key/*"
        statements.append(_decrypt("DecryptRecords", hub, key, bucket))
    return _policy(statements)


def of_people(config: OrgConfig, partition: str) -> dict[str, tuple[str, Policy]]:
    """Each policy by its name, with what it is for."""
    hub, archive = config.organization.hub.account, config.organization.archive.account
    return {
        "viewer": (
            f"For who looks, in the hub's account {hub}: recordings, show, overview, cost --since, reports.",
            viewer(config, partition),
        ),
        "operator": (
            f"For who starts and stops recordings, beside the viewer's, in {hub}: record and stop.",
            operator(config, partition),
        ),
        "records-reader": (
            f"For who reads flow log records, in the archive's account {archive}: report s3://...",
            reader(config, partition),
        ),
    }


def _hub(config: OrgConfig, partition: str) -> _Hub:
    at = config.organization.hub
    return _Hub(partition, at.account, at.region, config.names)


def _policy(statements: Iterable[dict[str, Any]]) -> Policy:
    return {"Version": _VERSION, "Statement": list(statements)}


def _allow(sid: str, actions: list[str], resources: list[str]) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resources}


def _decrypt(sid: str, hub: _Hub, key: str, bucket: str) -> dict[str, Any]:
    """Only through S3, and only what lies in that bucket (S3 User Guide, "Reducing the cost of SSE-KMS")."""
    return {
        **_allow(sid, ["kms:Decrypt"], [key]),
        "Condition": {
            "StringEquals": hub.through("s3"),
            "StringLike": {"kms:EncryptionContext:aws:s3:arn": f"{bucket}*"},
        },
    }


def _decrypt_table(hub: _Hub) -> dict[str, Any]:
    """Of this table only (DynamoDB Developer Guide, "DynamoDB encryption at rest usage notes", context)."""
    return {
        **_allow("DecryptTheTable", ["kms:Decrypt"], [hub.arn("kms", "key/*")]),
        "Condition": {
            "StringEquals": {
                **hub.through("dynamodb"),
                "kms:EncryptionContext:aws:dynamodb:tableName": hub.names.table,
            },
        },
    }
