"""The hub's bucket of what its stack is made from: the functions' zip and the template."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from stacksets.bundling import Bundle
from stacksets.places import unnamed_region
from stacksets.steps import UNCHANGED, Change

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import PublicAccessBlockConfigurationTypeDef

BLOCK: "PublicAccessBlockConfigurationTypeDef" = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}


SUFFIX = ".zip"
# Of these the newest is deployed, and one or the other may be wanted by whoever goes back to it.
KEPT = 4
# CloudFormation API Reference, "Stack": in none of these may a rollback still take what was before.
_SETTLED = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"})


@dataclass(frozen=True)
class Artifacts:
    """One bucket.

    Attributes:
        client: S3 in the hub.
        bucket: Its name.
        region: The hub's.

    """

    client: "S3Client"
    bucket: str
    region: str

    def change(self, bundle: Bundle) -> Change:
        """Whether the zip lies there; its key is a hash of what it holds."""
        if not self._has_bucket():
            return Change("create", "there is no such bucket yet")
        if not self._closed():
            return Change("update", "its public access block is gone or was changed")
        try:
            self.client.head_object(Bucket=self.bucket, Key=bundle.key)
        except ClientError as error:
            if not _missing(error):
                raise
            return Change("update", f"the functions' code is new: {bundle.key}")
        return UNCHANGED

    def put(self, bundle: Bundle) -> None:
        """Make the bucket where it is missing, close it to the public, and put the zip there."""
        if not self._has_bucket():
            self._make()
        self._close()
        self.client.upload_file(str(bundle.path), self.bucket, bundle.key)

    def superseded(self, bundle: Bundle) -> tuple[str, ...]:
        """Keys of zips that newer ones have superseded: all but the newest few.

        Args:
            bundle: Counted as the newest, whether or not it lies there yet.

        """
        if not self._has_bucket():
            return ()
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket)
        found = [each for page in pages for each in page.get("Contents", ()) if each["Key"] != bundle.key]
        zips = [each for each in found if each["Key"].endswith(SUFFIX)]
        zips.sort(key=lambda each: (each["LastModified"], each["Key"]), reverse=True)
        return tuple(each["Key"] for each in zips[KEPT - 1 :])

    def prune(self, bundle: Bundle, hub: "Mapping[str, Any] | None") -> None:
        """Remove superseded zips, but never one that a stack may still want.

        CloudFormation takes a function's code from its key when it makes or changes the function, and again
        when it rolls back: nothing is removed unless the hub's stack has settled, nor the key that it names.

        Args:
            bundle: The newest.
            hub: The hub's stack as DescribeStacks has it now; None where there is none.

        """
        if hub is None or hub["StackStatus"] not in _SETTLED:
            return
        named = {each.get("ParameterValue", "") for each in hub.get("Parameters", ())}
        for key in self.superseded(bundle):
            if key not in named:
                self.client.delete_object(Bucket=self.bucket, Key=key)

    def put_template(self, name: str, text: str) -> str:
        """Put a template there; its URL, as CloudFormation wants it."""
        self.client.put_object(Bucket=self.bucket, Key=name, Body=text.encode())
        return f"{self.client.meta.endpoint_url}/{self.bucket}/{name}"

    def _has_bucket(self) -> bool:
        try:
            self.client.head_bucket(Bucket=self.bucket)
        except ClientError as error:
            if not _missing(error):
                raise
            return False
        return True

    def _make(self) -> None:
        if unnamed_region(self.region):
            self.client.create_bucket(Bucket=self.bucket)
        else:
            place = {"LocationConstraint": self.region}
            self.client.create_bucket(Bucket=self.bucket, CreateBucketConfiguration=place)  # type: ignore[arg-type]

    def _closed(self) -> bool:
        """Whether it is closed to the public; S3 answers 404 where it has no block."""
        try:
            found = self.client.get_public_access_block(Bucket=self.bucket)["PublicAccessBlockConfiguration"]
        except ClientError as error:
            if not _missing(error):
                raise
            return False
        return found == BLOCK

    def _close(self) -> None:
        self.client.put_public_access_block(Bucket=self.bucket, PublicAccessBlockConfiguration=BLOCK)


def _missing(error: ClientError) -> bool:
    return error.response["ResponseMetadata"]["HTTPStatusCode"] == 404  # noqa: PLR2004 - not found
