"""What `natrec report` is measured against, each in a process of its own: the floor, and DuckDB by hand.

By hand is what somebody writes who knows DuckDB, the columns and the gateway's only address, for records
without anything special in them: nothing of what is missing, rejected, regional or IPv6.
"""

import gzip
import json
import sys
from pathlib import Path

import duckdb

from scripts.benches.generator import GATEWAY

_TEXTS = (
    "srcaddr", "dstaddr", "action", "pkt_srcaddr", "pkt_dstaddr", "pkt_src_aws_service",
    "pkt_dst_aws_service", "resource_id", "log_status",
)  # fmt: skip
_NUMBERS = ("srcport", "dstport", "protocol", "packets", "bytes", "start", "end")
_LEGS = f"""(
    SELECT *, "start" - "start" % 60 AS minute,
        CASE direction WHEN 'upload' THEN srcaddr ELSE dstaddr END AS client,
        CASE direction WHEN 'upload' THEN pkt_dstaddr ELSE pkt_srcaddr END AS remote,
        CASE direction WHEN 'upload' THEN dstport ELSE srcport END AS port
    FROM (
        SELECT *, CASE WHEN dstaddr = '{GATEWAY}' AND pkt_dstaddr <> dstaddr THEN 'upload'
            WHEN srcaddr = '{GATEWAY}' AND pkt_srcaddr <> srcaddr THEN 'download' END AS direction
        FROM {{source}} WHERE action = 'ACCEPT'
    ) WHERE direction IS NOT NULL
)"""
_KEY = "direction, client, remote, port, protocol"


def floor(source: str) -> list[str]:
    """Decompress and read everything that the question needs, and answer nothing."""
    texts = ", ".join(f"SUM(STRLEN({each}))" for each in _TEXTS)
    numbers = ", ".join(f'SUM("{each}")' for each in _NUMBERS)
    return [f"SELECT COUNT(*), {texts}, {numbers} FROM {source}"]


def two_passes(source: str) -> list[str]:
    """The best for parquet: the largest talkers first, bytes per minute second."""
    legs = _LEGS.format(source=source)
    return [
        f"SELECT {_KEY}, SUM(bytes) AS b, SUM(packets) FROM {legs} GROUP BY ALL ORDER BY b DESC LIMIT 50",
        f"SELECT direction, minute, SUM(bytes) FROM {legs} GROUP BY ALL",
    ]


def one_pass(source: str) -> list[str]:
    """The best for text, which is slow to read: both at once."""
    legs, sets = _LEGS.format(source=source), f"GROUPING SETS (({_KEY}), (direction, minute))"
    counted = f"SELECT {_KEY}, minute, SUM(bytes) AS b, SUM(packets) FROM {legs} GROUP BY {sets}"
    largest = "FROM t WHERE minute IS NULL ORDER BY b DESC LIMIT 50"
    return [f"WITH t AS MATERIALIZED ({counted}) ({largest}) UNION ALL FROM t WHERE minute IS NOT NULL"]


def read(folder: Path) -> str:
    """The records as a relation, with the names of parquet."""
    if _is_parquet(folder):
        return f"read_parquet('{folder}/*')"
    with gzip.open(next(folder.iterdir()), "rt", encoding="ascii") as file:
        names = [name.replace("-", "_") for name in file.readline().split()]
    columns = ", ".join(f"'{name}': '{'BIGINT' if name in _NUMBERS else 'VARCHAR'}'" for name in names)
    options = "auto_detect = false, delim = ' ', header = true, quote = '', escape = '', nullstr = '-'"
    return f"read_csv('{folder}/*', {options}, compression = 'gzip', columns = {{{columns}}})"


def _is_parquet(folder: Path) -> bool:
    return next(folder.iterdir()).suffix == ".parquet"


def main() -> None:
    """Ask, and print how many rows were answered."""
    name, folder = sys.argv[1], Path(sys.argv[2])
    ask = floor if name == "floor" else two_passes if _is_parquet(folder) else one_pass
    with duckdb.connect() as engine:
        engine.execute("SET preserve_insertion_order = false")
        print(json.dumps([len(engine.execute(each).fetchall()) for each in ask(read(folder))]))


if __name__ == "__main__":
    main()
