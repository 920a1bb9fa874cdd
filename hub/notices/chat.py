"""A notice as a custom notification of Amazon Q Developer in chat applications.

Schema: Amazon Q Developer in chat applications Administrator Guide, "Custom notifications". Its lengths of
title, description, step and keyword are kept; how many there may be, and how long a summary, was not found
there, so few and short ones are sent, and no list that is empty.
"""

from typing import Any

from hub.domain.notices import Notice
from hub.domain.wording import clock
from hub.notices.looks import LOOKS, TO_DO
from hub.notices.markup import link, literal
from hub.notices.writing import after

TITLE, DESCRIPTION, STEP, KEYWORD = 250, 8000, 350, 75
STEPS = KEYWORDS = 10
_PART, _SUMMARY = 1000, 200


def message(notice: Notice) -> dict[str, Any]:
    """What is published to the topic, as one JSON document.

    Args:
        notice: What it tells.

    Returns:
        The document; messages of one recording have one `threadId`, and so stand in one thread.

    """
    look, place = LOOKS[notice.kind], notice.place
    steps = [each for each in notice.paragraphs if each.startswith(TO_DO)]
    keywords = [notice.kind, place.account_name, place.account, place.region, place.gateway]
    content = {
        "textType": "client-markdown",
        "title": f"{look.emoji} {look.label}: {literal(str(place) or notice.gist, TITLE - 40)}",
        "description": _description(notice),
        "nextSteps": [literal(_said(each), STEP) for each in steps[:STEPS]],
        "keywords": [literal(each, KEYWORD) for each in keywords if each],
    }
    metadata = {
        "threadId": notice.story or notice.about,
        "summary": literal(notice.headline, _SUMMARY),
        "eventType": f"natrec-{notice.kind}",
        "relatedResources": [place.gateway] if place.gateway else [],
        "additionalContext": _filled({"kind": notice.kind, "account": place.account, "region": place.region}),
    }
    return {
        "version": "1.0",
        "source": "custom",
        "id": f"{notice.about}/{notice.kind}" if notice.onset else notice.about,
        "content": _filled(content),
        "metadata": _filled(metadata),
    }


def _said(step: str) -> str:
    """What is to be done, without saying again that it is."""
    said = step.removeprefix(f"{TO_DO}:").removeprefix(f"{TO_DO},").strip().replace("\n", " ")
    return said[:1].upper() + said[1:]


def _description(notice: Notice) -> str:
    """As much as it may hold, whole paragraphs; the links come before what may be left out."""
    told = f"Told {clock(notice.when)}"
    if notice.onset:
        told += f", {after(notice.when, notice.onset)}; recording {literal(notice.story)}"
    parts = [
        literal(notice.headline, _PART),
        "\n".join(f"*{literal(each.label)}:* {literal(each.value, 300)}" for each in notice.facts),
        " · ".join(link(each.label, each.url) for each in notice.links[:5] if len(each.url) <= _PART),
        told,
    ]
    room = DESCRIPTION - sum(len(each) + 2 for each in parts)
    middle: list[str] = []
    for each in notice.paragraphs:
        shown = "\n".join(_line(line) for line in each.split("\n"))
        room -= len(shown) + 2
        if room >= 0 and not each.startswith(TO_DO):
            middle.append(shown)
    return "\n\n".join(filter(None, [parts[0], *middle, *parts[1:]]))


def _line(text: str) -> str:
    return f"• {literal(text.strip())}" if text.startswith("  ") else literal(text)


def _filled(part: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in part.items() if value}
