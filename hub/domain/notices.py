"""What the central team reads: plain text that stands on its own in a terminal.

An SNS subject is at most 100 characters of printable ASCII (SNS API reference, Publish).
"""

import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from hub.domain.consoles import object_link
from hub.domain.recordings import Recording, Summary
from hub.domain.suspects import paragraph as suspects_paragraph
from hub.domain.targets import Target
from hub.domain.wording import clock, length, size

Kind = Literal["started", "closed", "failed", "unreported", "stuck", "undelivered", "lost"]

_SUBJECT_LIMIT = 100
_COLUMNS = 78


@dataclass(frozen=True)
class Notice:
    """One message.

    Attributes:
        kind: What it tells of.
        recording: The recording it belongs to; empty when it belongs to none.
        subject: One line that says gateway, account and gist.
        text: The message.

    """

    kind: Kind | Literal["unreachable"]
    recording: str
    subject: str
    text: str


def notice(kind: Kind, recording: Recording, fault: str | None = None) -> Notice:
    """The notice of one kind about a recording.

    Args:
        kind: Which notice.
        recording: What it is about.
        fault: What went wrong, for the kinds that tell of a failure.

    """
    gist, write = _KINDS[kind]
    headline, *paragraphs = map(_paragraph, write(recording, fault))
    body = [headline, _facts(recording), *paragraphs, f"Recording {recording.id}"]
    subject = f"natrec: {gist} {recording.gateway.gateway} in {recording.gateway.account}"
    return Notice(kind, recording.id, _ascii(subject)[:_SUBJECT_LIMIT], "\n\n".join(body) + "\n")


def _started(recording: Recording, _: str | None) -> list[str]:
    limit = length(recording.deadline - recording.opened_at)
    return [
        f"Traffic through {_name(recording)} is abnormal; natrec is recording it.",
        *([suspects_paragraph(recording.suspicion)] if recording.suspicion else []),
        (
            f"Flow logs are on. They end as soon as traffic calms, after {limit} at the latest; a report "
            "follows when the records have arrived."
        ),
        *([f"AWS refused part of it: {'; '.join(recording.not_recorded)}"] if recording.not_recorded else []),
        *(f"To be mended: {note}." for note in recording.notes),
    ]


def _closed(recording: Recording, _: str | None) -> list[str]:
    span = length((recording.closed_at or recording.opened_at) - recording.opened_at)
    whole = f"The recording of {_name(recording)} is complete: {span} of traffic."
    ended = f"It ended because {recording.reason}. Its flow logs are deleted."
    said = recording.summary
    return [
        *([said.headline, *_gist(said)] if said else []),
        *([f"{whole} {ended}"] if said else [whole, ended]),
        *_delivery(recording),
        *([f"Report: {_link(recording, recording.report)}"] if recording.report else []),
    ]


def _gist(said: Summary) -> list[str]:
    return [
        *said.gaps,
        *(["Most of it:\n" + "\n".join(f"  {each}" for each in said.talkers)] if said.talkers else []),
        *([said.suspicion] if said.suspicion else []),
        f"Cost: {said.cost}.",
        *([f"Advice: {said.advice}"] if said.advice else []),
    ]


def _link(recording: Recording, report: str) -> str:
    """The page for people stands beside the document."""
    return object_link(recording.execution, report.removesuffix(".json") + ".html")


def _delivery(recording: Recording) -> list[str]:
    if recording.delivery_error:
        return [
            (
                f"The records are incomplete: AWS reported '{recording.delivery_error}' while delivering "
                "them. What to do: check the archive's bucket and key policies."
            )
        ]
    if not recording.delivered_objects:
        return ["No records have arrived in the archive yet; AWS is late at times."]
    total = size(recording.delivered_bytes or 0)
    return [f"Records in the archive: {total} in {recording.delivered_objects} objects."]


def _failed(recording: Recording, fault: str | None) -> list[str]:
    return [
        f"Traffic through {_name(recording)} is abnormal, and natrec could not record it.",
        f"Why: {recording.reason or fault or 'unknown'}",
        "No flow log was left behind, and the recording does not count against any quota.",
        (
            "What to do: look at the execution in the hub for the call that failed. When AWS denied it, the "
            "worker role of that account and region, or a service control policy, keeps natrec out."
        ),
    ]


def _unreported(recording: Recording, fault: str | None) -> list[str]:
    return [
        f"{_name(recording)} was recorded, but its report could not be written.",
        f"Why: {fault or 'unknown'}",
        (
            "Its flow logs are deleted and its records are in the archive. What to do: mend the cause, then "
            "redrive the execution in the hub."
        ),
    ]


