"""What the hub remembers of the organization, on the policy's own item: one read gives both.

`natrec apply` writes `document`, the hub writes `members` and `good`; each changes its own attributes only.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from hub.adapters import items
from hub.adapters.declared import calls
from hub.adapters.faults import code_of, told_as
from hub.domain.errors import RecordingFault
from hub.domain.organization import Roster
from orgconfig.members import Members
from orgconfig.policy import policy_of
from orgconfig.reading import ReadingError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True)
class TableMembership:
    """The policy's item in the hub's table."""

    client: "DynamoDBClient"
    table: str

    @calls("table", "dynamodb:GetItem", "dynamodb:UpdateItem")
    def store(self, roster: Roster) -> bool:
        """Keep the roster, compressed, unless it is there already."""
        members = Members(roster.parents, roster.accounts, roster.suspended, roster.names)
        encoded = members.encode()
        if self._kept().get("members") == encoded:
            return False
        self._set("members", encoded)
        return True

    @calls("table", "dynamodb:GetItem", "dynamodb:UpdateItem")
    def vouch(self) -> str | None:
        """Keep the document as the last good one if it is a policy; else say what is wrong with it."""
        kept = self._kept()
        document = kept.get("document", "")
        try:
            policy_of(document)
        except ReadingError as problem:
            return str(problem)
        if kept.get("good") != document:
            self._set("good", document, unless_changed=document)
        return None

    def _kept(self) -> dict[str, Any]:
        with told_as(RecordingFault, "reading the policy"):
            answer = self.client.get_item(TableName=self.table, Key=items.POLICY_KEY, ConsistentRead=True)
        values = items.plain(answer.get("Item", {}))
        if "members" in values:
            values["members"] = bytes(values["members"])
        return values

    def _set(self, name: str, value: object, *, unless_changed: str | None = None) -> None:
        """Set one attribute; with `unless_changed` only while the document is still that one."""
        values: dict[str, object] = {":value": value}
        condition: dict[str, Any] = {}
        names = {"#name": name}
        if unless_changed is not None:
            values[":document"] = unless_changed
            names["#document"] = "document"
            condition = {"ConditionExpression": "#document = :document"}
        with told_as(RecordingFault, f"keeping the policy's {name}"):
            try:
                self.client.update_item(
                    TableName=self.table,
                    Key=items.POLICY_KEY,
                    UpdateExpression="SET #name = :value",
                    ExpressionAttributeNames=names,
                    ExpressionAttributeValues=items.typed(values),
                    **condition,
                )
            except ClientError as error:
                if code_of(error) != "ConditionalCheckFailedException":
                    raise
