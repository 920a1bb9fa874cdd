"""A notice as every channel would show it, before anybody gets one."""

import json
from typing import Any

from hub.domain.notices import KINDS
from hub.notices import blocks, chat, workflow
from hub.notices.mail import letter
from hub.notices.samples import sample
from orgconfig.errors import NatrecError

_BUILDER = "https://app.slack.com/block-kit-builder"


def preview(kind: str, namespace: str) -> dict[str, Any]:
    """The sample of one kind in every channel.

    Args:
        kind: Which.
        namespace: The config's, as subjects bear it.

    Raises:
        NatrecError: There is no such kind.

    """
    if kind not in KINDS:
        raise NatrecError(f"there is no notice of kind '{kind}'", next=f"Kinds: {', '.join(KINDS)}.")
    notice = sample(kind)
    subject, text = letter(notice, namespace)
    return {
        "kind": kind,
        "mail": {"subject": subject, "text": text},
        "slack": blocks.message(notice),
        "workflow": workflow.variables(notice),
        "chat": chat.message(notice),
    }


def as_text(shown: dict[str, Any]) -> str:
    """The same for people: the mail as it is read, the others as JSON to be pasted."""
    mail = shown["mail"]
    parts = {
        "Mail": f"Subject: {mail['subject']}\n\n{mail['text'].rstrip()}",
        f"Slack, incoming webhook; see it in {_BUILDER}": _json(shown["slack"]),
        "Slack, variables of a workflow": _json(shown["workflow"]),
        "Amazon Q Developer in chat applications": _json(shown["chat"]),
    }
    return "\n\n".join(f"# {channel}\n\n{text}" for channel, text in parts.items())


def _json(document: object) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False)
