"""While a transaction has an item, every other writer of it is turned away.

DynamoDB does not let them wait. A transaction is cancelled with the reason `TransactionConflict`, a single
write fails with `TransactionConflictException`: "Operation was rejected because there is an ongoing
transaction for the item" (API Reference, TransactWriteItems and UpdateItem, Errors; Developer Guide,
"Transaction conflict handling"). moto knows neither. Reads are not turned away. Each item in the way counts
in the metric TransactionConflict of AWS/DynamoDB (the same, "DynamoDB metrics and dimensions").
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends
from moto.core.exceptions import JsonRESTError
from moto.dynamodb.exceptions import TransactionCanceledException
from moto.dynamodb.models import dynamodb_backends

Item = tuple[str, str, str, str]  # account, region, table and key
SINGLE_WRITES = ("PutItem", "UpdateItem", "DeleteItem")
_MESSAGE = "Transaction is ongoing for the item"


class TransactionConflictError(JsonRESTError):
    """A single write of an item that a transaction has (UpdateItem, Errors: TransactionConflictException)."""

    code = 400

    def __init__(self) -> None:
        super().__init__("com.amazonaws.dynamodb.v20120810#TransactionConflictException", _MESSAGE)


def unless_in_conflict(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A write of moto's that fails with the conflict its request was found in."""

    def write(handler: Any) -> Any:
        if handler.conflict:
            raise handler.conflict
        return original(handler)

    return write


class Ongoing:
    """The items of the transactions that are under way, from their arrival to their answer."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._items: set[Item] = set()

    @contextmanager
    def request(self, handler: Any) -> Iterator[JsonRESTError | None]:
        """Have a request's items while it is answered, if it is a transaction.

        Yields:
            The error it must be answered with, where another has one of them.

        """
        action = handler._get_action()
        if action in SINGLE_WRITES:
            item = _item(handler, handler.params)
            with self._lock:
                taken = item in self._items
            _count([item] * taken)
            yield TransactionConflictError() if taken else None
        elif action == "TransactWriteItems":
            with self._transaction(_items(handler)) as conflict:
                yield conflict
        else:
            yield None

    @contextmanager
    def _transaction(self, items: list[Item]) -> Iterator[JsonRESTError | None]:
        with self._lock:
            taken = [item in self._items for item in items]
            if not any(taken):
                self._items.update(items)
        if any(taken):
            _count([item for item, each in zip(items, taken, strict=True) if each])
            reason = ("TransactionConflict", _MESSAGE, None)
            yield TransactionCanceledException([reason if each else (None, None, None) for each in taken])
            return
        try:
            yield None
        finally:
            with self._lock:
                self._items.difference_update(items)


def _count(in_the_way: list[Item]) -> None:
    for account, region, table, _ in in_the_way:
        dimensions = [{"Name": "TableName", "Value": table}]
        datum = {"MetricName": "TransactionConflict", "Value": 1, "Unit": "Count", "Dimensions": dimensions}
        cloudwatch_backends[account][region].put_metric_data("AWS/DynamoDB", [datum])


def _items(handler: Any) -> list[Item]:
    actions = handler.params.get("TransactItems", [])
    return [_item(handler, asked) for action in actions for asked in action.values()]


def _item(handler: Any, asked: dict[str, Any]) -> Item:
    """One item's whole name; a put brings it among its attributes."""
    name = asked.get("TableName", "")
    key = asked.get("Key")
    if key is None:
        tables = dynamodb_backends[handler.current_account][handler.region].tables
        attributes = tables[name].table_key_attrs if name in tables else []
        key = {each: asked.get("Item", {}).get(each) for each in attributes}
    return (handler.current_account, handler.region, name, repr(sorted(key.items())))
