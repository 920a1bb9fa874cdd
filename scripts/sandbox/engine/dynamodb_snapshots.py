"""A transaction's way back costs what it touches, not what the table holds.

moto copies every item of every table of a transaction, to restore them if it fails: 40 microseconds for each
item the table holds, while no other request is answered.
"""

import copy
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any

from moto.dynamodb import models
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table

from scripts.sandbox.engine.seams import replace

Key = dict[str, Any]
_transaction = threading.local()


def install() -> None:
    """Let transactions copy the items they touch, and share the others with their copy of the table."""

    def transact(original: Callable[[Any, list[Any]], None]) -> Callable[[Any, list[Any]], None]:
        def remembering_keys(backend: Any, transact_items: list[Any]) -> None:
            _transaction.keys = _touched(transact_items)
            try:
                original(backend, transact_items)
            finally:
                del _transaction.keys

        return remembering_keys

    replace(models.DynamoDBBackend, "transact_write_items", transact)
    replace(models, "copy", lambda original: SimpleNamespace(deepcopy=_deepcopy, copy=original.copy))


def _touched(transact_items: Iterable[dict[str, Any]]) -> dict[str, list[Key]]:
    keys: dict[str, list[Key]] = defaultdict(list)
    for item in transact_items:
        for action in item.values():
            keys[action.get("TableName", "")].append(action.get("Key") or action.get("Item") or {})
    return keys


def _deepcopy(value: Any) -> Any:
    keys = getattr(_transaction, "keys", None)
    # A stream's records are taken back with the table, so a table with a stream is copied whole.
    if keys is None or not isinstance(value, Table) or value.stream_shard is not None:
        return copy.deepcopy(value)
    return _snapshot(value, keys[value.name])


def _snapshot(table: Any, keys: list[Key]) -> Any:
    """A copy of `table` that later changes of the items under `keys` do not reach."""
    hash_name, range_name = table.hash_key_attr, table.range_key_attr
    snapshot = copy.copy(table)
    snapshot.items = defaultdict(dict)
    for hash_key, held in table.items.items():
        snapshot.items[hash_key] = dict(held) if range_name else held
    for key in keys:
        if hash_name not in key or (range_name and range_name not in key):
            continue  # refused before anything is written
        place, last = snapshot.items, DynamoType(key[hash_name])
        if range_name:
            place, last = place.get(last, {}), DynamoType(key[range_name])
        if last in place:
            place[last] = copy.deepcopy(place[last])
    return snapshot
