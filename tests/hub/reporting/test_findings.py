"""The query's rows become numbers, whichever engine answered."""

from typing import Any

import pytest

from hub.reporting.findings import Findings, Minute, findings

EMPTY = dict.fromkeys(("client", "remote", "port", "protocol", "slot", "service", "bytes", "packets"))


def counted(direction: str, minute: int | None, **known: int) -> dict[str, Any]:
    return {**EMPTY, "is_talker": 0, "direction": direction, "slot": minute, "records": 1} | {
        "began": minute,
        "ended": None if minute is None else minute + 59,
        **known,
    }


def largest(client: str, remote: str | None, amount: int) -> dict[str, Any]:
    return {**EMPTY, "is_talker": 1, "direction": "upload", "client": client, "remote": remote} | {
        "port": 443, "protocol": 6, "bytes": amount, "packets": 1, "records": 1, "began": 0, "ended": 0,
    }  # fmt: skip


ROWS = [
    counted("upload", 120, bytes=5),
    counted("upload", 60, bytes=7),
    counted("download", 60, bytes=11),
    counted("outer", 60, bytes=23),
    counted("NODATA", 180, records=3),
    counted("REJECT", 60, bytes=40, records=2),
    largest("10.0.1.6", "203.0.113.5", 5),
    largest("10.0.1.5", "64:ff9b::cb00:7105", 7),
]


@pytest.mark.parametrize("text", [True, False], ids=["as Athena", "as DuckDB"])
def test_numbers_may_be_text_and_nothing_may_be_empty(*, text: bool) -> None:
    as_text = [{name: None if each is None else str(each) for name, each in row.items()} for row in ROWS]
    seen = findings(as_text if text else ROWS)
    assert seen.totals == {"upload": 12, "download": 11}
    assert seen.minutes == (Minute(60, 7, 11), Minute(120, 5, 0))
    assert (seen.records, seen.marked, seen.rejected) == (9, {"NODATA": 3, "REJECT": 2}, 40)
    assert (seen.began, seen.ended) == (60, 239)
    assert [each.bytes for each in seen.talkers] == [7, 5]


def test_a_remote_behind_nat64_is_told_by_its_ipv4_address() -> None:
    assert [each.remote for each in findings(ROWS).talkers] == ["203.0.113.5", "203.0.113.5"]


def test_records_without_times_have_no_minutes() -> None:
    seen = findings([counted("upload", None, bytes=5)])
    assert (seen.total("upload"), seen.minutes, seen.began, seen.ended) == (5, (), None, None)


def test_no_rows_are_no_findings() -> None:
    assert findings([]) == Findings(totals={"upload": 0, "download": 0})


def test_a_share_of_nothing_is_nothing() -> None:
    (seen,) = findings([largest("10.0.1.5", None, 0)]).talkers
    assert findings([]).share(seen) == 0
