"""Notices about one recording."""

from datetime import datetime, timedelta

from hub.domain.by_hand import MANUAL
from hub.domain.consoles import alarm_link, execution_link, gateway_link, page_link
from hub.domain.named import line
from hub.domain.notices import AboutRecording, Fact, Link, Notice, Place
from hub.domain.recordings import Recording
from hub.domain.suspects import paragraph as suspects_paragraph
from hub.domain.wording import about, clock, length
from hub.notices.looks import LOOKS
from hub.notices.words import words

_LISTED = 20  # flow logs
_ALARM = 120  # of its name


def write(
    kind: AboutRecording,
    recording: Recording,
    fault: str | None = None,
    *,
    now: datetime,
) -> Notice:
    """The notice of one kind about a recording.

    Args:
        kind: Which notice.
        recording: What it is about.
        fault: What went wrong, for the kinds that tell of a failure.
        now: When it is told.

    """
    gateway = recording.gateway
    place = Place(
        gateway.account,
        recording.account_name,
        gateway.region,
        gateway.gateway,
        recording.gateway_name or "",
    )
    headline, paragraphs = words(
        kind,
        recording=recording,
        gateway=place.gateway_name or place.gateway,
        fault=fault.strip(" :") if fault else None,
        limit=length(recording.deadline - recording.opened_at),
        suspects=suspects_paragraph(recording.suspicion).split("\n") if recording.suspicion else (),
        said=recording.summary,
        whole=_whole(recording, place),
    )
    return Notice(
        kind=kind,
        about=recording.id,
        story=recording.id,
        gist=LOOKS[kind].gist,
        place=place,
        headline=headline,
        when=now,
        facts=(*_where(recording, place), *_when(recording)),
        paragraphs=paragraphs,
        links=_links(recording),
        onset=recording.onset_at,
        began=None if kind == "started" else recording.opened_at,
        tags=recording.routed_tags,
    )


def _whole(recording: Recording, place: Place) -> str:
    span = length((recording.closed_at or recording.opened_at) - recording.opened_at)
    return f"The recording of {place.gateway_name or place.gateway} is complete: {span} of traffic."


def named(name: str, identity: str) -> str:
    """By its name and its id, or by its id alone."""
    return f"{name} ({identity})" if name else identity


def place_facts(place: Place) -> tuple[Fact, ...]:
    """Account and region."""
    return Fact("Account", named(place.account_name, place.account)), Fact("Region", place.region)


def _where(recording: Recording, place: Place) -> tuple[Fact, ...]:
    alarms = tuple(each for each in recording.alarms if each != MANUAL)
    shown = ", ".join(line(each, _ALARM) for each in alarms)
    alarm = alarm_link(place.region, alarms[0]) if len(alarms) == 1 else None
    return (
        *place_facts(place),
        Fact("Gateway", named(place.gateway_name, place.gateway), gateway_link(recording.gateway)),
        *_by_hand(recording),
        *([Fact("Alarm" if len(alarms) == 1 else "Alarms", shown, alarm)] if alarms else []),
    )


def _by_hand(recording: Recording) -> tuple[Fact, ...]:
    told = {"Started by": recording.opened_by, "Over quota": recording.over_quota}
    return tuple(Fact(label, value) for label, value in told.items() if value)


def _when(recording: Recording) -> tuple[Fact, ...]:
    flow_logs = recording.flow_logs
    more = f" and {len(flow_logs) - _LISTED} more" if len(flow_logs) > _LISTED else ""
    return (
        Fact("Onset", clock(recording.onset_at)),
        Fact("Recorded", _recorded(recording)),
        Fact("Flow logs", ", ".join(flow_logs[:_LISTED]) + more or "none"),
    )


def _recorded(recording: Recording) -> str:
    if recording.closed_at and not recording.has_recorded:
        return "nothing"
    began, ended = recording.opened_at, recording.closed_at
    if ended is None:
        return f"since {clock(began)}, {after(began, recording.onset_at)}"
    until = clock(ended)
    return (
        f"{clock(began).removesuffix(' UTC')} to {until.removeprefix(_day(began))}, {length(ended - began)}"
    )


def _day(moment: datetime) -> str:
    return clock(moment)[: len("2026-11-23 ")]


def after(moment: datetime, onset: datetime) -> str:
    """How long after the onset it is, as in `4 min after the onset`."""
    span = max(timedelta(), moment - onset)
    return f"{about(span)} after the onset"


def _links(recording: Recording) -> tuple[Link, ...]:
    """Where people go next; a console shows a page to whoever is signed in to its account."""
    gateway, execution = gateway_link(recording.gateway), execution_link(recording.execution)
    pages = (
        (
            "Report",
            page_link(recording.execution, recording.report) if recording.report else None,
        ),
        (f"Gateway in {recording.gateway.account}", gateway),
        (f"Execution in {recording.execution.split(':')[4]}", execution),
    )
    return tuple(Link(label, url) for label, url in pages if url)
