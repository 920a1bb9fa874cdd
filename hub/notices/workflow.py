"""A notice as the variables of one of Slack's workflows that start from a webhook.

Such a workflow takes flat variables of text, each declared in it by its name (docs.slack.dev, "Workflow
webhook triggers"); that 20 are the most is not published where it was looked for, and fewer are sent.
"""

from hub.domain.notices import Fact, Notice
from hub.domain.wording import iso
from hub.notices.looks import LOOKS

VARIABLES = 20
_LONGEST = 3000  # what a message step can show

# The names, for whoever declares them, and what each holds.
DECLARED: dict[str, str] = {
    "kind": "what it tells of, as in `closed`",
    "title": "one line: what happened, to which gateway, in which account",
    "headline": "the whole in one sentence",
    "account": "the account's id",
    "account_name": "what people call the account",
    "region": "the region",
    "gateway": "the gateway's id",
    "gateway_name": "the gateway's Name tag",
    "recording": "the recording's id; the same in all of its messages",
    "facts": "account, region, gateway, alarm, onset and the like, one line each",
    "text": "everything else, in paragraphs",
    "link": "the page to go to first: the report, once there is one",
    "link_label": "what that page is",
    "links": "all pages, one line each",
    "time": "when it was told, UTC, ISO 8601",
}


def variables(notice: Notice) -> dict[str, str]:
    """Every variable that is declared; what does not apply is empty.

    Args:
        notice: What it tells.

    """
    first = notice.links[0] if notice.links else None
    place = notice.place
    told = {
        "kind": notice.kind,
        "title": f"{LOOKS[notice.kind].emoji} {notice.title}",
        "headline": notice.headline,
        "account": place.account,
        "account_name": place.account_name,
        "region": place.region,
        "gateway": place.gateway,
        "gateway_name": place.gateway_name,
        "recording": notice.story if notice.onset else "",
        "facts": "\n".join(map(_fact, notice.facts)),
        "text": "\n\n".join(notice.paragraphs),
        "link": first.url if first else "",
        "link_label": first.label if first else "",
        "links": "\n".join(f"{each.label}: {each.url}" for each in notice.links),
        "time": iso(notice.when) or "",
    }
    return {name: _plain(told[name]) for name in DECLARED}


def _fact(fact: Fact) -> str:
    return f"{fact.label}: {fact.value}"


def _plain(text: str) -> str:
    """Mentions stay what they are not: Slack reads `<!here>` in a variable as a person's own text."""
    shown = text.replace("<", "‹").replace(">", "›")  # noqa: RUF001 - on purpose
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"
