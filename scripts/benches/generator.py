"""Flow log records by the million, always the same: a busy zonal gateway as VPC would deliver it.

Of four records a conversation, one leg per direction folded on client, remote and port leaves 3 groups for 10
records: 6.1 million for 20 million, which is what makes the question hard.
"""

import sys
from pathlib import Path
from typing import get_args

import duckdb

from scripts.benches.kinds import HOME, Kind, folder_of

GATEWAY = "10.0.100.5"
_PER_FILE = 100_000  # VPC cuts a file every five minutes, or at 75 MB
_START = 1_790_000_000
_WINDOWS = 60
# Of all conversations so many are different ones; the others go on from one window to the next.
_DIFFERENT = 0.9
_SERVICES = "['S3', 'S3', 'S3', 'S3', 'DYNAMODB', 'AMAZON', 'CLOUDFRONT', '-', '-', '-']"
_FIELDS = """
    5::INTEGER AS version, '444444444444' AS account_id, 'eu-west-1' AS region, 'vpc-0abc' AS vpc_id,
    'euw1-az1' AS az_id, 'eni-0123456789abcdef0' AS interface_id, '-' AS resource_id,
    CASE leg WHEN 1 THEN client WHEN 3 THEN remote ELSE '{gateway}' END AS srcaddr,
    CASE leg WHEN 2 THEN remote WHEN 4 THEN client ELSE '{gateway}' END AS dstaddr,
    CASE leg WHEN 1 THEN client_port WHEN 2 THEN gateway_port ELSE port END AS srcport,
    CASE leg WHEN 3 THEN gateway_port WHEN 4 THEN client_port ELSE port END AS dstport,
    6::INTEGER AS protocol, CASE WHEN leg < 3 THEN up ELSE down END // 1400 + 1 AS packets,
    CASE WHEN leg < 3 THEN up ELSE down END AS bytes, began AS "start", began + 59 AS "end",
    'ACCEPT' AS action, 0::INTEGER AS tcp_flags,
    CASE leg WHEN 1 THEN client WHEN 2 THEN '{gateway}' ELSE remote END AS pkt_srcaddr,
    CASE leg WHEN 3 THEN '{gateway}' WHEN 4 THEN client ELSE remote END AS pkt_dstaddr,
    CASE WHEN leg > 2 THEN service ELSE '-' END AS pkt_src_aws_service,
    CASE WHEN leg < 3 THEN service ELSE '-' END AS pkt_dst_aws_service,
    CASE WHEN leg % 2 = 1 THEN 'ingress' ELSE 'egress' END AS flow_direction,
    CASE leg WHEN 2 THEN 8 WHEN 4 THEN 1 END::INTEGER AS traffic_path, 'OK' AS log_status
"""
_TEXT = "FORMAT csv, DELIMITER ' ', HEADER true, NULL '-', QUOTE '', ESCAPE '', COMPRESSION gzip"
_PARQUET = "FORMAT parquet, COMPRESSION gzip"


def generate(home: Path, kind: Kind, records: int) -> Path:
    """Write the records, or find them written.

    Args:
        home: Below it lie all that were ever written.
        kind: As VPC delivers them: gzipped text with a header, or parquet.
        records: How many; whole files of 100,000.

    Returns:
        Their folder.

    """
    folder = folder_of(home, kind, records)
    if folder.exists():
        return folder
    making = folder.with_suffix(".making")
    making.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as engine:
        for number in range(records // _PER_FILE):
            _write(engine, making, kind, number, _records(number, records))
    return making.rename(folder)


def _write(engine: duckdb.DuckDBPyConnection, folder: Path, kind: Kind, number: int, query: str) -> None:
    name = f"444444444444_vpcflowlogs_eu-west-1_fl-0abc_{number:06}.log"
    if kind == "parquet":
        engine.execute(f"COPY ({query}) TO '{folder / name}.parquet' ({_PARQUET})")
        return
    columns = [each[0] for each in engine.execute(f"DESCRIBE {query}").fetchall()]
    renamed = ", ".join(f'"{each}" AS "{each.replace("_", "-")}"' for each in columns)
    engine.execute(f"COPY (SELECT {renamed} FROM ({query})) TO '{folder / name}.gz' ({_TEXT})")


def _records(number: int, records: int) -> str:
    """One file: `k` is the conversation, `h` what it is like, `w` what this window of it is like."""
    talks, pool = _PER_FILE // 4, int(_DIFFERENT * records / 4)
    return f"""
        WITH windows AS (
            SELECT hash(i + {number * talks}) AS w, w % {pool} AS k, hash(k + 7919) AS h
            FROM range({talks}) t(i)
        ),
        talks AS (
            SELECT
                '10.0.' || (h % 16) || '.' || ((h >> 8) % 250 + 4) AS client,
                {_SERVICES}[((h >> 16) % 10 + 1)::INTEGER] AS service,
                CASE WHEN service = '-'
                    THEN ((h >> 20) % 200 + 11) || '.' || ((h >> 28) % 250) || '.' || ((h >> 36) % 250)
                    ELSE '52.218.' || ((h >> 20) % 64) END || '.' || ((h >> 26) % 250 + 1) AS remote,
                CASE WHEN (h >> 50) % 10 < 8 THEN 443 ELSE (h >> 52) % 1000 + 1 END::INTEGER AS port,
                (32768 + (h >> 40) % 28000)::INTEGER AS client_port,
                (1024 + (h >> 33) % 60000)::INTEGER AS gateway_port,
                {_START + 60 * (number % _WINDOWS)} + (w >> 50) % 60 AS began,
                ((w >> 12) % 100000 + 40)::BIGINT AS up, ((w >> 13) % 1000000 + 40)::BIGINT AS down
            FROM windows
        ),
        legs AS (SELECT *, UNNEST([1, 2, 3, 4]) AS leg FROM talks)
        SELECT {_FIELDS.format(gateway=GATEWAY)} FROM legs"""


if __name__ == "__main__":
    generate(HOME, next(each for each in get_args(Kind) if each == sys.argv[1]), int(sys.argv[2]))
