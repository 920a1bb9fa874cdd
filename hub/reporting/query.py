"""The query for talkers with its open places filled: nothing that people wrote ever becomes a part of it."""

import ipaddress
import string
from collections.abc import Iterable
from pathlib import Path

from hub.reporting.slots import MINUTE

_TEXT = Path(__file__).parents[1] / "templates" / "talkers.sql"
# How many talkers of each direction are told.
MOST = 50
# RFC 1918 and RFC 6598, in words that Athena and DuckDB share. Tests of single prefixes come first: they are
# cheap, and mostly decide.
_PRIVATE = (
    "({0} LIKE '10.%' OR {0} LIKE '192.168.%'"
    " OR ({0} LIKE '172.__.%' AND SUBSTR({0}, 5, 2) BETWEEN '16' AND '31')"
    " OR ({0} LIKE '100.__.%' AND SUBSTR({0}, 5, 2) BETWEEN '64' AND '99')"
    " OR ({0} LIKE '100.1__.%' AND SUBSTR({0}, 5, 3) BETWEEN '100' AND '127'))"
)


def private(column: str) -> str:
    """The condition that an IPv4 address is private."""
    return _PRIVATE.format(column)


def talkers_query(source: str, gateways: Iterable[str], most: int = MOST, slot: int = MINUTE) -> str:
    """The query, in what Athena's dialect and DuckDB's have in common.

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
