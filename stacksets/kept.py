"""Finds what an earlier installation has left behind: the table, buckets and their keys. AWS is only read."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from orgconfig.errors import NatrecError
from orgconfig.models import OrgConfig
from stacksets.steps import Clients
from stacksets.taking_over import Kept


class TakenError(NatrecError):
    """A name is taken by somebody else."""


@dataclass(frozen=True)
class Remains:
    """What is there of a config's data, whatever stack it belongs to.

    Attributes:
        config: The organization's config.
        clients: How AWS is reached.

    """

    config: OrgConfig
    clients: Clients

    def of_hub(self) -> tuple[Kept, ...]:
        """The table, the reports and their key."""
        hub, names = self.config.organization.hub, self.config.names
        bucket = names.reports_bucket(hub.account, hub.region)
        keyed = self.config.organization.archive.kms != "none"
        return (
            *self._table(),
            *self._bucket("ReportsBucket", "HubKey" if keyed else None, bucket, hub.account),
        )

    def of_archive(self) -> tuple[Kept, ...]:
        """The archive and the key that natrec made for it."""
        archive = self.config.organization.archive
        key = "ArchiveKey" if archive.kms == "managed" else None
        return tuple(self._bucket("Archive", key, archive.bucket, archive.account))

    def key_of(self, bucket: str, account: str) -> str | None:
        """The id of the key that natrec made for a bucket; None where it has none, or one of the user's."""
        s3, kms = self._client(account, "s3"), self._client(account, "kms")
        try:
            rules = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
        except ClientError as error:
            if error.response["Error"]["Code"] != "ServerSideEncryptionConfigurationNotFoundError":
                raise
            return None
        named = rules[0]["ApplyServerSideEncryptionByDefault"].get("KMSMasterKeyID")
        if not named:
            return None
        found = kms.describe_key(KeyId=named)["KeyMetadata"]
        ours = found.get("Description") in key_descriptions(self.config.namespace)
        return str(found["KeyId"]) if ours and found["KeyState"] == "Enabled" else None

    def has_bucket(self, bucket: str, account: str) -> bool:
        """Whether the account has a bucket of that name.

        Raises:
            TakenError: Another account has.

        """
        try:
            self._client(account, "s3").head_bucket(Bucket=bucket)
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            if status == 404:  # noqa: PLR2004 - not found
                return False
            if status == 403:  # noqa: PLR2004 - forbidden
                raise TakenError(
                    f"the bucket {bucket} belongs to somebody else, or is closed to these credentials",
                    f"account {account}",
                    "Bucket names are unique in all of AWS: give another one.",
                ) from error
            raise
        return True

    def describe_table(self) -> dict[str, Any] | None:
        """The table as DynamoDB describes it, or None."""
        client = self._client(self.config.organization.hub.account, "dynamodb")
        try:
            found: dict[str, Any] = client.describe_table(TableName=self.config.names.table)["Table"]
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
            return None
        return found

    def _table(self) -> Iterator[Kept]:
        found, name = self.describe_table(), self.config.names.table
        if found is None:
            return
        # Indexes are the one thing in which an older table may differ: the update adds what is new.
        indexes = [
            {key: each[key] for key in ("IndexName", "KeySchema", "Projection")}
            for each in found.get("GlobalSecondaryIndexes", [])
        ]
        actual: dict[str, Any] = {"AttributeDefinitions": found["AttributeDefinitions"]}
        if indexes:
            actual["GlobalSecondaryIndexes"] = indexes
        words = f"table {name}"
        yield Kept("Table", "AWS::DynamoDB::Table", {"TableName": name}, words, actual=actual)

    def _bucket(self, logical_id: str, key_id: str | None, bucket: str, account: str) -> Iterator[Kept]:
        if not self.has_bucket(bucket, account):
            return
        named = {"BucketName": bucket}
        yield Kept(logical_id, "AWS::S3::Bucket", named, f"bucket {bucket}", only=("BucketName",))
        key = self.key_of(bucket, account) if key_id else None
        if key and key_id:
            yield Kept(key_id, "AWS::KMS::Key", {"KeyId": key}, f"key {key}")

    def _client(self, account: str, service: str) -> Any:  # noqa: ANN401 - a client
        return self.clients(account, self.config.organization.hub.region, service)


def key_descriptions(namespace: str) -> tuple[str, str]:
    """How the templates describe the keys that natrec makes: the hub's and the archive's."""
    return f"Notices and reports of {namespace}", f"Flow log records of {namespace}"
