"""What a reader must know of a report that does not tell everything."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from hub.domain.wording import length, size
from hub.reporting.findings import DIRECTIONS, Findings

# Flow logs take "several minutes" to begin (VPC User Guide, "Flow logs basics").
_STARTS_WITHIN = timedelta(minutes=10)
# AWS's words for a denial go on for long.
_LONGEST = 300


def gaps(
    found: Findings, recording: Mapping[str, Any] | None = None, unnamed: str | None = None
) -> Iterator[str]:
    """Sentences, the gravest first; none where the report is whole.

    Args:
        found: What the query found.
        recording: The recording, as commands show it.
        unnamed: Why no address could be named.

    """
    facts = recording or {}
    skipped = found.marked.get("SKIPDATA", 0)
    if skipped:
        yield (
            f"The recording is incomplete: AWS skipped records {skipped} times (SKIPDATA), for want of "
            "capacity or after an internal error. There was more traffic than is shown."
        )
    if facts.get("delivery_error"):
        yield (
            f"The recording is incomplete: AWS reported '{facts['delivery_error']}' while delivering "
            "records. Check the archive's bucket and key policies."
        )
    refused = facts.get("not_recorded") or ()
    if refused:
        yield f"The recording is incomplete: AWS refused to record {'; '.join(refused)}."
    if not any(map(found.total, DIRECTIONS)):
        yield from _empty(found, facts)
    if found.rejected or found.marked.get("REJECT"):
        yield (
            f"Rejected traffic is not counted: {found.marked.get('REJECT', 0)} records, "
            f"{size(found.rejected)}, stopped by a network ACL or a security group."
        )
    if unnamed and found.talkers:
        yield f"Addresses could not be named: {' '.join(unnamed.split())[:_LONGEST]}."


def _empty(found: Findings, facts: Mapping[str, Any]) -> Iterator[str]:
    """Why nothing is told, as far as can be seen."""
    if not found.records and facts:
        yield f"No records have arrived. {_why(facts)}"
    elif not found.records:
        yield (
            "There are no records in this source, or none of the gateway that was named: name its primary "
            "private address, or the public ones of a regional gateway."
        )
    elif found.marked.get("NODATA", 0) == found.records:
        yield "No traffic went through the gateway while it was recorded: every record says NODATA."
    elif not found.marked.get("SKIPDATA"):
        yield (
            "No record shows a client of the gateway. If the records come from a format without the packets' "
            "own addresses, name the gateway's addresses."
        )


def _why(facts: Mapping[str, Any]) -> str:
    """The likeliest reason why a recording is empty."""
    if facts.get("delivery_error"):
        return "AWS could not deliver them."
    if not facts.get("flow_logs"):
        return "No flow log was created."
    lasted = _lasted(facts)
    if lasted is not None and lasted < _STARTS_WITHIN:
        return (
            f"The recording lasted {length(lasted)}, and flow logs begin several minutes after they are "
            "created: it was too short, or AWS is still delivering."
        )
    return (
        "AWS is still delivering, or there was no traffic after the first minutes, in which flow logs do not "
        "record yet. `natrec doctor` tells whether the archive admits deliveries."
    )


def _lasted(facts: Mapping[str, Any]) -> timedelta | None:
    opened, closed = facts.get("opened_at"), facts.get("closed_at")
    return datetime.fromisoformat(closed) - datetime.fromisoformat(opened) if opened and closed else None
