"""What the organization pays AWS, as the policy in the table says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hub.adapters import items
from hub.adapters.declared import calls
from hub.adapters.faults import told_as
from hub.adapters.policy import understood
from hub.domain.errors import RecordingFault

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True)
class TablePaid:
    """The prices of the policy, read each time they are wanted."""

    client: "DynamoDBClient"
    table: str

    @calls("table", "dynamodb:GetItem")
    def prices(self) -> Mapping[str, float]:
        """Those of the policy in force, or of the last good one; a broken policy is reported with, too."""
        with told_as(RecordingFault, "reading the policy's prices"):
            answer = self.client.get_item(
                TableName=self.table,
                Key=items.POLICY_KEY,
                ProjectionExpression="#document, #good",
                ExpressionAttributeNames={"#document": "document", "#good": "good"},
            )
        values = items.plain(answer.get("Item", {}))
        policy = understood(values.get("document")) or understood(values.get("good"))
        return policy.prices if policy else {}
