"""Flow logs: what is asked of AWS, and what it answers."""

from dataclasses import dataclass
from datetime import datetime

from hub.domain.gateways import Gateway


@dataclass(frozen=True)
class FlowLogRequest:
    """The flow logs of one recording.

    Attributes:
        recording: Its id; also the client token, so that a repeated request creates nothing new.
        gateway: What is recorded.
        expires_at: When they should be gone; a tag tells it to people.

    """

    recording: str
    gateway: Gateway
    expires_at: datetime


@dataclass(frozen=True)
class Created:
    """What CreateFlowLogs answered.

    Attributes:
        flow_logs: Ids that were created.
        refused: `resource: reason` for each one that was not.

    """

    flow_logs: tuple[str, ...]
    refused: tuple[str, ...] = ()


@dataclass(frozen=True)
class FlowLog:
    """A flow log as DescribeFlowLogs shows it.

    Attributes:
        id: Its id.
        delivery_error: `Access error` and the like when its delivery fails, else None.
        recording: The recording that its tag names.
        leads_away: It writes to somewhere else than the archive.

    """

    id: str
    delivery_error: str | None = None
    recording: str = ""
    leads_away: bool = False
