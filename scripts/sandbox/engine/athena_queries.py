"""What becomes of one query: it runs, its answer is kept in S3, and it ends as Athena would end it."""

import json
import time
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from moto.athena.models import WorkGroup
from moto.s3.models import s3_backends

from scripts.sandbox.engine import athena_reading
from scripts.sandbox.engine.athena_reading import Answer, Bucket, ScanLimitExceeded
from scripts.sandbox.engine.athena_tables import QueryFailed, Table, find
from scripts.sandbox.engine.log_destinations import find_bucket
from scripts.sandbox.engine.principals import Principal, allowed

WAITS = frozenset({"QUEUED", "RUNNING"})


@dataclass
class Running:
    """One query."""

    id: str
    text: str
    workgroup: WorkGroup
    context: dict[str, Any]
    location: str
    submitted: float = field(default_factory=time.time)
    completed: float | None = None
    state: str = "QUEUED"
    reason: str | None = None
    answer: Answer | None = None

    def end(self, state: str, reason: str | None = None) -> None:
        """It ends, unless it was stopped before."""
        if self.state in WAITS:
            self.state, self.reason, self.completed = state, reason, time.time()

    def as_document(self) -> dict[str, Any]:
        """`QueryExecution`."""
        status: dict[str, Any] = {"State": self.state, "SubmissionDateTime": self.submitted}
        if self.reason:
            status["StateChangeReason"] = self.reason
        if self.completed is not None:
            status["CompletionDateTime"] = self.completed
        return {
            "QueryExecutionId": self.id,
            "Query": self.text,
            "StatementType": "DML",
            "ResultConfiguration": {"OutputLocation": self.location},
            "QueryExecutionContext": self.context,
            "Status": status,
            "Statistics": {"DataScannedInBytes": self.answer.scanned if self.answer else 0},
            "WorkGroup": self.workgroup.name,
            "EngineVersion": {"EffectiveEngineVersion": "Athena engine version 3"},
        }


def run(running: Running, query: Any, who: Principal, region: str, limit: int | None) -> None:
    """Run it as its caller, and keep what it answers."""
    running.state = "RUNNING"
    try:
        answer = athena_reading.run(
            query,
            running.context.get("Database"),
            partial(find, who.account, region),
            partial(_bucket, who=who),
            limit,
        )
        _keep(running, answer, who)
        running.answer = answer
        running.end("SUCCEEDED")
    except QueryFailed as problem:
        running.end("FAILED", str(problem))
    except ScanLimitExceeded:
        running.end("CANCELLED", "Query cancelled! : Bytes scanned limit was exceeded")
    except Exception as problem:  # what the engine cannot do shall be read where the query is looked at
        running.end("FAILED", f"ENGINE: {type(problem).__name__}: {problem}")
        raise


def _bucket(table: Table, *, who: Principal) -> Bucket:
    """The table's bucket as the query's caller may read it; another account's must admit the caller.

    Source: Athena User Guide, "Configure cross-account access to Amazon S3 buckets".
    """
    bucket = find_bucket(table.bucket)
    if bucket is None:
        raise QueryFailed(f"HIVE_METASTORE_ERROR: NoSuchBucket {table.bucket}")
    for action, arn, keys in (
        ("s3:ListBucket", bucket.arn, {"s3:prefix": table.template.partition("$")[0]}),
        ("s3:GetObject", f"{bucket.arn}/{table.template.partition('$')[0]}", {}),
    ):
        if bucket.account_id != who.account and not _admits(bucket, who, action, arn, keys):
            raise QueryFailed(
                f"PERMISSION_DENIED: {who.arn} may not {action} {arn} (Service: Amazon S3; Status Code: 403; "
                "Error Code: AccessDenied)"
            )
    objects = {name: each for name, each in bucket.keys.items() if each is not None}
    return Bucket(
        {name: int(each.size) for name, each in objects.items()},
        partial(_body, bucket),
    )


def _body(bucket: Any, name: str) -> bytes:
    return bytes(bucket.keys[name].value)


def _admits(bucket: Any, who: Principal, action: str, arn: str, keys: dict[str, str]) -> bool:
    statements = json.loads(bucket.policy)["Statement"] if bucket.policy else []
    return allowed(statements, who, action, arn, {"aws:SecureTransport": "true", **keys})


def _keep(running: Running, answer: Answer, who: Principal) -> None:
    """The answer as text, every value quoted, where the workgroup wants it."""
    lines = [[name for name, _ in answer.columns], *answer.rows]
    text = "".join(",".join(map(_quoted, line)) + "\n" for line in lines)
    name, _, key = running.location.removeprefix("s3://").partition("/")
    bucket = find_bucket(name)
    if bucket is None or bucket.account_id != who.account:
        raise QueryFailed(f"Unable to verify/create output bucket {name}")
    s3_backends[bucket.account_id]["aws"].put_object(name, key, text.encode())


def _quoted(value: str | None) -> str:
    return "" if value is None else '"' + value.replace('"', '""') + '"'
