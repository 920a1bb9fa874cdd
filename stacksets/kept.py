"""Finds what an earlier installation has left behind: the table, buckets and their keys. AWS is only read."""

from collections.abc import Iterator, Mapping
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
        hub, key = self.config.organization.hub, self.hub_key()
        return (
            *self._table(key),
            *self._bucket("ReportsBucket", self._reports, hub.account),
            *self._key("HubKey", key),
        )

    def of_archive(self) -> tuple[Kept, ...]:
        """The archive and the key that natrec made for it."""
        archive = self.config.organization.archive
        return (
            *self._bucket("Archive", archive.bucket, archive.account),
            *self._key("ArchiveKey", self.archive_key()),
        )

    def hub_key(self) -> str | None:
        """The id of the hub's key, as the table names it or else the bucket of reports.

        A table that is left without its key cannot be read again, so the table's comes first.
        """
        account = self.config.organization.hub.account
        if not self.config.organization.archive.keyed:
            return None
        table = _key_of_table(self.describe_table() or {})
        return self._ours(table, account) or self._ours(self._key_of(self._reports, account), account)

    def archive_key(self) -> str | None:
        """The id of the key that natrec made for the archive; None where it made none."""
        archive = self.config.organization.archive
        if archive.kms != "managed":
            return None
        return self._ours(self._key_of(archive.bucket, archive.account), archive.account)

    def _key_of(self, bucket: str, account: str) -> str | None:
        """What a bucket names as its key."""
        if not self.has_bucket(bucket, account):
            return None
        s3 = self._client(account, "s3")
        try:
            rules = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
        except ClientError as error:
            if error.response["Error"]["Code"] != "ServerSideEncryptionConfigurationNotFoundError":
                raise
            return None
        named: str | None = rules[0]["ApplyServerSideEncryptionByDefault"].get("KMSMasterKeyID")
        return named

    def _ours(self, named: str | None, account: str) -> str | None:
        """The id of a key if natrec made it and it can be used; not of one of the user's or of AWS's."""
        if not named:
            return None
        kms = self._client(account, "kms")
        try:
            found = kms.describe_key(KeyId=named)["KeyMetadata"]
        except kms.exceptions.NotFoundException:
            return None
        names = self.config.names
        ours = found.get("Description") in {names.hub_key, names.archive_key}
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

    def _table(self, key: str | None) -> Iterator[Kept]:
        found, name = self.describe_table(), self.config.names.table
        if found is None:
            return
        # In its indexes an older table may differ, and in its key: the update adds what is new.
        indexes = [
            {key: each[key] for key in ("IndexName", "KeySchema", "Projection")}
            for each in found.get("GlobalSecondaryIndexes", [])
        ]
        actual: dict[str, Any] = {"AttributeDefinitions": found["AttributeDefinitions"]}
        if indexes:
            actual["GlobalSecondaryIndexes"] = indexes
        named = _key_of_table(found)
        actual["SSESpecification"] = {"SSEEnabled": bool(named)}
        if key and named and named.endswith(key):
            actual["SSESpecification"] |= {"SSEType": "KMS", "KMSMasterKeyId": named}
        words = f"table {name}"
        yield Kept("Table", "AWS::DynamoDB::Table", {"TableName": name}, words, actual=actual)

    def _bucket(self, logical_id: str, bucket: str, account: str) -> Iterator[Kept]:
        if self.has_bucket(bucket, account):
            named = {"BucketName": bucket}
            yield Kept(logical_id, "AWS::S3::Bucket", named, f"bucket {bucket}", only=("BucketName",))

    def _key(self, logical_id: str, key: str | None) -> Iterator[Kept]:
        if key:
            yield Kept(logical_id, "AWS::KMS::Key", {"KeyId": key}, f"key {key}")

    @property
    def _reports(self) -> str:
        hub = self.config.organization.hub
        return self.config.names.reports_bucket(hub.account, hub.region)

    def _client(self, account: str, service: str) -> Any:  # noqa: ANN401 - a client
        return self.clients(account, self.config.organization.hub.region, service)


def _key_of_table(described: Mapping[str, Any]) -> str | None:
    """What a table names as its key; that may be AWS's own."""
    named: str | None = described.get("SSEDescription", {}).get("KMSMasterKeyArn")
    return named
