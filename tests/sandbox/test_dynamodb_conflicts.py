from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError

from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.dynamodb_conflicts import Ongoing, TransactionConflictError
from tests.sandbox.counters import addition, transacted, used
from tests.sandbox.machines import REGION, Table

Ask = Callable[..., SimpleNamespace]
LONG = 60
KEY, OTHER = {"pk": {"S": "usage"}}, {"pk": {"S": "other"}}


@pytest.fixture
def table(engine: Engine, account: str) -> Table:
    return Table(engine, account)


@pytest.fixture
def ask(account: str) -> Ask:
    """Makes a request as moto's handler has it."""

    def asking(action: str, **params: object) -> SimpleNamespace:
        return SimpleNamespace(
            _get_action=lambda: action, params=params, current_account=account, region=REGION
        )

    return asking


def long(table: Table, number: int) -> list[dict[str, object]]:
    """Actions of its own that keep a transaction under way for a while: others are sure to meet it."""
    items = [{"pk": {"S": f"{number}-{each}"}} for each in range(LONG)]
    return [{"Put": {"TableName": table.name, "Item": item}} for item in items]


def counted(engine: Engine, account: str, table: Table) -> int:
    """Conflicts of this table, as its metric says."""
    hour = timedelta(hours=1)
    moment = datetime.now(UTC)  # noqa: TID251 - the engine runs in real time
    answer = engine.client(account, REGION, "cloudwatch").get_metric_statistics(
        Namespace="AWS/DynamoDB",
        MetricName="TransactionConflict",
        Dimensions=[{"Name": "TableName", "Value": table.name}],
        StartTime=moment - hour,
        EndTime=moment + hour,
        Period=7200,
        Statistics=["Sum"],
    )
    return int(sum(each["Sum"] for each in answer["Datapoints"]))


def test_a_transaction_that_meets_another_is_cancelled_whole_and_says_where_and_is_counted(
    engine: Engine, account: str, table: Table
) -> None:
    def write(number: int) -> list[str]:
        return transacted(table, *long(table, number), {"Update": addition(table, "usage")})

    with ThreadPoolExecutor(16) as threads:
        conflicts = [outcome for outcome in threads.map(write, range(64)) if outcome]
    assert conflicts
    assert conflicts == [["None"] * LONG + ["TransactionConflict"]] * len(conflicts)
    written = 64 - len(conflicts)
    assert used(table, "usage") == written
    assert table.client.scan(TableName=table.name, Select="COUNT")["Count"] == 1 + LONG * written
    assert counted(engine, account, table) == len(conflicts)


def test_a_single_write_that_meets_a_transaction_is_rejected(table: Table) -> None:
    def write(number: int) -> str:
        if number % 2:
            transacted(table, *long(table, number), {"Update": addition(table, "usage")})
            return "written"
        try:
            table.client.update_item(**addition(table, "usage"))
        except ClientError as rejected:
            return str(rejected.response["Error"]["Code"])
        return "written"

    with ThreadPoolExecutor(16) as threads:
        answers = set(threads.map(write, range(100)))
    assert answers == {"written", "TransactionConflictException"}


@pytest.mark.parametrize("operation", ["PutItem", "UpdateItem", "DeleteItem"])
def test_a_transaction_has_its_items_until_it_is_answered(table: Table, ask: Ask, operation: str) -> None:
    ongoing = Ongoing()
    asked = {"Item": {**KEY, "used": {"N": "1"}}} if operation == "PutItem" else {"Key": KEY}
    write = ask(operation, TableName=table.name, **asked)
    checks = [{"ConditionCheck": {"TableName": table.name, "Key": key}} for key in (OTHER, KEY)]
    with ongoing.request(ask("TransactWriteItems", TransactItems=checks)) as conflict:
        assert conflict is None
        with ongoing.request(write) as rejected:
            assert isinstance(rejected, TransactionConflictError)
    with ongoing.request(write) as later:
        assert later is None


def test_a_transaction_keeps_nobody_from_reading_and_from_other_items(table: Table, ask: Ask) -> None:
    ongoing = Ongoing()
    check = {"ConditionCheck": {"TableName": table.name, "Key": KEY}}
    others = [
        ask("GetItem", TableName=table.name, Key=KEY),
        ask("UpdateItem", TableName=table.name, Key=OTHER),
        ask("UpdateItem", TableName="elsewhere", Key=KEY),
    ]
    with ongoing.request(ask("TransactWriteItems", TransactItems=[check])):
        for other in others:
            with ongoing.request(other) as conflict:
                assert conflict is None
