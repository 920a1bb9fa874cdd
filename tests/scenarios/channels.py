"""What was said where: Slack's messages and the mails, by the recordings that they are about."""

import json
import re
import urllib.request
from collections import defaultdict
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import Any

from scripts.stories.places import Organization

_RECORDING = re.compile(r"rec-\d{8}T\d{6}-[0-9a-f]{8}")

Story = list[str]


def slack_goes_wrong(organization: Organization, **how: object) -> None:
    """Slack fails as it is told: `times`, `status`, `retry_after`, or `clear`."""
    asked = urllib.request.Request(  # noqa: S310 - the sandbox's own endpoint
        f"{organization.line['endpoint']}/sandbox/slack", json.dumps(how).encode(), method="POST"
    )
    urllib.request.urlopen(asked).close()  # noqa: S310 - as above


def slack_stories(organization: Organization, secret: str = "natrec/slack") -> dict[str, Story]:  # noqa: S107 - its name
    """What one channel was told of each recording, in its order: what happened, as in `Recorded`."""
    messages = Path(organization.line["slack"])
    told = [json.loads(line) for line in messages.read_text().splitlines()]
    accepted = [post for post in slack_posts(organization) if post["accepted"]]
    found: defaultdict[str, Story] = defaultdict(list)
    for post, message in zip(accepted, told, strict=True):
        recording = _RECORDING.search(json.dumps(message))
        if recording and post["path"] == f"/services/{secret}":
            found[recording[0]].append(message["text"].split(" ", 1)[1].split(":")[0])
    return dict(found)


def slack_posts(organization: Organization) -> list[dict[str, Any]]:
    """Every attempt to post, also those that Slack refused."""
    posts = Path(organization.line["slack"]).with_name("slack-posts.jsonl")
    return [json.loads(line) for line in posts.read_text().splitlines()]


def mail_stories(organization: Organization, reader: str = "security@example.com") -> dict[str, Story]:
    """What one reader was mailed of each recording, in its order: the gist of each subject."""
    parser, found = BytesParser(policy=policy.default), defaultdict[str, Story](list)
    for file in sorted(Path(organization.line["mail"]).glob("*.eml")):
        mail = parser.parsebytes(file.read_bytes())
        recording = _RECORDING.search(str(mail.get_content()))
        if recording and mail["To"] == reader:
            found[recording[0]].append(str(mail["Subject"]).removeprefix("natrec: ").split(" nat-")[0])
    return dict(found)
