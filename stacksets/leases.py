"""Which recordings are open, and where, from the hub's table."""

import random
import time

from botocore.exceptions import ClientError

from hub.adapters.ledger import TableLedger
from hub.adapters.transactions import Transactions
from hub.domain.errors import RecordingFault
from hub.ports import Lease
from orgconfig.models import OrgConfig
from stacksets.desired import Place
from stacksets.steps import Clients


def leases(config: OrgConfig, clients: Clients) -> tuple[Lease, ...]:
    """Every recording that is open; none where there is no table.

    Raises:
        RecordingFault: The table cannot be read.

    """
    hub = config.organization.hub
    table = clients(hub.account, hub.region, "dynamodb")
    ledger = TableLedger(table, config.names.table, Transactions(table, time.sleep, random.random))
    try:
        return tuple(ledger.leases())
    except RecordingFault as fault:
        if not _is_missing(fault.__cause__):
            raise
        return ()


def place_of(lease: Lease) -> Place:
    """The account and region of a recording that is open."""
    return lease.gateway.account, lease.gateway.region


def _is_missing(cause: BaseException | None) -> bool:
    return isinstance(cause, ClientError) and cause.response["Error"]["Code"] == "ResourceNotFoundException"
