"""Names of remotes from reverse DNS, where AWS has none; asked only when a person wants it."""

import socket
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

Lookup = Callable[[str], str | None]

# Whoever reads a report looks at the top of it.
_ASKED = 50
_AT_ONCE = 16
_PATIENCE = 10.0


def from_dns(address: str) -> str | None:
    """The name of an address; None where DNS has none or does not answer."""
    try:
        return socket.gethostbyaddr(address)[0]
    except OSError:
        return None


def with_remote_names(
    document: Mapping[str, Any], lookup: Lookup = from_dns, patience: float = _PATIENCE
) -> dict[str, Any]:
    """The report with `remote_name` for the largest talkers whose remote is no AWS service.

    Args:
        document: The report document.
        lookup: Asks for one name.
        patience: Seconds for all of them; who has not answered by then stays an address.

    """
    talkers = document["talkers"]
    addresses = [each["remote"] for each in talkers if each["remote"] and not each["remote_service"]]
    names = _asked(list(dict.fromkeys(addresses))[:_ASKED], lookup, patience)
    return {
        **document,
        "talkers": [{**each, "remote_name": names.get(each["remote"])} for each in talkers],
    }


def _asked(addresses: Sequence[str], lookup: Lookup, patience: float) -> dict[str, str | None]:
    threads = ThreadPoolExecutor(_AT_ONCE)
    asked = {threads.submit(lookup, address): address for address in addresses}
    answered, _ = wait(asked, timeout=patience)
    threads.shutdown(wait=False, cancel_futures=True)
    return {asked[each]: each.result() for each in answered}
