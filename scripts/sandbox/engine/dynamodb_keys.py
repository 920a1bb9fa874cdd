"""Tables under a key of KMS: without it nothing in them is read or written.

moto remembers the key that a table was made with, and no other. Sources: DynamoDB API reference, UpdateTable
(SSESpecification); DynamoDB Developer Guide, "DynamoDB encryption at rest usage notes"; the refusal's words:
github.com/aws/aws-cdk/issues/10010.
"""

from collections.abc import Callable
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler

from scripts.sandbox.engine import keys
from scripts.sandbox.engine.seams import replace

# Batches and transactions come to these, too; a transaction takes what they raise for a reason to cancel it.
_ON_ITEMS = ("put_item", "get_item", "query", "scan", "update_item", "delete_item")


class KeyDeniedError(JsonRESTError):
    """The table's key cannot be used."""

    code = 400

    def __init__(self, key: str, state: str | None) -> None:
        super().__init__(
            "com.amazonaws.dynamodb.v20120810#AccessDeniedException",
            f"KMS key access denied error: {key} is {state or 'not there'}.",
        )


def install() -> None:
    """Ask for the key before each item; let a table change its key."""
    replace(DynamoHandler, "update_table", _changing_keys)
    for name in _ON_ITEMS:
        replace(DynamoDBBackend, name, _with_key)


def require_all(handler: Any) -> None:
    """Before a transaction, the keys of all its tables.

    Raises:
        KeyDeniedError: One of them cannot be used.

    """
    for item in handler.body["TransactItems"]:
        for asked in item.values():
            _require(handler.dynamodb_backend.get_table(asked["TableName"]))


def _changing_keys(original: Callable[[Any], ActionResult]) -> Callable[[Any], ActionResult]:
    def update_table(handler: Any) -> ActionResult:
        asked = handler.body.get("SSESpecification")
        if asked is not None:
            # What encrypts the table is encrypted anew: the old key is needed once more.
            table = handler.dynamodb_backend.get_table(handler.body["TableName"])
            _require(table)
            _require_key(asked.get("KMSMasterKeyId"))
            table.sse_specification = asked if asked.get("Enabled") else None
        return original(handler)

    return update_table


def _with_key(original: Callable[..., Any]) -> Callable[..., Any]:
    def on_items(backend: DynamoDBBackend, table_name: str, *rest: Any, **named: Any) -> Any:
        _require(backend.get_table(table_name))
        return original(backend, table_name, *rest, **named)

    return on_items


def _require(table: Table) -> None:
    _require_key((table.sse_specification or {}).get("KMSMasterKeyId"))


def _require_key(key: str | None) -> None:
    """One that AWS manages is always there."""
    if key and key.startswith("arn:") and not keys.usable(key):
        raise KeyDeniedError(key, keys.state(key))
