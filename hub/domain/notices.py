"""What a notice says, whichever way it is sent; `hub/notices` writes them and renders them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

from hub.domain.named import line

AboutRecording = Literal["started", "closed", "failed", "unreported", "stuck", "undelivered", "lost"]
Kind = Literal[AboutRecording, "quota", "unreachable", "reachable", "found", "digest", "test"]
KINDS: tuple[Kind, ...] = get_args(Kind)
# What people subscribe to.
Interest = Literal["started", "closed", "failed", "quota", "spoke", "digest"]
INTERESTS: tuple[Interest, ...] = get_args(Interest)

# Of each text; what a channel takes is more, so that nothing of ours is cut there.
_GIST, _HEADLINE, _LABEL, _VALUE, _LINE = 60, 500, 40, 1000, 600
_LINES, _PARAGRAPHS = 25, 20
_WEB = ("https://", "s3://")

_INTERESTS: dict[Kind, Interest] = {
    "started": "started",
    "closed": "closed",
    "failed": "failed",
    "unreported": "failed",
    "stuck": "failed",
    "undelivered": "failed",
    "lost": "failed",
    "quota": "quota",
    "unreachable": "spoke",
    "reachable": "spoke",
    "found": "spoke",
    "digest": "digest",
}


def interest(kind: Kind) -> Interest | None:
    """What people subscribe to who want this kind; None for the test, which everybody gets."""
    return _INTERESTS.get(kind)


@dataclass(frozen=True)
class Place:
    """Where it happens; what is not known or does not apply is empty.

    Attributes:
        account: The account's id.
        account_name: What people call it.
        region: The region.
        gateway: The gateway's id.
        gateway_name: Its Name tag.

    """

    account: str = ""
    account_name: str = ""
    region: str = ""
    gateway: str = ""
    gateway_name: str = ""

    def __post_init__(self) -> None:
        _tidy(self, "account_name", 60)
        _tidy(self, "gateway_name", 60)

    def __str__(self) -> str:
        """In a few words, by names where there are any: `egress in payments-prod, eu-west-1`."""
        where = ", ".join(filter(None, (self.account_name or self.account, self.region)))
        return " in ".join(filter(None, (self.gateway_name or self.gateway, where)))


@dataclass(frozen=True)
class Link:
    """A page for people.

    Attributes:
        label: What it shows.
        url: Where; `https://`, or `s3://` where no console is known.

    """

    label: str
    url: str

    def __post_init__(self) -> None:
        _tidy(self, "label", _LABEL)
        if not self.url.startswith(_WEB) or not self.url.isprintable() or " " in self.url:
            raise ValueError(f"not a page: {self.url!r}")


@dataclass(frozen=True)
class Fact:
    """One line of the facts.

    Attributes:
        label: What it is.
        value: What is known of it.
        link: Its page in the console.

    """

    label: str
    value: str
    link: str | None = None

    def __post_init__(self) -> None:
        _tidy(self, "label", _LABEL)
        _tidy(self, "value", _VALUE)


@dataclass(frozen=True)
class Notice:
    """One notice. Its texts hold no control characters and no marks that turn the writing around.

    Attributes:
        kind: What it tells of.
        about: What it tells of exactly once: a recording's id, or as in `quota/<limit>/<period>`.
        story: What belongs together: a recording's id, one outage; empty when it stands alone.
        gist: What happened, in words that go before the place: `recorded`.
        place: Where.
        headline: The whole in one sentence.
        when: When it is told.
        facts: What, where and when, line by line.
        paragraphs: The rest. Their lines are kept; one that begins with spaces belongs to a list.
        links: Pages to go to, the most important first.
        onset: When the alarm of its recording changed.
        began: When its recording was opened, for what comes after the start.
        tags: Those of the gateway's tags by which its owners are told.

    """

    kind: Kind
    about: str
    story: str
    gist: str
    place: Place
    headline: str
    when: datetime
    facts: tuple[Fact, ...] = ()
    paragraphs: tuple[str, ...] = ()
    links: tuple[Link, ...] = field(default=())
    onset: datetime | None = None
    began: datetime | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _tidy(self, "gist", _GIST)
        _tidy(self, "headline", _HEADLINE)
        tidied = tuple(filter(None, map(_paragraph, self.paragraphs)))
        object.__setattr__(self, "paragraphs", tidied[:_PARAGRAPHS])

    @property
    def title(self) -> str:
        """One line: what happened, to which gateway, in which account, by their names."""
        return f"{self.gist} {self.place}".strip()


def _tidy(holder: object, name: str, longest: int) -> None:
    object.__setattr__(holder, name, line(getattr(holder, name), longest))


def _paragraph(text: str) -> str:
    """Lines stay lines, each as far from the margin as it was written."""
    lines = [each for each in text.split("\n") if each.strip()]
    kept = lines[:_LINES]
    if len(lines) > _LINES:
        kept = [*lines[: _LINES - 1], f"  and {len(lines) - _LINES + 1} more"]
    return "\n".join(_margin(each) + line(each, _LINE) for each in kept)


def _margin(text: str) -> str:
    return "  " if text.startswith("  ") else ""
