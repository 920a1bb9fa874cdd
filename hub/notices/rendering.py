"""A notice as a channel sends it."""

from typing import Any

from hub.domain.destinations import Destination
from hub.domain.notices import Notice, interest
from hub.notices import blocks, chat, workflow
from hub.notices.mail import letter


def payload(notice: Notice, destination: Destination, namespace: str) -> dict[str, Any]:
    """What goes into the queue.

    Args:
        notice: What is told.
        destination: Who is told.
        namespace: Whose it is; begins a mail's subject.

    Returns:
        For mail `subject`, `text` and `interest`, by which subscriptions filter; for Slack `blocks` and
        `variables`, of which the webhook's kind takes one; for chat the document itself.

    """
    match destination.channel:
        case "mail":
            subject, text = letter(notice, namespace)
            return {"subject": subject, "text": text, "interest": interest(notice.kind) or notice.kind}
        case "slack":
            return {"blocks": blocks.message(notice), "variables": workflow.variables(notice)}
        case "chat":
            return chat.message(notice)
