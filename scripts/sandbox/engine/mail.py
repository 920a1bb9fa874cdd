"""Email subscriptions of SNS topics: every message becomes one file per subscriber, as a mailbox gets it.

moto keeps email subscriptions and sends nothing. Sources: Amazon SNS API Reference, pages "Publish" (the
limits of subject and message) and "Subscribe"; Amazon SNS Developer Guide, "Email notifications".
"""

import os
import re
import threading
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from moto.core.responses import ActionResult
from moto.sns.exceptions import SNSInvalidParameter
from moto.sns.models import SNSBackend, Subscription
from moto.sns.responses import SNSResponse

from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.seams import replace

FOLDER = "mail"
SENDER = "AWS Notifications <no-reply@sns.amazonaws.com>"
SUBJECT_LENGTH = 100
MESSAGE_BYTES = 256 * 1024
PROTOCOLS = ("email", "email-json")
# No mail reaches a domain below this one (RFC 2606), so nobody there confirms a subscription.
UNREACHABLE = ".invalid"


def check(subject: str | None, message: str | None) -> None:
    """Refuse what SNS refuses.

    Raises:
        SNSInvalidParameter: The subject is not 1 to 100 printable ASCII characters that start with a
            letter, digit or punctuation mark, or the message is empty or above 256 KB.

    """
    # "must be ASCII text ... must not include line breaks or control characters": page "Publish".
    if subject is not None and not re.fullmatch(rf"[!-~][ -~]{{0,{SUBJECT_LENGTH - 1}}}", subject):
        raise SNSInvalidParameter("Invalid parameter: Subject")
    if not message:
        raise SNSInvalidParameter("Invalid parameter: Empty message")
    if len(message.encode()) > MESSAGE_BYTES:
        raise SNSInvalidParameter("Invalid parameter: Message too long")


def letter(topic_arn: str, endpoint: str, subject: str | None, message: str, when: datetime) -> EmailMessage:
    """The mail as SNS sends it: plain text, and at its foot how to unsubscribe."""
    region = topic_arn.split(":")[3]
    # A subject stays one line, as long as RFC 5322 lets it be: readers of files do not unfold headers alike.
    mail = EmailMessage(policy=policy.SMTP.clone(max_line_length=998))
    mail["Subject"] = subject or "AWS Notification Message"
    mail["From"] = SENDER
    mail["To"] = endpoint
    mail["Date"] = format_datetime(when)
    link = f"https://sns.{region}.amazonaws.com/unsubscribe.html?TopicArn={topic_arn}&Endpoint={endpoint}"
    mail.set_content(
        f"{message}\n\n--\nIf you wish to stop receiving notifications from this topic, "
        f"please click or visit the link below to unsubscribe:\n{link}\n",
        cte="8bit",  # a file that people read as it is: no line is broken, no id or URL cut in two
    )
    return mail


class Mailbox:
    """A folder of mails, named so that their order is the order of sending."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._count = 0
        self._lock = threading.Lock()

    def put(self, mail: EmailMessage, when: datetime) -> Path:
        """Write one mail; a reader sees all of it or nothing."""
        with self._lock:
            self._count += 1
            name = f"{when:%Y%m%dT%H%M%S}-{self._count:05d}"
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = self.folder / f".{name}.part"
        unfinished.write_bytes(mail.as_bytes())
        target = self.folder / f"{name}.eml"
        os.replace(unfinished, target)  # noqa: PTH105 - the same call, named for what it does
        return target


def _publishing(original: Any, mailbox: Mailbox) -> Any:
    def publish(self: Any, message: str, message_id: str, **details: Any) -> None:
        if self.protocol not in PROTOCOLS:
            original(self, message, message_id, **details)
            return
        if self.endpoint.endswith(UNREACHABLE):
            return  # pending: "Amazon SNS sends messages only to confirmed subscriptions" (Developer Guide)
        matcher = self._filter_policy_matcher
        if matcher is not None and not matcher.matches(details.get("message_attributes"), message):
            return
        if details.get("message_structure") == "json":
            message = self._parse_message_structure(message, self.protocol)
        if self.protocol == "email-json":
            raise NotImplementedError("the engine sends plain email only")
        now = datetime.now(UTC)
        mailbox.put(letter(self.topic.arn, self.endpoint, details.get("subject"), message, now), now)

    return publish


def _checked(original: Any) -> Any:
    def publish(self: Any) -> ActionResult:
        check(self._get_param("Subject"), self._get_param("Message"))
        answer: ActionResult = original(self)
        return answer

    return publish


def _confirmed(original: Any) -> Any:
    """Nobody reads mail here, so what a person would click is clicked at once; unless no mail arrives."""

    def subscribe(self: Any, topic_arn: str, endpoint: str, protocol: str) -> Subscription:
        if protocol in PROTOCOLS and not re.fullmatch(r"[^@\s]+@[^@\s]+", endpoint):
            raise SNSInvalidParameter("Invalid parameter: Email address")
        subscription: Subscription = original(self, topic_arn, endpoint, protocol)
        if protocol in PROTOCOLS:
            confirmed = not endpoint.endswith(UNREACHABLE)
            subscription.confirmed = confirmed
            subscription.attributes["PendingConfirmation"] = "false" if confirmed else "true"
            subscription.attributes["ConfirmationWasAuthenticated"] = "false"
        return subscription

    return subscribe


def _listed(original: Any) -> Any:
    """ListSubscriptions and ListSubscriptionsByTopic: a pending one has no ARN yet (API Reference)."""

    def listed(self: SNSResponse) -> ActionResult:
        answer: ActionResult = original(self)
        found: dict[str, Any] = answer.result  # type: ignore[assignment] # it is always one
        told = [_shown(each) for each in found["Subscriptions"]]
        return ActionResult({**found, "Subscriptions": told})

    return listed


def _shown(subscription: Subscription) -> dict[str, Any]:
    pending = subscription.attributes.get("PendingConfirmation") == "true"
    return {
        "SubscriptionArn": "PendingConfirmation" if pending else subscription.arn,
        "Owner": subscription.owner,
        "Protocol": subscription.protocol,
        "Endpoint": subscription.endpoint,
        "TopicArn": subscription.topic_arn,
    }


def install(engine: Engine) -> None:
    """Catch the mails of every topic as files under the engine's private folder."""
    mailbox = Mailbox(engine.workdir / FOLDER)
    mailbox.folder.mkdir(parents=True, exist_ok=True)
    replace(Subscription, "publish", lambda original: _publishing(original, mailbox))
    replace(SNSBackend, "subscribe", _confirmed)
    replace(SNSResponse, "publish", _checked)
    replace(SNSResponse, "list_subscriptions", _listed)
    replace(SNSResponse, "list_subscriptions_by_topic", _listed)
