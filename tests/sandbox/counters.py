"""Counters in a table: what many writers at once must not spoil."""

from typing import Any

from tests.sandbox.machines import Table


def addition(table: Table, key: str, limit: int | None = None) -> dict[str, Any]:
    """One more, below the limit if there is one."""
    update: dict[str, Any] = {
        "TableName": table.name,
        "Key": {"pk": {"S": key}},
        "UpdateExpression": "ADD used :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }
    if limit is not None:
        update["ConditionExpression"] = "attribute_not_exists(used) OR used < :limit"
        update["ExpressionAttributeValues"][":limit"] = {"N": str(limit)}
    return update


def used(table: Table, key: str) -> int:
    return int(table.get(key)["used"]["N"])


def transacted(table: Table, *actions: dict[str, Any]) -> list[str]:
    """What each action had to do with the transaction's failure; nothing when it was written."""
    try:
        table.client.transact_write_items(TransactItems=list(actions))
    except table.client.exceptions.TransactionCanceledException as cancelled:
        return [reason["Code"] for reason in cancelled.response["CancellationReasons"]]
    return []
