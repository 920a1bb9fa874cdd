"""The query for talkers with its open places filled: nothing that people wrote ever becomes a part of it."""

import ipaddress
import string
from collections.abc import Iterable
from pathlib import Path

from hub.reporting.slots import MINUTE

_TEXT = Path(__file__).parents[1] / "templates" / "talkers.sql"
# How many talkers of each direction are told.
MOST = 50
# RFC 1918 and RFC 6598. Tests of single prefixes come first: they are cheap, and mostly decide.
_PRIVATE = (
    "({0} LIKE '10.%' OR {0} LIKE '192.168.%'"
    " OR ({0} LIKE '172.%' AND REGEXP_LIKE({0}, '^172\\.(1[6-9]|2[0-9]|3[01])\\.'))"
    " OR ({0} LIKE '100.%' AND REGEXP_LIKE({0}, '^100\\.(6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\\.')))"
)


def private(column: str) -> str:
    """The condition that an IPv4 address is private."""
    return _PRIVATE.format(column)


def talkers_query(source: str, gateways: Iterable[str], most: int = MOST, slot: int = MINUTE) -> str:
    """The query in Athena's dialect.

    Args:
        source: What stands after FROM: a table, or a query in parentheses; columns are named as in parquet.
        gateways: Addresses of the gateways themselves, private and public; none reports on any gateway.
        most: How many talkers of each direction.
        slot: By how many seconds bytes are told over time; a minute is whole slots.

    Raises:
        ValueError: A gateway's address is none.

    """
    addresses = sorted({str(ipaddress.ip_address(each)) for each in gateways})
    text = string.Template(_TEXT.read_text(encoding="utf-8")).substitute(
        source=source,
        # An empty list is no SQL; no record has an empty address.
        gateways=", ".join(f"'{each}'" for each in addresses or [""]),
        sender_is_private=private("sender"),
        receiver_is_private=private("receiver"),
        any_gateway=str(not addresses).upper(),
        most=int(most),
        slot=int(slot),
    )
    return "\n".join(line for line in text.splitlines() if not line.startswith("--"))
