"""What Athena answers of a recording: one client that downloaded, until now."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

_MINUTE: Mapping[str, str | None] = {
    "is_talker": "0", "direction": "download", "client": None, "remote": None, "port": None,
    "protocol": None, "slot": "1795414200", "service": None, "bytes": "700", "packets": "1",
    "records": "1", "began": "1795414200",
}  # fmt: skip
_TALKER = {"is_talker": "1", "client": "10.0.1.7", "remote": "203.0.113.5", "port": "443", "protocol": "6"}


def served(operation: str, now: datetime) -> dict[str, Any]:
    """The answer to each call that is made for a query."""
    match operation:
        case "StartQueryExecution":
            return {"QueryExecutionId": "q-1"}
        case "GetQueryExecution":
            return {"QueryExecution": {"QueryExecutionId": "q-1"}}
        case "GetQueryResults":
            return _page(now)
        case _:
            raise NotImplementedError(operation)


def _page(now: datetime) -> dict[str, Any]:
    minute: dict[str, str | None] = {**_MINUTE, "ended": str(int(now.timestamp()))}
    talker = {**minute, **_TALKER, "slot": None}
    rows: list[list[str | None]] = [list(minute), list(minute.values()), list(talker.values())]
    told = [{"Data": [{} if each is None else {"VarCharValue": each} for each in row]} for row in rows]
    columns = [{"Name": name, "Type": "varchar"} for name in minute]
    return {"ResultSet": {"Rows": told, "ResultSetMetadata": {"ColumnInfo": columns}}}
