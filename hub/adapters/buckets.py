"""The archive and the reports as S3 provides them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from hub.adapters.declared import calls
from hub.adapters.faults import code_of, told_as
from hub.adapters.sessions import Sessions
from hub.domain.arrivals import hours
from hub.domain.errors import RecordingFault
from hub.domain.recordings import Recording
from orgconfig.names import Names

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


_TYPES = {".json": "application/json", ".html": "text/html; charset=utf-8"}


@dataclass(frozen=True)
class RecordArchive:
    """The bucket of flow log records."""

    sessions: Sessions
    names: Names
    bucket: str

    @calls("archive", "s3:ListBucket")
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
        for hour in hours(recording, until):
            yield (
                f"{self.names.record_prefix}AWSLogs/aws-account-id={place.account}/aws-service=vpcflowlogs/"
                f"aws-region={place.region}/year={hour:%Y}/month={hour:%m}/day={hour:%d}/hour={hour:%H}/"
            )


@dataclass(frozen=True)
class ReportBucket:
    """The hub's bucket of reports."""

    sessions: Sessions
    names: Names
    bucket: str

    def place(self, recording: str, name: str) -> str:
        """Where a document lies: under the recording's own prefix."""
        return f"s3://{self.bucket}/{self._key(recording, name)}"

    @calls("reports", "s3:PutObject")
    def write(self, recording: str, name: str, text: str) -> None:
        """Write one document; its name's ending says what it is."""
        client: S3Client = self.sessions.hub("s3")
        key, type_ = self._key(recording, name), _TYPES[PurePosixPath(name).suffix]
        with told_as(RecordingFault, f"writing {self.place(recording, name)}"):
            client.put_object(Bucket=self.bucket, Key=key, Body=text.encode(), ContentType=type_)

    @calls("what lies beside reports", "s3:GetObject")
    @calls("bucket of reports", "s3:ListBucket")
    def read(self, recording: str, name: str) -> str | None:
        """One document; only who may list the bucket is told NoSuchKey (S3 API reference, GetObject)."""
        client: S3Client = self.sessions.hub("s3")
        with told_as(RecordingFault, f"reading {self.place(recording, name)}"):
            try:
                found = client.get_object(Bucket=self.bucket, Key=self._key(recording, name))
                return found["Body"].read().decode()
            except ClientError as error:
                if code_of(error) != "NoSuchKey":
                    raise
                return None

    def _key(self, recording: str, name: str) -> str:
        return f"{self.names.reports_prefix}{recording}/{name}"
