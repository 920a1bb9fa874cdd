"""Slack's markup: what is ours formats, what is not ours can not."""

import re
from datetime import datetime

from slack_sdk.models.messages import DateLink
from slack_sdk.models.messages import Link as SlackLink

from hub.domain.wording import clock

# Slack, "Formatting text for app surfaces": these three are escaped, and with them every mention, as in
# <!here> and <@U1>, and every link that is not ours.
_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# Nothing escapes these. They format only at the edge of a word, where what looks like them stands instead;
# within one, as in my_alarm_name, they stay, so that it can be copied.
_LOOK_ALIKES = {"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ"}  # noqa: RUF001 - on purpose
_MARK = re.compile(r"(?<!\w)[*_~]|[*_~](?!\w)|`")
_LABEL = 200
_HERE = "{date_short_pretty} {time}"


def literal(text: str, longest: int | None = None) -> str:
    """A text that Slack shows as it is.

    Args:
        text: Anything.
        longest: How long it may be once it is escaped; what is longer ends in an ellipsis.

    """
    shown = _MARK.sub(lambda mark: _LOOK_ALIKES[mark[0]], text)
    pieces = [_ESCAPED.get(each, each) for each in shown]
    if longest is not None and sum(map(len, pieces)) > longest:
        pieces = _cut(pieces, longest - 1)
    return "".join(pieces)


def _cut(pieces: list[str], longest: int) -> list[str]:
    """Whole characters only: half an escape would show."""
    kept, total = [], 0
    for each in pieces:
        total += len(each)
        if total > longest:
            break
        kept.append(each)
    return [*kept, "…"]


def link(label: str, url: str) -> str:
    """A label that leads somewhere; the label alone, where a browser can not go there."""
    shown = literal(label, _LABEL)
    if not url.startswith("https://"):
        return f"{shown}: {literal(url)}"
    return str(SlackLink(url=literal_url(url), text=shown.replace("|", "¦")))


def literal_url(url: str) -> str:
    """A URL between angle brackets, where a bar would end it."""
    return "".join(_ESCAPED.get(each, each) for each in url.replace("|", "%7C"))


def here(moment: datetime) -> str:
    """A moment in the reader's own time; in UTC where that cannot be shown."""
    return str(DateLink(date=moment, date_format=_HERE, fallback=clock(moment)))
