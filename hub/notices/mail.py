"""A notice as a mail that reads well in a terminal."""

import textwrap

from hub.domain.notices import Notice, Place
from hub.domain.wording import clock
from hub.notices.writing import after

# SNS API reference, Publish: up to 100 characters of printable ASCII, the first a letter, number or mark.
SUBJECT = 100
COLUMNS = 78
_SHORT = 4  # of a name: what is shorter says nothing


def letter(notice: Notice, namespace: str = "natrec") -> tuple[str, str]:
    """The mail.

    Args:
        notice: What it tells.
        namespace: Whose it is; begins the subject.

    Returns:
        The subject, of which ids are never cut, and the text, of which ids and URLs are never broken.

    """
    return subject(notice, namespace), _body(notice)


def subject(notice: Notice, namespace: str = "natrec") -> str:
    """The subject: what happened, to which gateway, in which account, by name and id."""
    start, place = _ascii(f"{namespace}: {notice.gist}"), notice.place
    names = (_ascii(place.gateway_name), _ascii(place.account_name))
    room = SUBJECT - len(" ".join(filter(None, (start, _where(place, "", "")))))
    return " ".join(filter(None, (start, _where(place, *_fitted(names, room)))))[:SUBJECT]


def _where(place: Place, gateway: str, account: str) -> str:
    account = ", ".join(filter(None, (_named(account, place.account), "" if place.gateway else place.region)))
    return " in ".join(filter(None, (_named(gateway, place.gateway), account)))


def _named(name: str, identity: str) -> str:
    return f"{name} ({identity})" if name and identity else identity


def _fitted(names: tuple[str, str], room: int) -> tuple[str, str]:
    """Both names as far as there is room, the longer one cut first; a name brings three more characters."""
    gateway, account = names
    while (gateway or account) and sum(len(each) + 3 for each in (gateway, account) if each) > room:
        if len(gateway) > len(account):
            gateway = _shorter(gateway)
        else:
            account = _shorter(account)
    return gateway, account


def _shorter(name: str) -> str:
    kept = name.removesuffix("..")[:-1].rstrip()
    return f"{kept}.." if len(kept) > _SHORT else ""


def _ascii(text: str) -> str:
    return text.encode("ascii", "replace").decode()


def _body(notice: Notice) -> str:
    parts = [
        _paragraph(notice.headline),
        _facts(notice),
        *map(_paragraph, notice.paragraphs),
        *(f"{each.label}:\n{each.url}" for each in notice.links),
        _footer(notice),
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def _facts(notice: Notice) -> str:
    wide = max((len(each.label) for each in notice.facts), default=0)
    return "\n".join(_filled(each.value, f"  {each.label:<{wide}}  ") for each in notice.facts)


def _footer(notice: Notice) -> str:
    told = f"Told at {clock(notice.when)}"
    if notice.onset:
        told += f", {after(notice.when, notice.onset)}"
    return f"Recording {notice.story}\n{told}" if notice.onset else told


def _paragraph(text: str) -> str:
    """Lines stay lines; those of a list stand off the margin, and so does what follows them."""
    return "\n".join(
        _filled(each.lstrip(), "  ", hanging="    ") if each.startswith("  ") else _filled(each)
        for each in text.split("\n")
    )


def _filled(text: str, label: str = "", hanging: str | None = None) -> str:
    """Lines that fit; ids and URLs stay whole, for they are to be copied."""
    return textwrap.fill(
        text,
        COLUMNS,
        initial_indent=label,
        subsequent_indent=" " * len(label) if hanging is None else hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )
