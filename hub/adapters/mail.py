"""Notices as SNS delivers them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hub.adapters.faults import told_as
from hub.adapters.sessions import Sessions
from hub.domain.errors import RecordingFault
from hub.domain.notices import Notice
from hub.notices.mail import letter

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient


@dataclass(frozen=True)
class Topic:
    """The central team's topic."""

    sessions: Sessions
    arn: str
    namespace: str = "natrec"

    def publish(self, notice: Notice) -> None:
        """Send one notice."""
        subject, text = letter(notice, self.namespace)
        client: SNSClient = self.sessions.hub("sns")
        with told_as(RecordingFault, f"sending the notice '{notice.kind}' of {notice.about}"):
            client.publish(
                TopicArn=self.arn,
                Subject=subject,
                Message=text,
                MessageAttributes={"kind": {"DataType": "String", "StringValue": notice.kind}},
            )
