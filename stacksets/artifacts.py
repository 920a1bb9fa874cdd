"""The hub's bucket of what its stack is made from: the functions' zip and the template."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from stacksets.bundling import Bundle
from stacksets.places import unnamed_region
from stacksets.steps import UNCHANGED, Change

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import PublicAccessBlockConfigurationTypeDef

BLOCK: "PublicAccessBlockConfigurationTypeDef" = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}


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
