from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.dynamodb import TOKEN_SECONDS, IdempotentParameterMismatchError, Tokens
from tests.sandbox.counters import addition, transacted, used
from tests.sandbox.machines import Table

KINDS = ("HASH", "RANGE")
OWNER = ("111111111111", "eu-west-1")


@pytest.fixture
def table(engine: Engine, account: str) -> Table:
    return Table(engine, account)


def test_additions_at_once_are_all_counted(table: Table) -> None:
    with ThreadPoolExecutor(16) as threads:
        list(threads.map(lambda _: table.client.update_item(**addition(table, "usage")), range(300)))
    assert used(table, "usage") == 300


def test_transactions_at_once_never_pass_a_limit(table: Table) -> None:
    def admit(_: int) -> bool:
        outcome = ["TransactionConflict"]
        while outcome == ["TransactionConflict"]:
            outcome = transacted(table, {"Update": addition(table, "usage", limit=20)})
        assert outcome in ([], ["ConditionalCheckFailed"])
        return not outcome

    with ThreadPoolExecutor(16) as threads:
        admitted = sum(threads.map(admit, range(100)))
    assert (admitted, used(table, "usage")) == (20, 20)


def test_a_failing_transaction_takes_nothing_from_other_writers(table: Table) -> None:
    table.put("full", used="x")
    refused = {"TableName": table.name, "Item": {"pk": {"S": "full"}}}
    refused["ConditionExpression"] = "attribute_not_exists(pk)"

    def write(number: int) -> None:
        if number % 3:
            table.put(f"lease-{number}")
        else:
            with pytest.raises(ClientError, match="TransactionCanceled"):
                table.client.transact_write_items(TransactItems=[{"Put": refused}])

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(write, range(150)))
    assert table.client.scan(TableName=table.name, Select="COUNT")["Count"] == 101


def test_the_same_transaction_under_the_same_token_happens_once(table: Table) -> None:
    for _ in range(2):
        table.client.transact_write_items(
            TransactItems=[{"Update": addition(table, "usage")}], ClientRequestToken="once"
        )
    assert used(table, "usage") == 1


def test_another_transaction_under_the_same_token_is_refused(table: Table) -> None:
    table.client.transact_write_items(
        TransactItems=[{"Update": addition(table, "usage")}], ClientRequestToken="once"
    )
    with pytest.raises(table.client.exceptions.IdempotentParameterMismatchException):
        table.client.transact_write_items(
            TransactItems=[{"Update": addition(table, "other")}], ClientRequestToken="once"
        )


def test_a_token_is_of_one_account_and_region(table: Table, engine: Engine, account: str) -> None:
    elsewhere = Table(engine, account, "us-east-1")
    for place in (table, elsewhere):
        place.client.transact_write_items(
            TransactItems=[{"Update": addition(place, "usage")}], ClientRequestToken="once"
        )
    assert (used(table, "usage"), used(elsewhere, "usage")) == (1, 1)


def test_a_transaction_that_failed_may_be_tried_again_with_its_token(table: Table) -> None:
    request = [{"Update": addition(table, "usage", limit=0)}]
    table.put("usage")
    table.client.update_item(**addition(table, "usage"))
    with pytest.raises(ClientError, match="TransactionCanceled"):
        table.client.transact_write_items(TransactItems=request, ClientRequestToken="again")
    table.client.delete_item(TableName=table.name, Key={"pk": {"S": "usage"}})
    table.client.transact_write_items(TransactItems=request, ClientRequestToken="again")
    assert used(table, "usage") == 1


def test_a_token_is_forgotten_after_ten_minutes() -> None:
    now = [0.0]
    tokens = Tokens(clock=lambda: now[0])
    tokens.complete(OWNER, "token", "request")
    now[0] = TOKEN_SECONDS - 1
    assert tokens.seen(OWNER, "token", "request")
    with pytest.raises(IdempotentParameterMismatchError):
        tokens.seen(OWNER, "token", "another")
    now[0] = TOKEN_SECONDS
    assert not tokens.seen(OWNER, "token", "another")


def test_a_failing_transaction_leaves_what_it_touched_as_it_was(engine: Engine, account: str) -> None:
    leases = engine.client(account, "eu-west-1", "dynamodb")
    names = ("pk", "sk")
    leases.create_table(
        TableName="leases",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in zip(names, KINDS, strict=True)],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
    )
    held = {"pk": {"S": "nat-1"}, "sk": {"S": "LEASE"}, "state": {"S": "open"}}
    leases.put_item(TableName="leases", Item=held)

    def action(key: str, **more: object) -> dict[str, Any]:
        return {"TableName": "leases", "Key": {"pk": {"S": key}, "sk": {"S": "LEASE"}}, **more}

    close = {
        "UpdateExpression": "SET #state = :closed, added = :closed",
        "ExpressionAttributeNames": {"#state": "state"},
        "ExpressionAttributeValues": {":closed": {"S": "closed"}},
    }
    with pytest.raises(ClientError, match="TransactionCanceled"):
        leases.transact_write_items(
            TransactItems=[
                {"Update": action("nat-1", **close)},
                {"Put": {"TableName": "leases", "Item": {**held, "pk": {"S": "nat-2"}}}},
                {"ConditionCheck": action("nat-3", ConditionExpression="attribute_exists(pk)")},
            ]
        )
    assert leases.scan(TableName="leases")["Items"] == [held]
