"""What queries have answered, as Athena keeps it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hub.adapters.declared import calls
from hub.adapters.faults import told_as
from hub.adapters.sessions import Sessions
from hub.domain.errors import RecordingFault


@dataclass(frozen=True)
class AthenaAnswers:
    """Reads answers page by page."""

    sessions: Sessions

    @calls("work group", "athena:GetQueryResults")
    @calls("answers", "s3:GetObject")
    def rows(self, query: str) -> Iterator[dict[str, str | None]]:
        """Every row by column; the first row of the first page only repeats the columns' names.

        At most 1,000 rows come at once, and a null has no value (API reference, GetQueryResults; User Guide,
        "Work with query results and recent queries").
        """
        client = self.sessions.hub("athena")
        pages = client.get_paginator("get_query_results").paginate(
            QueryExecutionId=query, PaginationConfig={"PageSize": 1000}
        )
        columns: list[str] | None = None
        with told_as(RecordingFault, f"reading the answer of query {query}"):
            for page in pages:
                rows: list[dict[str, Any]] = page["ResultSet"]["Rows"]
                if columns is None:
                    columns = [each["Name"] for each in page["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]]
                    rows = rows[1:]
                for row in rows:
                    values = [each.get("VarCharValue") for each in row["Data"]]
                    yield dict(zip(columns, values, strict=True))
