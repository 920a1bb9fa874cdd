"""The same question to engines that natrec does not use: run by a Python of their own, which has them.

Nothing of natrec is imported here, for that Python has nothing of it. Each answers what `byhand.py` answers:
the largest fifty talkers of a zonal gateway with one address, and bytes per minute and direction.
"""

import csv
import gzip
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

# As in `generator.py`.
GATEWAY = "10.0.100.5"
KEY = ["direction", "client", "remote", "port", "protocol"]
_MOST = 50
_NUMBERS = ("srcport", "dstport", "protocol", "packets", "bytes", "start")
_TEXTS = ("srcaddr", "dstaddr", "action", "pkt_srcaddr", "pkt_dstaddr")
_USED = (*_TEXTS, *_NUMBERS)
Answer = tuple[list[int], dict[str, int]]


def _is_parquet(folder: Path) -> bool:
    return next(folder.iterdir()).suffix == ".parquet"


def _columns(folder: Path) -> list[str]:
    with gzip.open(next(folder.iterdir()), "rt", encoding="ascii") as file:
        return file.readline().split()


def polars(folder: Path) -> Answer:
    """Lazily, in two passes, streaming."""
    import polars as pl  # type: ignore[import-not-found] # noqa: PLC0415 - their Python's

    if _is_parquet(folder):
        records = pl.scan_parquet(folder / "*")
    else:
        dashed = [each.replace("_", "-") for each in _USED]
        types = {each: pl.Int64 if each in _NUMBERS else pl.String for each in _columns(folder)}
        records = pl.scan_csv(folder / "*", separator=" ", null_values="-", quote_char=None, schema=types)
        records = records.select(pl.col(name).alias(used) for name, used in zip(dashed, _USED, strict=True))
    up = (pl.col("dstaddr") == GATEWAY) & (pl.col("pkt_dstaddr") != pl.col("dstaddr"))
    down = (pl.col("srcaddr") == GATEWAY) & (pl.col("pkt_srcaddr") != pl.col("srcaddr"))
    legs = records.filter((pl.col("action") == "ACCEPT") & (up | down)).select(
        pl.when(up).then(pl.lit("upload")).otherwise(pl.lit("download")).alias("direction"),
        pl.when(up).then("srcaddr").otherwise("dstaddr").alias("client"),
        pl.when(up).then("pkt_dstaddr").otherwise("pkt_srcaddr").alias("remote"),
        pl.when(up).then("dstport").otherwise("srcport").alias("port"),
        "protocol",
        (pl.col("start") - pl.col("start") % 60).alias("minute"),
        "bytes",
        "packets",
    )
    largest = legs.group_by(KEY).agg(pl.sum("bytes"), pl.sum("packets")).top_k(_MOST, by="bytes")
    minutes = legs.group_by("direction", "minute").agg(pl.sum("bytes"))
    top, whole = (each.collect(engine="streaming") for each in (largest, minutes))
    summed = whole.group_by("direction").agg(pl.sum("bytes")).rows()
    return sorted(top["bytes"].to_list(), reverse=True), dict(summed)


def pandas(folder: Path) -> Answer:
    """File by file, for all of them together would not fit."""
    import pandas as pd  # type: ignore[import-untyped] # noqa: PLC0415 - as above

    talkers, minutes = [], []
    for path in sorted(folder.iterdir()):
        if path.suffix == ".parquet":
            records = pd.read_parquet(path, columns=list(_USED))
        else:
            dashed = {each.replace("_", "-"): each for each in _USED}
            records = pd.read_csv(
                path, sep=" ", na_values="-", usecols=list(dashed), quoting=csv.QUOTE_NONE
            ).rename(columns=dashed)
        records = records[records["action"] == "ACCEPT"]
        up = records[(records["dstaddr"] == GATEWAY) & (records["pkt_dstaddr"] != GATEWAY)]
        down = records[(records["srcaddr"] == GATEWAY) & (records["pkt_srcaddr"] != GATEWAY)]
        ends = {"srcaddr": "client", "pkt_dstaddr": "remote", "dstport": "port"}
        back = {"dstaddr": "client", "pkt_srcaddr": "remote", "srcport": "port"}
        legs = pd.concat(
            [
                side.rename(columns=names)[[*names.values(), "protocol", "start", "bytes", "packets"]].assign(
                    direction=direction
                )
                for side, names, direction in ((up, ends, "upload"), (down, back, "download"))
            ]
        )
        legs["minute"] = legs["start"] - legs["start"] % 60
        talkers.append(legs.groupby(KEY)[["bytes", "packets"]].sum())
        minutes.append(legs.groupby(["direction", "minute"])["bytes"].sum())
    largest = pd.concat(talkers).groupby(level=KEY).sum().nlargest(_MOST, "bytes")["bytes"].tolist()
    return largest, pd.concat(minutes).groupby(level="direction").sum().to_dict()


