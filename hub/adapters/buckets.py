"""The archive and the reports as S3 provides them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from hub.adapters.faults import told_as
from hub.adapters.sessions import Sessions
from hub.domain.errors import RecordingFault
from hub.domain.recordings import Recording
from orgconfig.names import Names

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


# Records arrive within minutes of the end; a report written days later need not list every hour since.
LATEST = timedelta(hours=3)


@dataclass(frozen=True)
class RecordArchive:
    """The bucket of flow log records."""

    sessions: Sessions
    names: Names
    bucket: str

    def measure(self, recording: Recording, until: datetime) -> tuple[int, int]:
        """Number and total bytes of the recording's own objects.

        Each object's name holds the flow log's id, and records lie under the hour they were cut in
        (VPC User Guide, "Flow log files"), so a recording is found hour by hour.
        """
        client: S3Client = self.sessions.hub("s3")
        marks = tuple(f"_{flow_log}_" for flow_log in recording.flow_logs)
        objects = total = 0
        with told_as(RecordingFault, f"listing the archive {self.bucket}"):
            for prefix in self._prefixes(recording, until):
                for page in client.get_paginator("list_objects_v2").paginate(
                    Bucket=self.bucket, Prefix=prefix
                ):
                    mine = [
                        item
                        for item in page.get("Contents", [])
                        if any(mark in item["Key"] for mark in marks)
                    ]
                    objects += len(mine)
                    total += sum(item["Size"] for item in mine)
        return objects, total

    def _prefixes(self, recording: Recording, until: datetime) -> Iterator[str]:
        place = recording.gateway
        hour = recording.opened_at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        last = min(until, (recording.closed_at or until) + LATEST).astimezone(UTC)
        while hour <= last:
            yield (
                f"{self.names.record_prefix}AWSLogs/aws-account-id={place.account}/aws-service=vpcflowlogs/"
                f"aws-region={place.region}/year={hour:%Y}/month={hour:%m}/day={hour:%d}/hour={hour:%H}/"
            )
            hour += timedelta(hours=1)


@dataclass(frozen=True)
class ReportBucket:
    """The hub's bucket of reports."""

    sessions: Sessions
    bucket: str

    def write(self, recording: str, name: str, document: Mapping[str, object]) -> str:
        """Write one JSON document under the recording's own prefix."""
        client: S3Client = self.sessions.hub("s3")
        key = f"recordings/{recording}/{name}"
        body = json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n"
        with told_as(RecordingFault, f"writing s3://{self.bucket}/{key}"):
            client.put_object(Bucket=self.bucket, Key=key, Body=body, ContentType="application/json")
        return f"s3://{self.bucket}/{key}"
