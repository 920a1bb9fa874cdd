"""What was delivered, in the hub's table: one item for each notice and destination."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from hub.adapters import items
from hub.adapters.declared import calls
from hub.adapters.faults import told_as
from hub.domain.deliveries import Delivery
from hub.domain.errors import RecordingFault

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# Longer than an execution may be redriven, a quota's month last, or a message wait in a queue.
KEPT = timedelta(days=62)


@dataclass(frozen=True)
class TableTold:
    """Deliveries over one DynamoDB table."""

    client: "DynamoDBClient"
    table: str

    @calls("table", "dynamodb:GetItem")
    def knows(self, delivery: Delivery) -> bool:
        """Whether it was made; read consistently."""
        with told_as(RecordingFault, f"asking whether {delivery.destination} was told"):
            answer = self.client.get_item(
                TableName=self.table,
                Key=items.told_key(delivery),
                ConsistentRead=True,
                ProjectionExpression="pk",
            )
        return "Item" in answer

    def destinations(self, about: str) -> frozenset[str]:
        """Everybody who was told, as `kind#channel:name`."""
        return frozenset(self.times(about))

    def times(self, about: str) -> dict[str, datetime]:
        """The same, with when each was told."""
        pages = self.client.get_paginator("query").paginate(
            TableName=self.table,
            ConsistentRead=True,
            KeyConditionExpression="pk = :about",
            ExpressionAttributeValues=items.typed({":about": items.told_pk(about)}),
        )
        with told_as(RecordingFault, f"asking who was told of {about}"):
            found = [item for page in pages for item in page["Items"]]
        return {item["sk"]["S"]: datetime.fromisoformat(item["at"]["S"]) for item in found}

    @calls("table", "dynamodb:PutItem")
    def note(self, delivery: Delivery, now: datetime) -> None:
        """It was made."""
        with told_as(RecordingFault, f"noting that {delivery.destination} was told"):
            self.client.put_item(
                TableName=self.table,
                Item={
                    **items.told_key(delivery),
                    **items.typed({"at": items.stamp(now), "ttl": items.ttl(now + KEPT)}),
                },
            )
