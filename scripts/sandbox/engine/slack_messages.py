"""Slack's answer to a post, by its path and body. Pure.

Sources: docs.slack.dev, "Sending messages using incoming webhooks" (text or blocks, answered by the text
`ok`; errors `invalid_payload`, `no_text`, `no_service`) and "Truncating really long messages" (40,000
characters); api.slack.com, changelog of 2016-05-17 (status codes of webhook errors); Slack help, "Create a
workflow that starts with a webhook" (one flat JSON object, every variable a text), whose refusals Slack has
not published: the words here are the stand-in's.
"""

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

from scripts.sandbox.engine import slack_blocks

LONGEST_TEXT = 40_000
ATTACHMENTS = 100
SERVICES = "/services"
WORKFLOWS = ("/triggers/", "/workflows/")


@dataclass(frozen=True)
class Answer:
    """What Slack says.

    Attributes:
        status: Of HTTP.
        text: The body of the answer.
        message: What was posted; None where it was refused.
        faults: Why, in words for people.

    """

    status: HTTPStatus
    text: str
    message: dict[str, Any] | None = None
    faults: tuple[str, ...] = ()


def refused(text: str, *faults: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> Answer:
    """A refusal."""
    return Answer(status, text, None, faults)


def answer(path: str, body: bytes, content_type: str = "application/json") -> Answer:
    """Judge one post.

    Args:
        path: Of the webhook; what is no webhook's form is no service.
        body: JSON, or a form with the JSON in `payload`.
        content_type: Which of the two.

    """
    workflow = path.startswith(WORKFLOWS)
    if not workflow and path != SERVICES and not path.startswith(f"{SERVICES}/"):
        return no_service()
    try:
        if content_type.startswith("application/x-www-form-urlencoded"):
            body = parse_qs(body.decode())["payload"][0].encode()
        message = json.loads(body)
    except (ValueError, KeyError):
        return refused("invalid_payload", "the body is no JSON")
    if not isinstance(message, dict):
        return refused("invalid_payload", "the body is no JSON object")
    return _workflow(message) if workflow else _incoming(message)


def no_service() -> Answer:
    """There is no such webhook, or no more."""
    return refused("no_service", status=HTTPStatus.NOT_FOUND)


def _incoming(message: dict[str, Any]) -> Answer:
    text = message.get("text")
    if text is not None and not isinstance(text, str):
        return refused("invalid_payload", "text: must be a string")
    if not (text or message.get("blocks") or message.get("attachments")):
        return refused("no_text")
    found = slack_blocks.faults(message.get("blocks") or [])
    attachments = message.get("attachments") or []
    if not isinstance(attachments, list) or not all(isinstance(each, dict) for each in attachments):
        return refused("invalid_attachments", "attachments: must be an array of objects")
    if len(attachments) > ATTACHMENTS:
        return refused("too_many_attachments", f"attachments: no more than {ATTACHMENTS} items allowed")
    for number, each in enumerate(attachments):
        found += [f"attachments/{number}/{fault}" for fault in slack_blocks.faults(each.get("blocks") or [])]
    if found:
        return refused("invalid_blocks", *found)
    shown = {**message, "text": text[:LONGEST_TEXT]} if text and len(text) > LONGEST_TEXT else message
    return Answer(HTTPStatus.OK, "ok", shown)


def _workflow(message: dict[str, Any]) -> Answer:
    bad = sorted(name for name, value in message.items() if not isinstance(value, str))
    if bad:
        told = json.dumps({"ok": False, "error": "invalid_payload"})
        return refused(told, *(f"{name}: a variable must be a text" for name in bad))
    return Answer(HTTPStatus.OK, json.dumps({"ok": True}), message)
