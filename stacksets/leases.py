"""Which recordings are open, and where, from the hub's table."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from botocore.exceptions import ClientError

from hub.adapters.watching import TableWatch
from hub.domain.errors import RecordingFault
from orgconfig.models import OrgConfig
from stacksets.desired import Place
from stacksets.steps import Clients


@dataclass(frozen=True)
class Lease:
    """A gateway that is being recorded.

    Attributes:
        place: Its account and region.
        recording: The recording's id.
        execution: ARN of the execution that holds it; it may have ended.
        expires_at: When the lease does.

    """

    place: Place
    recording: str
    execution: str
    expires_at: datetime


def leases(config: OrgConfig, clients: Clients) -> tuple[Lease, ...]:
    """Every recording that is open; none where there is no table.

    Raises:
        RecordingFault: The table cannot be read.

    """
    hub = config.organization.hub
    watch = TableWatch(clients(hub.account, hub.region, "dynamodb"), config.names.table)
    try:
        return tuple(_held(watch))
    except RecordingFault as fault:
        if not _is_missing(fault.__cause__):
            raise
        return ()


def _held(watch: TableWatch) -> Iterator[Lease]:
    for each in watch.gateways():
        at, item = each.gateway, each.item
        if item.recording and item.execution and item.expires_at:
            yield Lease((at.account, at.region), item.recording, item.execution, item.expires_at)


def _is_missing(cause: BaseException | None) -> bool:
    return isinstance(cause, ClientError) and cause.response["Error"]["Code"] == "ResourceNotFoundException"
