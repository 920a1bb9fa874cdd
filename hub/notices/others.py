"""Notices that are about no recording: quotas, spokes, the sweep's findings, the digest and the test."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

from hub.domain.consoles import gateway_link
from hub.domain.digests import Digest, Large
from hub.domain.gateways import GatewayRef
from hub.domain.notices import Fact, Kind, Link, Notice, Place
from hub.domain.quotas import WORDS, CounterKey, Limit
from hub.domain.targets import Target
from hub.domain.wording import about, clock, iso, size, usd
from hub.notices.looks import LOOKS
from hub.notices.words import words
from hub.notices.writing import named, place_facts


def quota(
    limit: Limit,
    used: int,
    period_ends: datetime | None,
    gateway: GatewayRef,
    account_name: str = "",
    *,
    now: datetime,
    raise_where: str = "",
    gateway_name: str = "",
) -> Notice:
    """A quota is used up: told once for each quota and period.

    Args:
        limit: Which limit.
        used: What counts against it.
        period_ends: When it starts again from zero; None for what frees up as recordings close, which is told
            once a day.
        gateway: Whose alarm was the first to be refused for it.
        account_name: What people call that gateway's account.
        now: When it is told.
        raise_where: Where in the config it stands, as in `quotas.account.max_per.day`.
        gateway_name: The gateway's Name tag.

    """
    key = limit.counter
    place = Place(gateway.account, account_name, gateway.region, gateway.gateway, gateway_name)
    whose = {
        "gateway": Place(place.account, account_name, place.region, place.gateway, gateway_name),
        "account": Place(place.account, account_name),
        "organization": Place(),
    }[key.scope]
    amount = size if key.measure.startswith("delivered") else "{:,}".format
    headline, paragraphs = words(
        "quota",
        holder=f"The {key.scope} {whose}".strip(),
        allowed=f"{amount(limit.limit)} {WORDS[key.measure].removeprefix('delivered bytes ')}",
        until=f"until {clock(period_ends)}" if period_ends else "until another recording closes",
        frees=_frees(period_ends, now),
        raise_where=raise_where,
    )
    period = key.period if period_ends else f"{now.astimezone(UTC):%Y-%m-%d}"
    page = gateway_link(gateway)
    return Notice(
        kind="quota",
        about=f"quota/{key.scope}/{key.holder}/{key.measure}/{period}",
        story="",
        gist=LOOKS["quota"].gist + ("" if str(whose) else " the organization"),
        place=whose,
        headline=headline,
        when=now,
        facts=(
            Fact("Quota", _quota(key)),
            Fact("Used", f"{amount(used)} of {amount(limit.limit)}"),
            *place_facts(place),
            Fact("First refused", named(place.gateway_name, place.gateway), page),
        ),
        paragraphs=paragraphs,
        links=(Link(f"Gateway in {gateway.account}", page),) if page else (),
    )


def _frees(period_ends: datetime | None, now: datetime) -> str:
    if period_ends is None:
        return "It frees up as recordings close; gateways that are in alarm wait for it."
    until = f"{clock(period_ends)}, {about(period_ends - now)} from now"
    return f"It starts again from zero at {until}; gateways that are still in alarm then are recorded then."


def _quota(key: CounterKey) -> str:
    return f"{WORDS[key.measure]}, of the {key.scope}"


def unreachable(
    target: Target, recordings: Sequence[str], fault: str, account_name: str = "", *, now: datetime
) -> Notice:
    """A spoke where the sweep is kept from its work, while something is open there or waits.

    Args:
        target: Where.
        recordings: Ids of those that are open there.
        fault: What AWS said.
        account_name: What people call the account.
        now: When the outage was first seen; the notice of its end names the same moment.

    """
    known = {"fault": fault, "recordings": tuple(recordings)}
    return _of_target("unreachable", target, account_name, now, story=_outage(target, now), **known)


def reachable(target: Target, since: datetime, account_name: str = "", *, now: datetime) -> Notice:
    """An outage is over.

    Args:
        target: Where.
        since: When it was first seen.
        account_name: What people call the account.
        now: When it is told.

    """
    known = {"since": since, "span": about(now - since)}
    return _of_target("reachable", target, account_name, now, story=_outage(target, since), **known)


def found(target: Target, lines: Sequence[str], account_name: str = "", *, now: datetime) -> Notice:
    """The sweep had something to mend: the same is told once a day.

    Args:
        target: Where.
        lines: What it found and did, one line each.
        account_name: What people call the account.
        now: When it is told.

    """
    what = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]
    story = f"found/{target.account}/{target.region}/{now.astimezone(UTC):%Y-%m-%d}/{what}"
    return _of_target("found", target, account_name, now, story=story, lines=tuple(lines))


def _outage(target: Target, since: datetime) -> str:
    return f"outage/{target.account}/{target.region}/{iso(since)}"


def _of_target(
    kind: Kind, target: Target, account_name: str, now: datetime, *, story: str, **known: object
) -> Notice:
    place = Place(target.account, account_name, target.region)
    headline, paragraphs = words(
        kind, target=target, account=named(place.account_name, place.account), **known
    )
    return Notice(
        kind=kind,
        about=f"{story}/{kind}",
        story=story,
        gist=LOOKS[kind].gist,
        place=place,
        headline=headline,
        when=now,
        facts=place_facts(place),
        paragraphs=paragraphs,
    )


def digest(digest: Digest, now: datetime) -> Notice:
    """One day in one notice."""
    refused = sorted(digest.refused.items(), key=lambda each: (-each[1], each[0]))
    largest = [(each, str(_place(each))) for each in digest.largest]
    headline, paragraphs = words("digest", digest=digest, refused=refused, largest=largest)
    return Notice(
        kind="digest",
        about=f"digest/{digest.day}",
        story="",
        gist=f"{LOOKS['digest'].gist} {digest.day}",
        place=Place(),
        headline=headline,
        when=now,
        facts=(
            Fact("Recordings", f"{digest.opened} opened, {digest.closed} closed, {digest.failed} failed"),
            Fact("Refused", f"{sum(digest.refused.values()):,} alarms"),
            Fact("NAT processing", f"{usd(digest.nat_cost)}, of what was recorded"),
            Fact("Recording cost", usd(digest.recording_cost)),
            Fact("Records", size(digest.delivered)),
            Fact("Coverage", f"{digest.covered:,} targets, {len(digest.unreachable):,} out of reach"),
        ),
        paragraphs=paragraphs,
        links=tuple(
            Link(f"Report of {each.gateway_name or each.gateway.gateway}", each.report)
            for each in digest.largest[:5]
            if each.report
        ),
    )


def _place(of: Large) -> Place:
    gateway = of.gateway
    return Place(gateway.account, of.account_name, gateway.region, gateway.gateway, of.gateway_name)


def test(asked_by: str, now: datetime) -> Notice:
    """Whether notices arrive.

    Args:
        asked_by: Who wants to know.
        now: When.

    """
    headline, paragraphs = words("test", asked_by=asked_by or "somebody")
    return Notice(
        kind="test",
        about=f"test/{iso(now)}",
        story="",
        gist=LOOKS["test"].gist,
        place=Place(),
        headline=headline,
        when=now,
        paragraphs=paragraphs,
    )
