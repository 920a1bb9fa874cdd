"""The report in one sentence."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from hub.domain.wording import about, share, size
from hub.reporting.findings import Findings, Talker, main_direction
from hub.reporting.names import Named, called

_SERVICES = {
    "DYNAMODB": "DynamoDB",
    "CLOUDFRONT": "CloudFront",
    "AMAZON": "AWS",
    "API_GATEWAY": "API Gateway",
}


def headline(found: Findings, names: Mapping[str, Named], recording: Mapping[str, Any] | None = None) -> str:
    """Who did it.

    Args:
        found: What the query found.
        names: Who holds which address.
        recording: The recording, as commands show it.

    """
    first = culprit(found)
    if first is None:
        return f"Nothing was seen{_where(recording)}."
    talker, amount = first
    done, way = ("downloaded", "from") if talker.direction == "download" else ("uploaded", "to")
    span = about(timedelta(seconds=max(1, (found.ended or 0) - (found.began or 0))))
    part = share(amount, found.total(talker.direction))
    return (
        f"{called(talker.client, names)} {done} {size(amount)} {way} {far_end(talker)} in {span}, "
        f"{part} of the traffic{_where(recording)}."
    )


def culprit(found: Findings) -> tuple[Talker, int] | None:
    """The largest pair of client and far end in the main direction, over all ports, and its bytes."""
    direction = main_direction(found)
    pairs: dict[tuple[str, str], tuple[Talker, int]] = {}
    for each in found.talkers:
        if each.direction == direction:
            key = (each.client, far_end(each))
            talker, amount = pairs.get(key, (each, 0))
            pairs[key] = (talker, amount + each.bytes)
    return max(pairs.values(), key=lambda pair: pair[1], default=None)


def far_end(talker: Talker) -> str:
    """A remote by its service where it is one of AWS."""
    if talker.service:
        return _SERVICES.get(talker.service, talker.service)
    return talker.remote or "an unknown remote"


def _where(recording: Mapping[str, Any] | None) -> str:
    if not recording:
        return ""
    return f" through {recording.get('gateway_name') or recording['gateway']}"
