"""Athena as the engine has it: it reads what the catalog names, within the workgroup's limits."""

import json
from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

from scripts.sandbox.engine.core import Engine
from tests.sandbox.catalogs import REGION, Catalog
from tests.sandbox.eventually import eventually
from tests.sandbox.machines import Machines

MINE = "owner = 'me'"


def things(where: str, columns: str = "name", table: str = "shop.things") -> str:
    return f"SELECT {columns} FROM {table} WHERE {where}"  # noqa: S608 - the test's own words


@pytest.fixture
def catalog(engine: Engine, fresh_account: Callable[[], str]) -> Catalog:
    made = Catalog(engine, fresh_account())
    made.create_table()
    made.put("rows/of=me/month=01/a.parquet", "SELECT 'apple' AS name, 3::BIGINT AS amount")
    made.put("rows/of=me/month=02/b.parquet", "SELECT NULL::VARCHAR AS name, 4::BIGINT AS amount")
    made.put("rows/of=you/month=01/c.parquet", "SELECT 'pear' AS name, 50::BIGINT AS amount")
    return made


def test_an_answer_is_text_with_the_columns_names_first_and_nulls_left_out(catalog: Catalog) -> None:
    rows = catalog.ask(things(f"{MINE} ORDER BY amount", "name, amount, amount > 3 AS many"))
    assert rows == [["name", "amount", "many"], ["apple", "3", "false"], [None, "4", "true"]]


def test_an_answer_comes_in_pages(catalog: Catalog) -> None:
    rows = catalog.ask("SELECT n FROM UNNEST(SEQUENCE(1, 2500)) AS t(n) ORDER BY n")
    assert [int(row[0] or 0) for row in rows[1:]] == list(range(1, 2501))
    query = catalog.start("SELECT n FROM UNNEST(SEQUENCE(1, 2500)) AS t(n)")
    catalog.ended(query)
    first = catalog.athena.get_query_results(QueryExecutionId=query)
    assert len(first["ResultSet"]["Rows"]) == 1000
    with pytest.raises(ClientError, match="MaxResults"):
        catalog.athena.get_query_results(QueryExecutionId=query, MaxResults=1001)


def test_partitions_and_paths_are_columns_that_a_star_tells_apart(catalog: Catalog) -> None:
    where = f"{MINE} AND month = 2 AND STRPOS(\"$path\", '/b.') > 0"
    rows = catalog.ask(things("TRUE", "*", f"({things(where, '*')}) AS t"))
    assert rows == [["name", "amount", "owner", "month"], [None, "4", "me", "2"]]
    path = catalog.ask(things(where, '"$path"'))
    assert path[1] == [f"s3://{catalog.rows}/rows/of=me/month=02/b.parquet"]


def test_only_the_partitions_that_the_keys_leave_are_read(catalog: Catalog) -> None:
    whole = catalog.ended(catalog.start(things(MINE)))
    part = catalog.ended(catalog.start(things(f"{MINE} AND (month = 2 OR month = 7)")))
    sizes = [each["Statistics"]["DataScannedInBytes"] for each in (whole, part)]
    assert sizes[0] > sizes[1] > 0


def test_objects_outside_of_the_projection_are_no_rows(catalog: Catalog) -> None:
    for key in ("month=13/x.parquet", "month=3/x.parquet", "month=03/_x.parquet", "month=03/.x.parquet"):
        catalog.put(f"rows/of=me/{key}", "SELECT 'ghost' AS name, 1::BIGINT AS amount")
    catalog.archive.put_object(Bucket=catalog.rows, Key="rows/of=me/month=03/empty.parquet", Body=b"")
    rows = catalog.ask(things(f"{MINE} AND name = 'ghost'"))
    assert rows == [["name"]]


@pytest.mark.parametrize(
    "where", ["month = 1", "owner <> 'me'", "owner = 'me' OR month = 1", "owner LIKE 'm%'"]
)
def test_an_injected_key_must_be_given_by_equality(catalog: Catalog, where: str) -> None:
    state, reason = catalog.run(things(where))
    assert state == "FAILED"
    assert "CONSTRAINT_VIOLATION" in str(reason)


