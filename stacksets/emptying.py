"""Buckets that go: emptied with every version, and what is worth keeping moved away first."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_AT_ONCE = 16
_TRIES = 5  # log delivery may still write while a bucket is emptied


class BucketError(RuntimeError):
    """A bucket could not be emptied or deleted."""


def move(source: "S3Client", bucket: str, target: "S3Client", archive: str, prefix: str) -> int:
    """Move every object into another account's bucket; each is deleted here once it is there.

    Args:
        source: S3 where the objects are.
        bucket: Where they are.
        target: S3 of the other account.
        archive: Where they go.
        prefix: What their keys begin with there.

    Returns:
        How many there were.

    Raises:
        botocore.exceptions.ClientError: S3 refused a call; what was moved before that is there.

    """

    def one(key: str) -> None:
        found = source.get_object(Bucket=bucket, Key=key)
        body, kind = found["Body"].read(), found.get("ContentType", "binary/octet-stream")
        target.put_object(Bucket=archive, Key=f"{prefix}{key}", Body=body, ContentType=kind)
        source.delete_object(Bucket=bucket, Key=key)

    count = 0
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        for page in source.get_paginator("list_objects_v2").paginate(Bucket=bucket):
            count += sum(1 for _ in pool.map(one, [each["Key"] for each in page.get("Contents", [])]))
    return count


def delete(client: "S3Client", bucket: str) -> None:
    """Empty a bucket, versions and delete markers too, and delete it.

    S3 deletes no bucket that holds anything (S3 API reference, DeleteBucket).

    Raises:
        BucketError: Objects cannot be deleted, or come again.

    """
    for left in reversed(range(_TRIES)):
        for batch in _versions(client, bucket):
            answer = client.delete_objects(Bucket=bucket, Delete={"Objects": batch, "Quiet": True})
            if refused := answer.get("Errors"):
                first = refused[0]
                raise BucketError(f"{first.get('Key')}: {first.get('Message', first.get('Code'))}")
        try:
            client.delete_bucket(Bucket=bucket)
        except ClientError as error:
            if error.response["Error"]["Code"] != "BucketNotEmpty" or not left:
                raise BucketError(str(error)) from error
        else:
            return


def _versions(client: "S3Client", bucket: str) -> Iterator[Any]:
    """Every version and delete marker, at most a thousand at once (S3 API reference, DeleteObjects)."""
    pages = client.get_paginator("list_object_versions").paginate(Bucket=bucket)
    for page in pages:
        found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        if found:
            yield [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in found]