def chdb(folder: Path) -> Answer:
    """ClickHouse within the process, in two passes."""
    from chdb.session import Session  # type: ignore[import-not-found] # noqa: PLC0415 - as above

    if _is_parquet(folder):
        source = f"file('{folder}/*', 'Parquet')"
    else:
        # Its CSV takes no space for a delimiter.
        types = (f"`{each}` {'Int64' if each in _NUMBERS else 'String'}" for each in _columns(folder))
        source = f"file('{folder}/*', 'CustomSeparatedWithNames', '{', '.join(types)}')"
        dashed = ", ".join(f"`{each.replace('_', '-')}` AS {each}" for each in _USED)
        source = f"(SELECT {dashed} FROM {source})"
    legs = f"""(
        SELECT start - start % 60 AS minute, if(up, srcaddr, dstaddr) AS client, protocol, bytes, packets,
            if(up, pkt_dstaddr, pkt_srcaddr) AS remote, if(up, dstport, srcport) AS port,
            if(up, 'upload', 'download') AS direction
        FROM (
            SELECT *, dstaddr = '{GATEWAY}' AND pkt_dstaddr <> dstaddr AS up,
                srcaddr = '{GATEWAY}' AND pkt_srcaddr <> srcaddr AS down
            FROM {source} WHERE action = 'ACCEPT'
        ) WHERE up OR down
    )"""
    settings = "SETTINGS format_custom_field_delimiter = ' ', format_custom_escaping_rule = 'CSV'"
    with Session() as session:
        key = ", ".join(KEY)
        largest = session.query(
            f"SELECT sum(bytes) AS b, sum(packets) FROM {legs} GROUP BY {key} "
            f"ORDER BY b DESC LIMIT {_MOST} {settings}",
            "JSONCompactEachRow",
        )
        minutes = session.query(
            f"SELECT direction, minute, sum(bytes) FROM {legs} GROUP BY direction, minute {settings}",
            "JSONCompactEachRow",
        )
        totals = Counter[str]()
        for direction, _, amount in _rows(minutes):
            totals[direction] += int(amount)
        return [int(row[0]) for row in _rows(largest)], dict(totals)


def _rows(answered: Any) -> Iterator[list[Any]]:  # noqa: ANN401 - chdb's
    return (json.loads(line) for line in str(answered).splitlines())


def flowlogs_reader(folder: Path) -> Answer:
    """Record by record, as its readers make them; they read from CloudWatch Logs and S3 only."""
    from flowlogs_reader import FlowRecord  # type: ignore[import-not-found] # noqa: PLC0415 - as above

    talkers, totals = Counter[tuple[object, ...]](), Counter[str]()
    minutes = Counter[tuple[str, int]]()
    for path in sorted(folder.iterdir()):
        with gzip.open(path, "rt", encoding="ascii") as file:
            rows = csv.DictReader(file, delimiter=" ")
            rows.fieldnames = [each.replace("-", "_") for each in rows.fieldnames or ()]
            for each in map(FlowRecord, rows):
                if each.action != "ACCEPT":
                    continue
                if each.dstaddr == GATEWAY != each.pkt_dstaddr:
                    leg = ("upload", each.srcaddr, each.pkt_dstaddr, each.dstport, each.protocol)
                elif each.srcaddr == GATEWAY != each.pkt_srcaddr:
                    leg = ("download", each.dstaddr, each.pkt_srcaddr, each.srcport, each.protocol)
                else:
                    continue
                talkers[leg] += each.bytes
                minutes[leg[0], each.start.replace(second=0)] += each.bytes
                totals[leg[0]] += each.bytes
    return [amount for _, amount in talkers.most_common(_MOST)], dict(totals)


ENGINES: dict[str, Callable[[Path], Answer]] = {
    "polars": polars,
    "pandas": pandas,
    "chdb": chdb,
    "flowlogs-reader": flowlogs_reader,
}


def main() -> None:
    """Ask one of them, and print the largest talkers' bytes and the total of each direction."""
    largest, totals = ENGINES[sys.argv[1]](Path(sys.argv[2]))
    print(json.dumps({"largest": largest, "totals": totals}))


if __name__ == "__main__":
    main()