def test_a_partition_without_objects_has_no_rows(catalog: Catalog) -> None:
    assert catalog.ask("SELECT COUNT(*) AS n FROM shop.things WHERE owner = 'nobody'") == [["n"], ["0"]]


def test_a_column_that_no_file_has_is_null_and_one_of_another_type_fails(catalog: Catalog) -> None:
    catalog.put("rows/of=old/month=01/a.parquet", "SELECT 'fig' AS name")
    assert catalog.ask(things("owner = 'old'", "name, amount"))[1] == ["fig", None]
    catalog.put("rows/of=odd/month=01/a.parquet", "SELECT 'fig' AS name, 1::INTEGER AS amount")
    state, reason = catalog.run(things("owner = 'odd'"))
    assert (state, "HIVE_BAD_DATA" in str(reason)) == ("FAILED", True)


def test_a_table_that_is_not_there_fails_the_query(catalog: Catalog) -> None:
    state, reason = catalog.run("SELECT 1 AS one FROM shop.nothing")
    assert (state, "TABLE_NOT_FOUND" in str(reason)) == ("FAILED", True)


def test_a_database_may_come_with_the_query(catalog: Catalog) -> None:
    context = {"QueryExecutionContext": {"Database": "shop"}}
    assert catalog.run(things(MINE, table="things"), **context) == ("SUCCEEDED", None)
    assert catalog.run(things(MINE, table="things"))[0] == "FAILED"


def test_what_cannot_be_parsed_is_refused_at_once(catalog: Catalog) -> None:
    with pytest.raises(ClientError, match="InvalidRequestException"):
        catalog.start("SELECT FROM WHERE (")


def test_a_projection_that_the_engine_does_not_know_fails_loudly(
    engine: Engine, fresh_account: Callable[[], str]
) -> None:
    catalog = Catalog(engine, fresh_account())
    catalog.create_table(**{"projection.month.type": "date"})
    state, reason = catalog.run(things(MINE))
    assert (state, "NotImplementedError" in str(reason)) == ("FAILED", True)


def test_a_query_that_reads_too_much_is_cancelled(catalog: Catalog) -> None:
    key, body = "rows/of=big/month=01/a.parquet", b"x" * 10_000_001
    catalog.archive.put_object(Bucket=catalog.rows, Key=key, Body=body)
    group = catalog.workgroup(f"s3://{catalog.answers}/", BytesScannedCutoffPerQuery=10_000_000)
    state, reason = catalog.run(things("owner = 'big'"), group=group)
    assert state == "CANCELLED"
    assert "Bytes scanned limit was exceeded" in str(reason)


def test_answers_lie_where_the_workgroup_wants_them_whatever_the_query_says(catalog: Catalog) -> None:
    elsewhere: dict[str, object] = {"ResultConfiguration": {"OutputLocation": f"s3://{catalog.rows}/mine/"}}
    text = "SELECT 'a \"b\"' AS x, CAST(NULL AS VARCHAR) AS y"
    query = catalog.start(text, catalog.group, **elsewhere)
    place = catalog.ended(query)["ResultConfiguration"]["OutputLocation"]
    assert place == f"s3://{catalog.answers}/kept/{query}.csv"
    body = catalog.s3.get_object(Bucket=catalog.answers, Key=f"kept/{query}.csv")["Body"].read()
    assert body.decode() == '"x","y"\n"a ""b""",\n'


def test_a_workgroup_without_a_place_for_answers_refuses(catalog: Catalog) -> None:
    with pytest.raises(ClientError, match="No output location"):
        catalog.start("SELECT 1 AS one", group=catalog.workgroup(None))
    with pytest.raises(ClientError, match="WorkGroup none is not found"):
        catalog.start("SELECT 1 AS one", group="none")


def test_an_answer_that_has_expired_is_gone(catalog: Catalog) -> None:
    query = catalog.start("SELECT 1 AS one")
    catalog.ended(query)
    catalog.s3.delete_object(Bucket=catalog.answers, Key=f"kept/{query}.csv")
    with pytest.raises(ClientError, match="Could not find results"):
        catalog.athena.get_query_results(QueryExecutionId=query)