def _stuck(recording: Recording, fault: str | None) -> list[str]:
    flow_logs = ", ".join(recording.flow_logs) or "none known"
    return [
        f"natrec could not close its recording of {_name(recording)}.",
        f"Why: {fault or 'unknown'}",
        (
            f"Flow logs that may still be on, and cost money: {flow_logs}. The failsafe in the account "
            f"deletes them at {clock(recording.expires_at)}, and the sweep goes on trying."
        ),
        (
            "What to do: check that the worker role of that account and region can be assumed, or delete the "
            "flow logs there by hand."
        ),
    ]


def _undelivered(recording: Recording, fault: str | None) -> list[str]:
    return [
        f"natrec is recording {_name(recording)}, but its records do not arrive in the archive.",
        f"Why: AWS reports '{fault or recording.delivery_error}' while delivering them.",
        (
            "What to do, while it still records: check that the archive's bucket and key policies admit "
            "delivery.logs.amazonaws.com for this account. 'Access error' is what AWS says when they do not."
        ),
    ]


def _lost(recording: Recording, fault: str | None) -> list[str]:
    report = f"No report will be written: {fault.strip(' :')}." if fault else "A report follows."
    return [
        f"The sweep has closed the recording of {_name(recording)}, which nobody looked after any more.",
        f"It ended because {recording.reason}. Its flow logs are deleted and its lease is free.",
        (
            f"{report if recording.has_recorded else 'Nothing was recorded.'} What to do: look at why the "
            f"execution ended, {recording.execution}"
        ),
    ]


def unreachable(target: Target, recordings: tuple[str, ...], fault: str) -> Notice:
    """The notice of a spoke where the sweep is kept from its work, while something is open there or waits."""
    open_there = (
        f"Open recordings there: {', '.join(recordings)}. Failsafes in that account delete their flow logs "
        "when their time is up."
        if recordings
        else "No recording is open there, but one has just ended, or a gateway in alarm waits for one."
    )
    paragraphs = (
        f"natrec is kept from its work in account {target.account}, {target.region}.",
        f"Why: {fault}",
        open_there,
        (
            "What to do: look at the stack of the spoke there, at its worker role, and at the service "
            "control policies above. The sweep goes on trying, and tells you no more until it has succeeded."
        ),
    )
    text = "\n\n".join(map(_filled, paragraphs)) + "\n"
    return Notice("unreachable", "", f"natrec: kept from work in {target.account} {target.region}", text)


_KINDS: dict[Kind, tuple[str, Callable[[Recording, str | None], list[str]]]] = {
    "started": ("recording", _started),
    "closed": ("recorded", _closed),
    "failed": ("could not record", _failed),
    "unreported": ("no report of", _unreported),
    "stuck": ("CANNOT CLOSE recording of", _stuck),
    "undelivered": ("no records arrive of", _undelivered),
    "lost": ("closed by the sweep:", _lost),
}


def _facts(recording: Recording) -> str:
    span = clock(recording.opened_at) + (f" to {clock(recording.closed_at)}" if recording.closed_at else "")
    rows = {
        "Account": recording.gateway.account,
        "Region": recording.gateway.region,
        "Gateway": recording.gateway.gateway
        + (f" ({recording.gateway_name})" if recording.gateway_name else ""),
        "Alarm": ", ".join(recording.alarms),
        "Onset": clock(recording.onset_at),
        "Recorded": "nothing" if recording.closed_at and not recording.has_recorded else span,
        "Flow logs": ", ".join(recording.flow_logs) or "none",
    }
    return "\n".join(_filled(value, f"  {label:<10} ") for label, value in rows.items())


def _paragraph(text: str) -> str:
    """Lines stay lines, each as far from the margin as it was written."""
    lines = [(line.lstrip(), line[: len(line) - len(line.lstrip())]) for line in text.split("\n")]
    return "\n".join(_filled(line, margin) for line, margin in lines)


def _filled(text: str, label: str = "") -> str:
    """Lines that fit; ids and URLs stay whole, for they are to be copied."""
    return textwrap.fill(
        text,
        _COLUMNS,
        initial_indent=label,
        subsequent_indent=" " * len(label),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _name(recording: Recording) -> str:
    return recording.gateway_name or recording.gateway.gateway


def _ascii(text: str) -> str:
    return text.encode("ascii", "replace").decode()
