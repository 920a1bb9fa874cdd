"""Writes that meet transactions: which condition refused, and trying again when another was in the way."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from hub.adapters.faults import code_of, told_as
from hub.domain.errors import RecordingFault, Transient

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

ATTEMPTS = 8
_FIRST_PAUSE = 0.05
_LONGEST_PAUSE = 1.0


class Cancelled(Exception):  # noqa: N818 - an answer about conditions, raised by this module and caught by its callers
    """A condition of the transaction did not hold.

    Attributes:
        failed: Index of each action whose condition failed, with the item as it was, if asked for.

    """

    def __init__(self, failed: Mapping[int, Mapping[str, Any]]) -> None:
        super().__init__(f"conditions {sorted(failed)} did not hold")
        self.failed = failed


class Transactions:
    """Writes all or nothing, and single items that transactions write too."""

    def __init__(
        self, client: "DynamoDBClient", sleep: Callable[[float], None], jitter: Callable[[], float]
    ) -> None:
        self._client = client
        self._sleep = sleep
        self._jitter = jitter

    def write(self, actions: Sequence["TransactWriteItemTypeDef"], doing: str) -> None:
        """Write every action, or none.

        A conflict with another transaction says nothing about the conditions, so it is only ever
        tried again (DynamoDB Developer Guide, "Transaction conflict handling").

        Raises:
            Cancelled: A condition did not hold.
            Transient: Others were in the way each time.

        """
        self._until_free(lambda: self._client.transact_write_items(TransactItems=actions), doing)

    def update(self, write: Mapping[str, Any], doing: str) -> Mapping[str, Any]:
        """Update one item, and answer the attributes that were asked for.

        While a transaction has the item, DynamoDB rejects every other write of it (API Reference, UpdateItem:
        TransactionConflictException), and botocore's standard retries leave it at that.

        Raises:
            Cancelled: The condition did not hold; its index is 0.
            Transient: Transactions were in the way each time.

        """
        answer: Mapping[str, Any] = self._until_free(lambda: self._client.update_item(**write), doing)
        return answer.get("Attributes") or {}

    def _until_free(self, act: Callable[[], Any], doing: str) -> Any:  # noqa: ANN401 - the answer of either
        for attempt in range(ATTEMPTS):
            with told_as(RecordingFault, doing):
                try:
                    return act()
                except ClientError as error:
                    _raise_unless_in_the_way(error)
            self._sleep(min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**attempt) * self._jitter())
        raise Transient(f"{doing}: other transactions were in the way {ATTEMPTS} times")


def _raise_unless_in_the_way(error: ClientError) -> None:
    match code_of(error):
        case "TransactionConflictException":
            return
        case "ConditionalCheckFailedException":
            raise Cancelled({0: error.response.get("Item", {})}) from error  # type: ignore[dict-item]
        case "TransactionCanceledException":
            _raise_if_refused(error)
        case _:
            raise error


def _raise_if_refused(error: ClientError) -> None:
    reasons: list[dict[str, Any]] = error.response.get("CancellationReasons", [])  # type: ignore[assignment]
    failed = {
        index: reason.get("Item", {})
        for index, reason in enumerate(reasons)
        if reason.get("Code") == "ConditionalCheckFailed"
    }
    if failed:
        raise Cancelled(failed) from error
    passing = {"None", "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
    if not {reason.get("Code") for reason in reasons} <= passing:
        raise error