def test_an_unknown_query_and_one_that_failed_have_no_answer(catalog: Catalog) -> None:
    for call in (catalog.athena.get_query_execution, catalog.athena.get_query_results):
        with pytest.raises(ClientError, match="was not found"):
            call(QueryExecutionId="e0b4b7a5-0000-4000-8000-000000000000")
    query = catalog.start("SELECT 1 AS one FROM shop.nothing")
    catalog.ended(query)
    with pytest.raises(ClientError, match="did not finish successfully"):
        catalog.athena.get_query_results(QueryExecutionId=query)


@pytest.mark.parametrize("admitted", [True, False])
def test_another_accounts_bucket_must_admit_whoever_asks(
    engine: Engine, fresh_account: Callable[[], str], *, admitted: bool
) -> None:
    account = fresh_account()
    catalog = Catalog(engine, account, fresh_account())
    catalog.create_table()
    catalog.put("rows/of=me/month=01/a.parquet", "SELECT 'apple' AS name, 3::BIGINT AS amount")
    if admitted:
        allow = {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
            "Action": ["s3:ListBucket", "s3:GetObject"],
            "Resource": [f"arn:aws:s3:::{catalog.rows}", f"arn:aws:s3:::{catalog.rows}/*"],
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
        catalog.archive.put_bucket_policy(Bucket=catalog.rows, Policy=policy)
    state, reason = catalog.run(things(MINE))
    assert (state, "AccessDenied" in str(reason)) == (("SUCCEEDED", False) if admitted else ("FAILED", True))


def _asking(machines: Machines, catalog: Catalog, text: str, group: str | None = None) -> str:
    return machines.one_state(
        Type="Task",
        Resource="arn:aws:states:::athena:startQueryExecution.sync",
        Parameters={"QueryString": text, "WorkGroup": group or catalog.group},
    )


def test_a_task_ends_with_its_query(engine: Engine, catalog: Catalog) -> None:
    machines = Machines(engine, catalog.account)
    output = machines.output(_asking(machines, catalog, "SELECT 1 AS one"))
    found = output["QueryExecution"]
    assert found["Status"]["State"] == "SUCCEEDED"
    assert found["Status"]["SubmissionDateTime"].endswith("Z")
    assert catalog.athena.get_query_results(QueryExecutionId=found["QueryExecutionId"])["ResultSet"]["Rows"]


def test_a_query_that_fails_fails_its_task_with_the_reason(engine: Engine, catalog: Catalog) -> None:
    machines = Machines(engine, catalog.account)
    ended = machines.run(_asking(machines, catalog, "SELECT 1 AS one FROM shop.nothing"))
    assert (ended["status"], ended["error"]) == ("FAILED", "States.TaskFailed")
    assert "TABLE_NOT_FOUND" in ended["cause"]


def test_a_task_that_is_tried_again_asks_again(engine: Engine, catalog: Catalog) -> None:
    group = catalog.workgroup(f"s3://{catalog.answers}-later/")
    machines = Machines(engine, catalog.account)
    machine = machines.one_state(
        Type="Task",
        Resource="arn:aws:states:::athena:startQueryExecution.sync",
        Parameters={"QueryString": "SELECT 1 AS one", "WorkGroup": group},
        TimeoutSeconds=60,
        Retry=[
            {"ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 1, "MaxAttempts": 10, "BackoffRate": 1}
        ],
    )
    execution = machines.start(machine)
    [first, *_] = eventually(lambda: catalog.queries(group))
    assert catalog.ended(first)["Status"]["State"] == "FAILED"
    catalog.s3.create_bucket(
        Bucket=f"{catalog.answers}-later", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    assert machines.end(execution)["status"] == "SUCCEEDED"
    assert len(catalog.queries(group)) > 1


def test_a_query_that_is_refused_fails_its_task_with_athenas_error(engine: Engine, catalog: Catalog) -> None:
    machines = Machines(engine, catalog.account)
    ended = machines.run(_asking(machines, catalog, "SELECT 1 AS one", group="none"))
    assert ended["error"] == "Athena.InvalidRequestException"
    assert "not found" in ended["cause"]


def test_another_action_of_athena_is_refused(engine: Engine, catalog: Catalog) -> None:
    machines = Machines(engine, catalog.account)
    with pytest.raises(ClientError, match="not recognized"):
        machines.one_state(Type="Task", Resource="arn:aws:states:::athena:getQueryResults", Parameters={})
