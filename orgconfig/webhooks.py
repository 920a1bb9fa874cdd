"""The form of a Slack webhook's URL: what a secret must hold.

Sources: Slack, "Sending messages using incoming webhooks" (/services/), "Create workflows that start with a
webhook" (/triggers/, earlier /workflows/), "GovSlack" (the host hooks.slack-gov.com).
"""

import re
from typing import Literal

_WEBHOOK = re.compile(r"https://hooks\.slack(?:-gov)?\.com/(services|workflows|triggers)/\S+")
_LOCAL = re.compile(r"http://(?:127\.0\.0\.1|localhost)(?::\d+)?/(services|workflows|triggers)?\S*")


def is_local(endpoint: str) -> bool:
    """Whether AWS itself is on this machine, so that Slack may be too."""
    return _LOCAL.match(f"{endpoint}/") is not None


def webhook_fault(text: str | None, *, local: bool) -> str:
    """What is wrong with a webhook's URL, never saying the URL; empty where nothing is.

    Args:
        text: The secret.
        local: Whether AWS is on this machine, so that Slack may be too.

    """
    if not text:
        return "holds no text"
    if _WEBHOOK.fullmatch(text) or (local and _LOCAL.fullmatch(text)):
        return ""
    if text != text.strip():
        return "holds white space around its URL"
    if text.startswith(("{", "[", '"')):
        return "holds JSON; it must be the URL alone"
    return "holds no URL of a Slack webhook"


def takes(url: str) -> Literal["blocks", "variables"]:
    """What a webhook takes: Block Kit, or the flat variables that a workflow starts with."""
    found = _WEBHOOK.fullmatch(url) or _LOCAL.fullmatch(url)
    return "variables" if found and found[1] in ("workflows", "triggers") else "blocks"
