"""What a reader must know of a report that does not tell everything."""

from collections.abc import Iterator, Mapping
from typing import Any

from hub.domain.wording import size
from hub.reporting.findings import DIRECTIONS, Findings


def gaps(found: Findings, recording: Mapping[str, Any] | None = None) -> Iterator[str]:
    """Sentences, the gravest first; none where the report is whole.

    Args:
        found: What the query found.
        recording: The recording, as commands show it.

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


def _empty(found: Findings, facts: Mapping[str, Any]) -> Iterator[str]:
    """Why nothing is told, as far as can be seen."""
    if not found.records:
        yield (
            "No records have arrived. The recording may have been too short (flow logs begin minutes after "
            "they are created), or AWS is still delivering."
            if facts
            else "There are no records in this source."
        )
    elif found.marked.get("NODATA", 0) == found.records:
        yield "No traffic went through the gateway while it was recorded: every record says NODATA."
    elif not found.marked.get("SKIPDATA"):
        yield (
            "No record shows a client of the gateway. If the records come from a format without the packets' "
            "own addresses, name the gateway's addresses."
        )
