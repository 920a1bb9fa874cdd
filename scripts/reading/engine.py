"""The query on DuckDB: the very text that Athena gets."""

import ipaddress
import tempfile
import threading
from collections.abc import Callable

import duckdb

from hub.reporting.findings import Findings, findings
from hub.reporting.query import private, talkers_query
from hub.reporting.slots import MINUTE
from orgconfig.errors import NatrecError
from scripts.reading.files import Files
from scripts.reading.relations import Relation, relations

Progress = Callable[[float], object]
_SOURCE = "flow_log_records"
# Few records make few rows, however finely they are told by time; of more, minutes tell enough.
_SMALL = 4 * 10**6  # bytes of files
# Python with what it has imported, and what DuckDB takes beside its own limit: 20 million records took 464 MB
# under a limit of 340 MB, and 652 MB under 512 MB.
_BESIDE = 172 * 10**6
_LEAST = 64 * 10**6  # with less DuckDB cannot work
_LOOK = 0.2  # seconds between two looks at how far it is


def ask(
    files: Files,
    *,
    gateways: tuple[str, ...] = (),
    memory: int | None = None,
    progress: Progress = lambda _: None,
) -> Findings:
    """Find the talkers of all records, or of some gateways.

    Args:
        files: Where the records are.
        gateways: Addresses of the gateways to report on; none reports on all.
        memory: At most so many bytes of this process, of which some 240 MB are needed anyway; beyond it a
            temporary folder is used.
        progress: Is told the part that is done, from 0 to 1.

    Raises:
        NatrecError: A file is damaged, or what it holds are no records.

    """
    addresses = tuple(_address(each) for each in gateways)
    with tempfile.TemporaryDirectory(prefix="natrec-") as folder, duckdb.connect() as engine:
        try:
            # Order means nothing here, and keeping it costs memory.
            engine.execute("SET preserve_insertion_order = false")
            engine.execute("SET temp_directory = ?", [folder])
            if memory:
                engine.execute("SET memory_limit = ?", [f"{max(memory - _BESIDE, _LEAST)}B"])
            found = relations(engine, files)
            engine.execute(f"CREATE VIEW {_SOURCE} AS {' UNION ALL '.join(each.sql for each in found)}")
            source = _chosen(engine, addresses) if addresses else _SOURCE
            slot = 1 if files.size <= _SMALL else MINUTE
            query = talkers_query(source, addresses or _inferred(engine, found), slot=slot)
            return findings(_rows(engine, query, progress), slot)
        except duckdb.Error as problem:
            raise NatrecError(
                f"the records cannot be read: {str(problem).splitlines()[0]}",
                next="Leave the damaged file out, or fetch it again.",
            ) from problem


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise NatrecError(f"`{text}` is no IP address", "--gateway-ip", "Name the gateway's own.") from None


def _chosen(engine: duckdb.DuckDBPyConnection, gateways: tuple[str, ...]) -> str:
    """The records of some gateways: of every interface, or regional gateway, that has one of the addresses.

    A gateway may itself be a client of another one, so an address counts only on the interface's own side.
    """
    mine = ", ".join(f"'{each}'" for each in gateways)
    regional = "resource_id LIKE 'nat-%'"
    query = (
        f"SELECT DISTINCT interface_id, resource_id FROM {_SOURCE} WHERE log_status = 'OK' AND ("
        f"(dstaddr IN ({mine}) AND CASE WHEN {regional} THEN NOT {private('srcaddr')} "
        "ELSE COALESCE(flow_direction = 'ingress', pkt_dstaddr <> dstaddr, TRUE) END) OR "
        f"(srcaddr IN ({mine}) AND CASE WHEN {regional} THEN NOT {private('dstaddr')} "
        "ELSE COALESCE(flow_direction = 'egress', pkt_srcaddr <> srcaddr, TRUE) END))"
    )
    own = engine.execute(query).fetchall()
    interfaces = ", ".join(f"'{each}'" for each, _ in own if each) or "''"
    resources = ", ".join(f"'{each}'" for _, each in own if each) or "''"
    unnamed = (
        f"(interface_id IS NULL AND resource_id IS NULL AND (srcaddr IN ({mine}) OR dstaddr IN ({mine})))"
    )
    return (
        f"(SELECT * FROM {_SOURCE} WHERE interface_id IN ({interfaces}) OR resource_id IN ({resources}) "
        f"OR {unnamed})"
    )


def _inferred(engine: duckdb.DuckDBPyConnection, found: tuple[Relation, ...]) -> tuple[str, ...]:
    """Of records without the packets' addresses: a gateway is the one end that all of its interface's share.

    Two interfaces that talk with each other alone share both ends, and neither is a gateway.
    """
    if not any(each.layout.is_short for each in found):
        return ()
    rows = engine.execute(
        f"WITH good AS (SELECT * FROM {_SOURCE} WHERE log_status = 'OK' AND pkt_srcaddr IS NULL), "
        "ends AS (SELECT interface_id, srcaddr AS address FROM good UNION ALL "
        "SELECT interface_id, dstaddr FROM good WHERE dstaddr <> srcaddr), "
        "whole AS (SELECT interface_id, COUNT(*) AS records FROM good GROUP BY interface_id), "
        "shared AS (SELECT ends.interface_id, address "
        "FROM ends JOIN whole ON ends.interface_id IS NOT DISTINCT FROM whole.interface_id "
        "GROUP BY ends.interface_id, address, records HAVING COUNT(*) = records) "
        "SELECT ANY_VALUE(address) FROM shared GROUP BY interface_id HAVING COUNT(*) = 1"
    ).fetchall()
    return tuple(address for (address,) in rows)


def _rows(engine: duckdb.DuckDBPyConnection, text: str, progress: Progress) -> list[dict[str, object]]:
    """The answer; DuckDB tells how far it is to whoever asks from beside it."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(_LOOK):
            progress(max(0.0, engine.query_progress()) / 100)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        answer = engine.execute(text)
        names = [each[0] for each in answer.description or ()]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
    finally:
        done.set()
        watcher.join()
