"""A notice as the message of one of Slack's incoming webhooks.

Slack's limits (docs.slack.dev, "Block Kit" reference): header 150 characters, section 3,000, up to 10
fields of 2,000, context up to 10 elements, 50 blocks. Some 13,000 characters in all are refused as
`msg_blocks_too_long` (slackapi/bolt-js issue 2509).
"""

from collections.abc import Iterator
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    ContextBlock,
    HeaderBlock,
    MarkdownTextObject,
    PlainTextObject,
    SectionBlock,
)

from hub.domain.notices import Fact, Notice
from hub.domain.wording import clock
from hub.notices.looks import LOOKS
from hub.notices.markup import here, link, literal
from hub.notices.writing import after

HEADER, SECTION, FIELD, FIELDS, BLOCKS = 150, 3000, 2000, 10, 50
FALLBACK = 300  # what a phone shows of a notification is less
# Ours stay far below: all texts of one message, and each of them.
TOTAL, _PART, _VALUE = 8000, 1500, 500


def message(notice: Notice) -> dict[str, Any]:
    """The payload of an incoming webhook.

    Every message of one recording has the same header, after the sign of its kind, and names the recording
    at its end; later ones say when it began. Links are links, not buttons: a button reports its click to an
    app, which a webhook has not, and then shows a warning (slackapi/node-slack-sdk issue 869).

    Args:
        notice: What it tells.

    Returns:
        `text`, for notifications and readers aloud, and `blocks`; nothing in it is unfurled.

    """
    look = LOOKS[notice.kind]
    blocks: list[Block] = [
        HeaderBlock(text=PlainTextObject(text=_header(notice), emoji=True)),
        _section(f"*{look.label}.* {literal(notice.headline, _PART)}"),
        *_paragraphs(notice.paragraphs),
        *_links(notice),
        *_facts(notice.facts[:FIELDS]),
        ContextBlock(elements=[_text(each) for each in _context(notice)]),
    ]
    return {
        "text": literal(f"{look.emoji} {look.label}: {_place(notice)}. {notice.headline}", FALLBACK),
        "blocks": [each.to_dict() for each in blocks],
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _place(notice: Notice) -> str:
    """The same in every message of a story."""
    return str(notice.place) or notice.gist[:1].upper() + notice.gist[1:]


def _header(notice: Notice) -> str:
    return f"{LOOKS[notice.kind].emoji} {literal(_place(notice), HEADER - 4)}"


def _facts(facts: tuple[Fact, ...]) -> Iterator[Block]:
    if facts:
        yield SectionBlock(fields=[_text(f"*{literal(each.label)}*\n{_value(each)}") for each in facts])


def _value(fact: Fact) -> str:
    if fact.link and len(fact.link) + _VALUE < FIELD:
        return link(fact.value, fact.link)
    return literal(fact.value, _VALUE) or "-"


def _paragraphs(paragraphs: tuple[str, ...]) -> Iterator[Block]:
    """As many as a message should have; the report and the mail have them all."""
    room = TOTAL - _PART - FIELDS * _VALUE // 2
    for number, each in enumerate(paragraphs):
        shown = _lines(each)
        room -= len(shown)
        if room < 0:
            yield _section(f"_and {len(paragraphs) - number} more paragraphs, in the mail and in the report_")
            return
        yield _section(shown)


def _lines(paragraph: str) -> str:
    """A list has bullets and its head is bold; so is what begins like `Cost:`, until there."""
    shown: list[str] = []
    room, is_list = _PART, "\n  " in paragraph
    for each in paragraph.split("\n"):
        text = f"• {literal(each.strip(), 300)}" if each.startswith("  ") else _led(each, is_list=is_list)
        room -= len(text) + 1
        if room < 0:
            return "\n".join([*shown, "…"])
        shown.append(text)
    return "\n".join(shown)


_LEADS = ("Why", "Cost", "Advice", "What to do", "What to do, while it still records")


def _led(text: str, *, is_list: bool) -> str:
    if is_list and text.endswith(":"):
        return f"*{literal(text, _PART - 50)}*"
    lead, colon, rest = text.partition(":")
    if colon and lead in _LEADS:
        return f"*{lead}:*{literal(rest, _PART - 50)}"
    return literal(text, _PART - 50)


def _links(notice: Notice) -> Iterator[Block]:
    shown = [link(each.label, each.url) for each in notice.links]
    kept: list[str] = []
    for each in shown:
        if len(" · ".join([*kept, each])) <= SECTION:
            kept.append(each)
    if kept:
        yield _section(" · ".join(kept))


def _context(notice: Notice) -> Iterator[str]:
    if notice.onset:
        pages = [each.url for each in notice.links if each.label.startswith("Execution")]
        yield f"recording {link(notice.story, pages[0]) if pages else literal(notice.story)}"
    if notice.began:
        yield f"began {clock(notice.began)} ({here(notice.began)})"
    told = f"told {clock(notice.when)} ({here(notice.when)})"
    yield f"{told}, {after(notice.when, notice.onset)}" if notice.onset else told


def _section(text: str) -> SectionBlock:
    return SectionBlock(text=_text(text))


def _text(text: str) -> MarkdownTextObject:
    """Verbatim: no address, channel or name in it becomes a link of its own."""
    return MarkdownTextObject(text=text, verbatim=True)
