"""What holds data when natrec is removed: artifacts, reports, the table, the archive, and their keys."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from orgconfig.errors import NatrecError
from orgconfig.models import OrgConfig
from stacksets import emptying
from stacksets.kept import Remains
from stacksets.outcomes import Watch
from stacksets.relinking import relink
from stacksets.steps import Change, Clients, Step

# KMS API reference, ScheduleKeyDeletion: 7 to 30 days, in which it can be cancelled.
KEY_DAYS = 30
_GONE = Change("none", "it is not there")


class Stays(NamedTuple):
    """Something that stays, and why."""

    what: str
    why: str

    def document(self) -> dict[str, str]:
        """As JSON shows it."""
        return self._asdict()

    def __str__(self) -> str:
        return f"stays   {self.what}: {self.why}"


@dataclass(frozen=True)
class Data:
    """The data of one installation, as it is removed.

    Attributes:
        config: The organization's config.
        clients: How AWS is reached.
        archive: Whether the archive goes.
        history: Whether table and reports go.
        watch: Who is told.

    """

    config: OrgConfig
    clients: Clients
    archive: bool
    history: bool
    watch: Watch

    def of_hub(self) -> Iterator[Step]:
        """The hub's own, once its stack is gone."""
        hub, names = self.config.organization.hub, self.config.names
        reports, artifacts = self._reports, names.artifacts_bucket(hub.account, hub.region)
        there = self._remains.has_bucket(reports, hub.account)
        yield self._step(f"bucket {reports}", self._leaving if there else _GONE, self._remove_reports)
        there = self._remains.has_bucket(artifacts, hub.account)
        change = Change("delete", "the functions' zips and templates") if there else _GONE
        yield self._step(f"bucket {artifacts}", change, lambda: self._delete(artifacts, hub.account))
        if self.history:
            there = self._remains.describe_table() is not None
            change = Change("delete", "with history, usage and policy in it, and its key")
            yield self._step(f"table {names.table}", change if there else _GONE, self._delete_table)

    def of_archive(self) -> Step:
        """The archive, once its stack is gone."""
        archive = self.config.organization.archive
        there = self._remains.has_bucket(archive.bucket, archive.account)
        change = Change("delete", "with every flow log record in it, and the key that natrec made for it")
        where = (archive.account, self.config.organization.hub.region)
        name = f"bucket {archive.bucket}"
        return Step(name, *where, change if there else _GONE, self._remove_archive)

    def stays(self) -> Iterator[Stays]:
        """What is there still, and why."""
        organization, table = self.config.organization, self._remains.describe_table()
        hub, archive = organization.hub, organization.archive
        if table is not None:
            yield Stays(
                f"table {self.config.names.table} in {hub.account} {hub.region}",
                f"the history of recordings{self._with_key}, which a later installation takes over; --history"
                " deletes it",
            )
        if self._remains.has_bucket(self._reports, hub.account):
            yield Stays(
                f"bucket {self._reports} in {hub.account} {hub.region}",
                "its reports could not be moved into the archive; --history deletes them",
            )
        if not self.archive and self._remains.has_bucket(archive.bucket, archive.account):
            yield Stays(
                f"archive {archive.bucket} in {archive.account} {hub.region}",
                "flow log records and reports, with its stack and its key; --archive deletes them",
            )

    @property
    def _leaving(self) -> Change:
        if self.history or self.archive:
            return Change("delete", "with every report in it")
        target = f"s3://{self.config.organization.archive.bucket}/{self._prefix}"
        return Change("delete", f"its reports move to {target}")

    def _remove_reports(self) -> None:
        hub, archive = self.config.organization.hub, self.config.organization.archive
        if not (self.history or self.archive):
            source, target = self._client(hub.account, "s3"), self._client(archive.account, "s3")
            try:
                count = emptying.move(source, self._reports, target, archive.bucket, self._prefix)
                self._relink()
            except ClientError as error:
                self.watch.tell(f"reports stay where they are: {error}")
                return
            self.watch.tell(f"{count} reports moved to s3://{archive.bucket}/{self._prefix}")
        # The table cannot be read without the key; where there is none, the key goes with the bucket.
        if self._remains.describe_table() is None:
            self._end_key(self._remains.hub_key(), hub.account)
        self._delete(self._reports, hub.account)

    def _relink(self) -> None:
        """The history outlives the hub, and shall not lead where nothing is."""
        if self._remains.describe_table() is None:
            return
        client = self._client(self.config.organization.hub.account, "dynamodb")
        moved = f"s3://{self.config.organization.archive.bucket}/{self._prefix}"
        relink(client, self.config.names.table, f"s3://{self._reports}/", moved)

    def _remove_archive(self) -> None:
        archive = self.config.organization.archive
        self._end_key(self._remains.archive_key(), archive.account)
        self._delete(archive.bucket, archive.account)

    def _end_key(self, key: str | None, account: str) -> None:
        """Before what it encrypts is deleted: with that gone, nothing would say which key it was."""
        if key:
            self._client(account, "kms").schedule_key_deletion(KeyId=key, PendingWindowInDays=KEY_DAYS)
            self.watch.tell(f"key {key} goes in {KEY_DAYS} days; `aws kms cancel-key-deletion` keeps it")

    def _delete(self, bucket: str, account: str) -> None:
        if not self._remains.has_bucket(bucket, account):
            return
        try:
            emptying.delete(self._client(account, "s3"), bucket)
        except emptying.BucketError as error:
            where = f"bucket {bucket} in {account} {self.config.organization.hub.region}"
            raise NatrecError(str(error), where, "Then run `natrec destroy` again.") from error

    def _delete_table(self) -> None:
        account, name = self.config.organization.hub.account, self.config.names.table
        client = self._client(account, "dynamodb")
        found = self._remains.describe_table()
        if found is None:
            return
        if found.get("DeletionProtectionEnabled"):
            client.update_table(TableName=name, DeletionProtectionEnabled=False)
        self._end_key(self._remains.hub_key(), account)
        client.delete_table(TableName=name)
        client.get_waiter("table_not_exists").wait(
            TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 600}
        )

    @property
    def _with_key(self) -> str:
        return " and its key" if self._remains.hub_key() else ""

    @property
    def _prefix(self) -> str:
        return f"{self.config.names.record_prefix}reports/"

    @property
    def _reports(self) -> str:
        hub = self.config.organization.hub
        return self.config.names.reports_bucket(hub.account, hub.region)

    @cached_property
    def _remains(self) -> Remains:
        return Remains(self.config, self.clients)

    def _step(self, name: str, change: Change, run: Any) -> Step:  # noqa: ANN401 - a callable
        hub = self.config.organization.hub
        return Step(name, hub.account, hub.region, change, run)

    def _client(self, account: str, service: str) -> Any:  # noqa: ANN401 - a client
        return self.clients(account, self.config.organization.hub.region, service)
