"""The history as people browse it: recordings and refusals, newest first."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from hub.adapters import items
from hub.adapters.declared import calls
from hub.adapters.faults import told_as
from hub.domain.digests import Day
from hub.domain.errors import RecordingFault
from hub.domain.refusals import Reason

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from hub.domain.recordings import Recording


@dataclass(frozen=True)
class Browser:
    """Reads the history of one hub."""

    client: "DynamoDBClient"
    table: str

    def since(self, first: datetime, now: datetime) -> Iterator[dict[str, object]]:
        """Every recording opened, and every refusal first met, since a moment; newest first.

        Args:
            first: The earliest one wanted.
            now: The time; the history is kept by month, and this is the last one looked at.

        """
        for month in _months(first, now):
            yield from map(items.document_of, self._items(month, first))

    def recordings(self, first: datetime, now: datetime) -> "Iterator[Recording]":
        """Every recording opened since a moment, newest first; refusals are left out."""
        for month in _months(first, now):
            for item in self._items(month, first):
                if items.plain(item)["state"] != "refused":
                    yield items.recording_of(item)

    def _items(self, month: str, first: datetime) -> Iterator[Mapping[str, Any]]:
        pages = self.client.get_paginator("query").paginate(
            TableName=self.table,
            IndexName="history",
            KeyConditionExpression="#month = :month AND opened_at >= :first",
            ExpressionAttributeNames={"#month": "month"},
            ExpressionAttributeValues=items.typed({":month": month, ":first": items.stamp(first)}),
            ScanIndexForward=False,
        )
        with told_as(RecordingFault, "reading the history"):
            for page in pages:
                yield from page["Items"]

    @calls("index of the history", "dynamodb:Query")
    def day(self, day: date) -> Day:
        """What was opened and what was refused that day, UTC."""
        first = datetime.combine(day, time(), UTC)
        recordings: list[Recording] = []
        refused = Counter[Reason]()
        for item in self._items(f"{day:%Y-%m}", first):
            values = items.plain(item)
            if values["opened_at"] >= items.stamp(first + timedelta(days=1)):
                continue
            if values["state"] == "refused":
                refused[values["reason"]] += int(values["times"])
            else:
                recordings.append(items.recording_of(item))
        return Day(tuple(recordings), refused)

    def find(self, identity: str) -> dict[str, object] | None:
        """One recording or refusal by its id."""
        with told_as(RecordingFault, f"reading {identity}"):
            answer = self.client.get_item(
                TableName=self.table, Key=items.recording_key(identity), ConsistentRead=True
            )
        return items.document_of(answer["Item"]) if "Item" in answer else None


def _months(first: datetime, last: datetime) -> Iterator[str]:
    """Every month from the last back to the first, as in `2026-11`."""
    month = last.astimezone(UTC).replace(day=1)
    earliest = f"{first.astimezone(UTC):%Y-%m}"
    while f"{month:%Y-%m}" >= earliest:
        yield f"{month:%Y-%m}"
        month = (month - timedelta(days=1)).replace(day=1)
