"""Recordings in the hub's table."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from hub.adapters import items, spikes, suspicions
from hub.adapters.declared import calls
from hub.adapters.faults import code_of, told_as
from hub.adapters.transactions import Cancelled, Transactions
from hub.adapters.writes import Writes
from hub.domain.errors import RecordingFault, Transient
from hub.domain.quotas import counters
from hub.domain.recordings import Recording
from hub.domain.refused import RefusedOnset
from hub.domain.spikes import Spike
from hub.domain.suspects import Suspicion

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True)
class TableRecordings:
    """The history over one DynamoDB table."""

    client: "DynamoDBClient"
    table: str
    transactions: Transactions

    @calls("table", "dynamodb:GetItem")
    def find(self, recording: str) -> Recording | None:
        """The recording as it is now, read consistently."""
        with told_as(RecordingFault, f"reading {recording}"):
            answer = self.client.get_item(
                TableName=self.table, Key=items.recording_key(recording), ConsistentRead=True
            )
        return items.recording_of(answer["Item"]) if "Item" in answer else None

    @calls("table", "dynamodb:UpdateItem")
    def note_refusal(self, refused: RefusedOnset) -> None:
        """Keep a refusal, counted with the others of its gateway, reason and day."""
        with told_as(RecordingFault, f"keeping the refusal of {refused.onset.gateway}"):
            self.client.update_item(**Writes(self.table).refuse(refused))

    @calls("table", "dynamodb:UpdateItem")
    def save_started(self, recording: Recording) -> None:
        """Keep the flow logs of an open recording; one that was closed meanwhile stays closed."""
        values: dict[str, object] = {
            "flow_logs": list(recording.flow_logs),
            "not_recorded": list(recording.not_recorded),
        }
        if recording.flow_logs_at:
            values["flow_logs_at"] = items.stamp(recording.flow_logs_at)
        with told_as(RecordingFault, f"keeping the flow logs of {recording.id}"):
            try:
                self.client.update_item(
                    TableName=self.table,
                    Key=items.recording_key(recording.id),
                    UpdateExpression="SET " + ", ".join(f"{name} = :{name}" for name in values),
                    ConditionExpression="#state = :open",
                    ExpressionAttributeNames={"#state": "state"},
                    ExpressionAttributeValues=items.typed(
                        {":open": "open", **{f":{name}": value for name, value in values.items()}}
                    ),
                )
            except ClientError as error:
                if code_of(error) != "ConditionalCheckFailedException":
                    raise

    @calls("table", "dynamodb:UpdateItem")
    def save_suspicion(self, recording: str, suspicion: Suspicion) -> None:
        """Keep who is suspected; a recording that was closed meanwhile keeps it too."""
        self._keep(recording, "suspicion", suspicions.write(suspicion))

    @calls("table", "dynamodb:UpdateItem")
    def save_spike(self, recording: str, spike: Spike) -> None:
        """Keep what its gateway's metrics say."""
        self._keep(recording, "spike", spikes.write(spike))

    def _keep(self, recording: str, name: str, value: dict[str, object] | None) -> None:
        with told_as(RecordingFault, f"keeping the {name} of {recording}"):
            self.client.update_item(
                TableName=self.table,
                Key=items.recording_key(recording),
                UpdateExpression="SET #name = :value",
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeNames={"#name": name},
                ExpressionAttributeValues=items.typed({":value": value}),
            )

    @calls("table", "dynamodb:UpdateItem")
    def save_undelivered(self, recording: str, error: str) -> bool:
        """Keep the first delivery error of an open recording."""
        with told_as(RecordingFault, f"keeping the delivery error of {recording}"):
            try:
                self.client.update_item(
                    TableName=self.table,
                    Key=items.recording_key(recording),
                    UpdateExpression="SET delivery_error = :error",
                    ConditionExpression="#state = :open AND attribute_not_exists(delivery_error)",
                    ExpressionAttributeNames={"#state": "state"},
                    ExpressionAttributeValues=items.typed({":open": "open", ":error": error}),
                )
            except ClientError as error_:
                if code_of(error_) != "ConditionalCheckFailedException":
                    raise
                return False
        return True

    @calls("table", "dynamodb:UpdateItem")
    def save_stopped(self, recording: str, by: str) -> Recording | None:
        """Keep who ends an open recording, unless somebody does already."""
        try:
            after = self.transactions.update(
                Writes(self.table).name_stopper(recording, by), f"stopping {recording}"
            )
        except Cancelled:
            return None
        return items.recording_of(after)

    @calls("table", "dynamodb:PutItem")
    def save_unadmitted(self, recording: Recording) -> None:
        """Keep a recording that failed before it was admitted."""
        with told_as(RecordingFault, f"keeping {recording.id}"):
            try:
                self.client.put_item(**Writes(self.table).begin(recording))
            except ClientError as error:
                if code_of(error) != "ConditionalCheckFailedException":
                    raise

    @calls("table", "dynamodb:GetItem", "dynamodb:UpdateItem")
    def save_delivery(self, recording: Recording) -> None:
        """Keep what was delivered, charge what was not charged before; give back what captured nothing.

        Given back when it is first measured, under the same condition as the charge: exactly once.
        """
        before = self.find(recording.id)
        old = before.delivered_bytes if before else None
        condition = "attribute_not_exists(delivered_bytes)" if old is None else "delivered_bytes = :old"
        values: dict[str, object] = {
            ":objects": recording.delivered_objects or 0,
            ":bytes": recording.delivered_bytes or 0,
            ":report": recording.report or "",
            ":summary": items.summary_values(recording.summary),
            **({} if old is None else {":old": old}),
        }
        owed = (recording.delivered_bytes or 0) - (old or 0)
        charges = [
            Writes(self.table).count(key, owed)
            for key in counters(recording.gateway, recording.opened_at)
            if key.measure.startswith("delivered")
        ]
        if recording.captured_nothing and old is None:
            charges += Writes(self.table).give_back(recording)
        update: Any = {
            "TableName": self.table,
            "Key": items.recording_key(recording.id),
            "UpdateExpression": (
                "SET delivered_objects = :objects, delivered_bytes = :bytes, "
                "#report = :report, #summary = :summary"
            ),
            "ConditionExpression": f"attribute_exists(pk) AND {condition}",
            "ExpressionAttributeNames": {"#report": "report", "#summary": "summary"},
            "ExpressionAttributeValues": items.typed(values),
        }
        actions: list[Any] = [{"Update": update}, *({"Update": charge} for charge in charges)]
        try:
            self.transactions.write(actions, f"keeping the delivery of {recording.id}")
        except Cancelled as cancelled:
            raise Transient(f"{recording.id} was measured by another at the same time") from cancelled
