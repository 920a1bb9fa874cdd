"""What the sweep must visit, in the index that holds nothing else: one query lists it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from hub.adapters import items
from hub.adapters.declared import calls
from hub.adapters.faults import code_of, told_as
from hub.domain.alarms import Transition
from hub.domain.errors import RecordingFault
from hub.domain.reconciling import LINGER, Watched
from hub.domain.targets import Target

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

INDEX = "open"
GATEWAYS = "open"
OUTAGES = "unreachable"
# An outage that lasts is told again after this.
OUTAGE_KEPT = timedelta(days=7)


@dataclass(frozen=True)
class TableWatch:
    """The watch list over one DynamoDB table."""

    client: "DynamoDBClient"
    table: str

    @calls("index of what is watched", "dynamodb:Query")
    def gateways(self) -> Iterator[Watched]:
        """Every gateway on the list."""
        for item in self._listed(GATEWAYS):
            yield Watched(items.gateway_of(str(item["pk"]["S"])), items.gateway_item(item))

    @calls("table", "dynamodb:UpdateItem")
    def wait(self, onset: Transition, now: datetime) -> None:
        """Remember an onset whose refusal may pass; older news, or a recording that opened, is left alone."""
        self._update(
            items.gateway_key(onset.gateway),
            "SET #alarm = :at, watched = :watched, watched_until = :until, #ttl = :ttl ADD in_alarm :alarms",
            {
                ":at": items.stamp(onset.at),
                ":alarm": onset.alarm,
                ":alarms": {onset.alarm},
                ":watched": GATEWAYS,
                ":until": items.stamp(now + LINGER),
                ":ttl": items.ttl(now + items.GATEWAY_KEPT),
            },
            "attribute_not_exists(recording) AND (attribute_not_exists(#alarm) OR #alarm < :at "
            "OR (#alarm = :at AND contains(in_alarm, :alarm)))",
            {"#alarm": items.ALARM + onset.alarm, "#ttl": "ttl"},
        )

    @calls("table", "dynamodb:UpdateItem")
    def decline(self, onset: Transition, now: datetime) -> None:
        """Remember that the policy refused an onset for good; a recording that opened loses nothing."""
        self._update(
            items.gateway_key(onset.gateway),
            "SET #declined = :now, #ttl = :ttl DELETE in_alarm :alarms",
            {
                ":now": items.stamp(now),
                ":alarms": {onset.alarm},
                ":ttl": items.ttl(now + items.GATEWAY_KEPT),
            },
            "attribute_not_exists(recording)",
            {"#declined": items.DECLINED + onset.alarm, "#ttl": "ttl"},
        )

    @calls("table", "dynamodb:UpdateItem")
    def drop(self, watched: Watched) -> None:
        """Take a gateway off the list, unless anything has happened to it since it was read."""
        until = watched.item.watched_until
        if until is None:
            return
        self._update(
            items.gateway_key(watched.gateway),
            "REMOVE watched, watched_until",
            {":until": items.stamp(until)},
            "attribute_not_exists(recording) AND watched_until = :until",
        )

    @calls("index of what is watched", "dynamodb:Query")
    def outages(self) -> dict[Target, datetime]:
        """Every target whose spoke could not be reached when it was last visited, and since when."""
        return {
            items.target_of(str(item["pk"]["S"])): datetime.fromisoformat(item["watched_until"]["S"])
            for item in self._listed(OUTAGES)
        }

    @calls("table", "dynamodb:UpdateItem")
    def begin_outage(self, target: Target, now: datetime) -> bool:
        """Note that a spoke cannot be reached; whether that is news."""
        return self._update(
            items.target_key(target),
            "SET watched = :watched, watched_until = :now, #ttl = :ttl",
            {
                ":watched": OUTAGES,
                ":now": items.stamp(now),
                ":ttl": items.ttl(now + OUTAGE_KEPT),
            },
            "attribute_not_exists(pk)",
            {"#ttl": "ttl"},
        )

    @calls("table", "dynamodb:DeleteItem")
    def end_outage(self, target: Target) -> None:
        """Note that it can be reached again."""
        with told_as(RecordingFault, f"noting that {target} is reached"):
            self.client.delete_item(TableName=self.table, Key=items.target_key(target))

    def _listed(self, mark: str) -> Iterator[Mapping[str, Any]]:
        pages = self.client.get_paginator("query").paginate(
            TableName=self.table,
            IndexName=INDEX,
            KeyConditionExpression="watched = :mark",
            ExpressionAttributeValues=items.typed({":mark": mark}),
        )
        with told_as(RecordingFault, "reading what is watched"):
            for page in pages:
                yield from page["Items"]

    def _update(
        self,
        key: items.Key,
        expression: str,
        values: Mapping[str, object],
        condition: str,
        names: Mapping[str, str] | None = None,
    ) -> bool:
        """Write one item; False when its condition does not hold."""
        named: Any = {"ExpressionAttributeNames": dict(names)} if names else {}
        with told_as(RecordingFault, "writing what is watched"):
            try:
                self.client.update_item(
                    TableName=self.table,
                    Key=key,
                    UpdateExpression=expression,
                    ConditionExpression=condition,
                    ExpressionAttributeValues=items.typed(values),
                    **named,
                )
            except ClientError as error:
                if code_of(error) != "ConditionalCheckFailedException":
                    raise
                return False
        return True
