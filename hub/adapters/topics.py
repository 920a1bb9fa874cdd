"""Mail and chat, as SNS delivers them: one topic for each way in which its subscribers are chosen.

Source: SNS Developer Guide, "Amazon SNS message filtering" (an attribute of type String.Array matches a
filter that has any of its values).
"""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hub.adapters.declared import calls
from hub.adapters.faults import told_as
from hub.adapters.sessions import Sessions
from hub.domain.deliveries import Delivery
from hub.domain.errors import Busy, RecordingFault, Transient

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient


@dataclass(frozen=True)
class Topics:
    """The topics of the hub, by what a destination is called."""

    sessions: Sessions
    arns: dict[str, str]

    @calls("topics", "sns:Publish")
    def send(self, delivery: Delivery) -> None:
        """Publish it.

        Raises:
            Busy: SNS takes it not now; what it refuses for good may be mended by a person too.

        """
        told: Any = {"kind": {"DataType": "String", "StringValue": delivery.kind}}
        if delivery.destination.routes:
            routes = json.dumps(delivery.destination.routes)
            told["route"] = {"DataType": "String.Array", "StringValue": routes}
            told["interest"] = {"DataType": "String", "StringValue": delivery.payload["interest"]}
        client: SNSClient = self.sessions.hub("sns")
        try:
            with told_as(RecordingFault, f"telling {delivery.destination}"):
                client.publish(
                    TopicArn=self.arns[str(delivery.destination)],
                    MessageAttributes=told,
                    **self._message(delivery),
                )
        except (Transient, RecordingFault) as fault:
            raise Busy(str(fault)) from fault

    @staticmethod
    def _message(delivery: Delivery) -> dict[str, str]:
        if delivery.destination.channel == "chat":
            return {"Message": json.dumps(delivery.payload, ensure_ascii=False)}
        return {"Subject": delivery.payload["subject"], "Message": delivery.payload["text"]}
