"""A table over a bucket of parquet files, and a workgroup to ask it through."""

import io
import tempfile
import uuid
from pathlib import Path
from typing import Any

import duckdb

from scripts.sandbox.engine.core import Engine
from tests.sandbox.eventually import eventually

REGION = "eu-west-1"
PARQUET = "org.apache.hadoop.hive.ql.io.parquet"
LIMIT = 50_000_000


def parquet(query: str) -> bytes:
    """The answer of a query of DuckDB's as a file."""
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as engine:
        place = Path(folder, "rows.parquet")
        engine.execute(f"COPY ({query}) TO '{place}' (FORMAT parquet)")
        return io.BytesIO(place.read_bytes()).getvalue()


def table_input(bucket: str, **parameters: str) -> dict[str, Any]:
    """`things`: two columns, partitioned by an owner that the query gives, a month and a day."""
    projection = {
        "projection.enabled": "true",
        "projection.owner.type": "injected",
        "projection.month.type": "integer",
        "projection.month.range": "1,12",
        "projection.month.digits": "2",
        "storage.location.template": f"s3://{bucket}/rows/of={'${owner}'}/month={'${month}'}/",
    }
    return {
        "Name": "things",
        "TableType": "EXTERNAL_TABLE",
        "Parameters": projection | parameters,
        "PartitionKeys": [{"Name": "owner", "Type": "string"}, {"Name": "month", "Type": "int"}],
        "StorageDescriptor": {
            "Location": f"s3://{bucket}/rows/",
            "InputFormat": f"{PARQUET}.MapredParquetInputFormat",
            "SerdeInfo": {"SerializationLibrary": f"{PARQUET}.serde.ParquetHiveSerDe"},
            "Columns": [{"Name": "name", "Type": "string"}, {"Name": "amount", "Type": "bigint"}],
        },
    }


class Catalog:
    """One account that asks; the rows lie in its own bucket, or in another's."""

    def __init__(self, engine: Engine, account: str, owner: str | None = None) -> None:
        self.engine, self.account = engine, account
        self.athena = engine.client(account, REGION, "athena")
        self.s3 = engine.client(account, REGION, "s3")
        self.archive = engine.client(owner or account, REGION, "s3")
        self.glue = engine.client(account, REGION, "glue")
        suffix = uuid.uuid4().hex[:8]
        self.rows, self.answers = f"rows-{suffix}", f"answers-{suffix}"
        for client, bucket in ((self.archive, self.rows), (self.s3, self.answers)):
            client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.group = self.workgroup(f"s3://{self.answers}/kept/", BytesScannedCutoffPerQuery=LIMIT)

    def workgroup(self, location: str | None, **configuration: Any) -> str:  # noqa: ANN401 - as the API has it
        name = f"group-{uuid.uuid4().hex[:8]}"
        result = {"ResultConfiguration": {"OutputLocation": location}} if location else {}
        enforced = {"EnforceWorkGroupConfiguration": True, **result, **configuration}
        self.athena.create_work_group(Name=name, Configuration=enforced)
        return name

    def create_table(self, **parameters: str) -> None:
        self.glue.create_database(DatabaseInput={"Name": "shop"})
        self.glue.create_table(DatabaseName="shop", TableInput=table_input(self.rows, **parameters))

    def put(self, key: str, query: str) -> None:
        """An object with the rows of a query of DuckDB's."""
        self.archive.put_object(Bucket=self.rows, Key=key, Body=parquet(query))

    def start(self, text: str, group: str | None = None, **rest: Any) -> str:  # noqa: ANN401 - as the API has it
        answer = self.athena.start_query_execution(QueryString=text, WorkGroup=group or self.group, **rest)
        return str(answer["QueryExecutionId"])

    def queries(self, group: str) -> list[str]:
        """Every query of a workgroup."""
        found: list[str] = self.athena.list_query_executions(WorkGroup=group)["QueryExecutionIds"]
        return found

    def ended(self, query: str) -> dict[str, Any]:
        """The query once it has ended."""

        def look() -> dict[str, Any] | None:
            found: dict[str, Any] = self.athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]
            return None if found["Status"]["State"] in {"QUEUED", "RUNNING"} else found

        found = eventually(look)
        assert found, query
        return found

    def run(self, text: str, **rest: Any) -> tuple[str, str | None]:  # noqa: ANN401 - as the API has it
        """How a query ends, and why."""
        status: dict[str, str] = self.ended(self.start(text, **rest))["Status"]
        return status["State"], status.get("StateChangeReason")

    def ask(self, text: str) -> list[list[str | None]]:
        """The rows of a query that succeeds, the columns' names first."""
        query = self.start(text)
        status = self.ended(query)["Status"]
        assert status["State"] == "SUCCEEDED", status
        pages = self.athena.get_paginator("get_query_results").paginate(QueryExecutionId=query)
        rows = [row for page in pages for row in page["ResultSet"]["Rows"]]
        return [[each.get("VarCharValue") for each in row["Data"]] for row in rows]
