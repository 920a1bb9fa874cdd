"""The queue of notices: first in, first out for each destination, and all destinations at once.

Sources: SQS Developer Guide, "FIFO queue delivery logic" and "Exactly-once processing in Amazon SQS" (what
comes twice within five minutes is taken once); SQS API Reference, "SendMessageBatch" (an answer for each
entry, also when some failed).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from hub.adapters.declared import calls
from hub.adapters.faults import told_as
from hub.adapters.sessions import Sessions
from hub.domain.deliveries import Delivery, written
from hub.domain.errors import RecordingFault, Transient

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_BATCH = 10  # entries of one call


@dataclass(frozen=True)
class NoticeQueue:
    """The queue, and the one beside it for what no channel takes."""

    sessions: Sessions
    url: str
    buried_url: str = ""

    @property
    def _client(self) -> "SQSClient":
        client: SQSClient = self.sessions.hub("sqs")
        return client

    @calls("new notices", "sqs:SendMessage")
    def put(self, deliveries: Iterable[Delivery]) -> None:
        """Put them in, each in the lane of its destination."""
        waiting = list(deliveries)
        for start in range(0, len(waiting), _BATCH):
            some = waiting[start : start + _BATCH]
            entries: list[Any] = [
                {
                    "Id": str(at),
                    "MessageBody": written(each),
                    "MessageGroupId": each.lane,
                    "MessageDeduplicationId": each.key,
                }
                for at, each in enumerate(some)
            ]
            with told_as(RecordingFault, "queueing notices"):
                answer = self._client.send_message_batch(QueueUrl=self.url, Entries=entries)
            for failed in answer.get("Failed", []):
                # whichever were taken are taken once: putting all in again does no harm
                words = f"{failed['Code']}: {failed.get('Message', 'no message')}"
                raise Transient(f"queueing the notice for {some[int(failed['Id'])].destination}: {words}")

    @calls("waiting notices", "sqs:ChangeMessageVisibility")
    def rest(self, receipt: str, time: timedelta) -> None:
        """Leave a message, and with it its lane, alone for a while."""
        with told_as(RecordingFault, "leaving a notice for later"):
            self._client.change_message_visibility(
                QueueUrl=self.url, ReceiptHandle=receipt, VisibilityTimeout=round(time.total_seconds())
            )

    @calls("dead notices", "sqs:SendMessage")
    def bury(self, delivery: Delivery, why: str) -> None:
        """Keep for a person what no channel will ever take."""
        with told_as(RecordingFault, "keeping a notice that no channel takes"):
            self._client.send_message(
                QueueUrl=self.buried_url,
                MessageBody=written(delivery),
                MessageGroupId=delivery.lane,
                MessageDeduplicationId=delivery.key,
                MessageAttributes={"why": {"DataType": "String", "StringValue": why[:1000]}},
            )
