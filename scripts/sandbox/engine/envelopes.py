"""The envelope that every event travels in."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any


def envelope(  # noqa: PLR0917 (the parts of an event, in their usual order)
    account: str,
    region: str,
    source: str,
    detail_type: str,
    detail: Mapping[str, Any],
    resources: Iterable[str],
    time: datetime | None = None,
) -> dict[str, Any]:
    """Make an event with a new id.

    Args:
        account: Where it happened.
        region: Where it happened.
        source: Such as `aws.cloudwatch`.
        detail_type: Such as `CloudWatch Alarm State Change`.
        detail: The event itself.
        resources: ARNs that it concerns.
        time: When it happened, aware of its zone; now where it is left out.

    Returns:
        The event as targets see it; `time` in UTC to the second.

    Source: AWS docs "AWS service event metadata".

    """
    moment = (time or datetime.now(UTC)).astimezone(UTC)
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": detail_type,
        "source": source,
        "account": account,
        "time": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": region,
        "resources": list(resources),
        "detail": dict(detail),
    }
