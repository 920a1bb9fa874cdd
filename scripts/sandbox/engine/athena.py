"""Athena that answers: moto starts queries and runs none.

Workgroups enforce their result location and their limit on what a query reads, answers lie in S3 as text, and
whoever reads them gets the columns' names first. Sources: Athena API reference (StartQueryExecution,
GetQueryExecution, GetQueryResults), User Guide ("Specify a query result location using a workgroup", "Control
data usage limits", "Work with query results").
"""

import json
import uuid
from typing import Any

from moto.athena.models import AthenaBackend, athena_backends
from moto.athena.responses import AthenaResponse
from moto.core.exceptions import JsonRESTError

from scripts.sandbox.engine import athena_reading
from scripts.sandbox.engine.athena_queries import WAITS, Running, run
from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.log_destinations import find_bucket
from scripts.sandbox.engine.principals import caller
from scripts.sandbox.engine.seams import replace

MAX_QUERY = 262_144  # bytes of a query's text (Athena User Guide, "Service Quotas")
MAX_ROWS = 1000  # of one page, the columns' names among them (GetQueryResults, MaxResults)


class InvalidRequest(JsonRESTError):  # noqa: N818 - AWS's name
    """Something is wrong with the input."""

    code = 400

    def __init__(self, message: str) -> None:
        super().__init__("InvalidRequestException", message)


def install(engine: Engine) -> None:
    """Let queries run."""
    replace(AthenaResponse, "start_query_execution", lambda _original: partial_method(_start, engine))
    replace(AthenaResponse, "get_query_execution", lambda _original: _get)
    replace(AthenaResponse, "get_query_results", lambda _original: _results)
    replace(AthenaResponse, "stop_query_execution", lambda _original: _stop)


def partial_method(function: Any, engine: Engine) -> Any:
    """A method with the engine at hand."""

    def method(request: Any) -> Any:
        return function(request, engine)

    return method


def _start(request: Any, engine: Engine) -> str:
    for name in ("ExecutionParameters", "ResultReuseConfiguration", "ClientRequestToken"):
        # The SDK makes up a token for every request; two requests with one are not told apart here.
        if request._get_param(name) and name != "ClientRequestToken":
            raise NotImplementedError(f"the engine knows no {name} of a query")
    text = request._get_param("QueryString") or ""
    if not 0 < len(text.encode()) <= MAX_QUERY:
        raise InvalidRequest(f"The query's text must have 1 to {MAX_QUERY} bytes")
    backend: AthenaBackend = request.athena_backend
    group = backend.work_groups.get(request._get_param("WorkGroup") or "primary")
    if group is None:
        raise InvalidRequest(f"WorkGroup {request._get_param('WorkGroup')} is not found.")
    try:
        query = athena_reading.parsed(text)
    except ValueError as problem:
        raise InvalidRequest(str(problem)) from problem
    running = Running(
        id=str(uuid.uuid4()),
        text=text,
        workgroup=group,
        context=request._get_param("QueryExecutionContext") or {},
        location="",
    )
    location = _location(group.configuration, request._get_param("ResultConfiguration") or {})
    running.location = f"{location.rstrip('/')}/{running.id}.csv"
    backend.executions[running.id] = running  # type: ignore[assignment] # ours in place of moto's
    who = caller(request.get_access_key(), request.current_account)
    limit = group.configuration.get("BytesScannedCutoffPerQuery")
    engine.workers.submit(run, running, query, who, request.region, limit)
    return json.dumps({"QueryExecutionId": running.id})


def _location(workgroup: dict[str, Any], asked: dict[str, Any]) -> str:
    own = workgroup.get("ResultConfiguration") or {}
    chosen = own if workgroup.get("EnforceWorkGroupConfiguration") else {**own, **asked}
    if not chosen.get("OutputLocation"):
        raise InvalidRequest("No output location provided. An output location is required.")
    return str(chosen["OutputLocation"])


def _found(request: Any) -> Running:
    identity = request._get_param("QueryExecutionId")
    found: Any = athena_backends[request.current_account][request.region].executions.get(identity)
    if found is None:
        raise InvalidRequest(f"QueryExecution {identity} was not found")
    return found  # type: ignore[no-any-return] # ours in place of moto's


def _get(request: Any) -> str:
    return json.dumps({"QueryExecution": _found(request).as_document()})


def _stop(request: Any) -> str:
    _found(request).end("CANCELLED", "Query cancelled by user")
    return "{}"


def _results(request: Any) -> str:
    """A page of the answer, as long as the object that holds it is there."""
    running = _found(request)
    if running.state in WAITS:
        raise InvalidRequest(f"Query has not yet finished. Current state: {running.state}")
    if running.answer is None:
        raise InvalidRequest(f"Query did not finish successfully. Final query state: {running.state}")
    name, _, key = running.location.removeprefix("s3://").partition("/")
    bucket = find_bucket(name)
    if bucket is None or not bucket.keys.get(key):
        raise InvalidRequest("Could not find results")
    size = int(request._get_param("MaxResults") or MAX_ROWS)
    if not 1 <= size <= MAX_ROWS:
        raise InvalidRequest(f"MaxResults is not within 1 and {MAX_ROWS}")
    first = int(request._get_param("NextToken") or 0)
    rows = [tuple(name for name, _ in running.answer.columns), *running.answer.rows]
    document: dict[str, Any] = {
        "ResultSet": {
            "Rows": [{"Data": [_datum(each) for each in row]} for row in rows[first : first + size]],
            "ResultSetMetadata": {"ColumnInfo": [_column(*each) for each in running.answer.columns]},
        },
        "UpdateCount": 0,
    }
    if first + size < len(rows):
        document["NextToken"] = str(first + size)
    return json.dumps(document)


def _datum(value: str | None) -> dict[str, str]:
    return {} if value is None else {"VarCharValue": value}


def _column(name: str, kind: str) -> dict[str, Any]:
    told = {
        "CatalogName": "hive",
        "SchemaName": "",
        "TableName": "",
        "Name": name,
        "Label": name,
        "Type": kind,
    }
    return {**told, "Precision": 0, "Scale": 0, "Nullable": "UNKNOWN", "CaseSensitive": kind == "varchar"}
