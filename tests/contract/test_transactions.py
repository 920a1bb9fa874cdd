"""What a cancelled transaction or a rejected write means, every answer written down."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from hub.adapters.ledger import TableLedger
from hub.adapters.transactions import ATTEMPTS, Cancelled, Transactions
from hub.domain.errors import RecordingFault, Transient
from hub.domain.quotas import limits
from tests import factories

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ACTIONS: list[Any] = [{"Update": {}}, {"Put": {}}]


def cancelled(*codes: str) -> ClientError:
    reasons = [{"Code": code} for code in codes]
    response: Any = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
    return ClientError(response, "TransactWriteItems")


def failing(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "TransactWriteItems")


class Answers:
    """A client whose answers are written down; None is a success."""

    def __init__(self, *answers: Exception | None) -> None:
        self._answers = list(answers)
        self.asked = 0

    def transact_write_items(self, **_: object) -> dict[str, Any]:
        self.asked += 1
        answer = self._answers.pop(0)
        if answer:
            raise answer
        return {}

    update_item = transact_write_items


class Pauses(list[float]):
    """Waits for nobody, and remembers how long it should have."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def written(
    answers: Answers, pauses: Pauses | None = None, jitter: Callable[[], float] = lambda: 1.0
) -> None:
    client = cast("DynamoDBClient", answers)
    Transactions(client, pauses if pauses is not None else Pauses(), jitter).write(ACTIONS, "writing")


def test_a_conflict_is_tried_again_and_never_taken_for_a_refusal() -> None:
    answers = Answers(
        cancelled("TransactionConflict", "None"), cancelled("None", "TransactionConflict"), None
    )
    written(answers)
    assert answers.asked == 3


def test_a_throttled_transaction_is_tried_again() -> None:
    answers = Answers(cancelled("ThrottlingError", "None"), None)
    written(answers)
    assert answers.asked == 2


def test_each_pause_is_longer_than_the_one_before_up_to_a_second() -> None:
    pauses, conflicts = Pauses(), [cancelled("TransactionConflict")] * ATTEMPTS
    with pytest.raises(Transient):
        written(Answers(*conflicts), pauses)
    assert pauses == [0.05, 0.1, 0.2, 0.4, 0.8, 1.0, 1.0, 1.0]


def test_pauses_are_scattered() -> None:
    pauses = Pauses()
    written(Answers(cancelled("TransactionConflict"), None), pauses, lambda: 0.5)
    assert pauses == [0.025]


def test_conflicts_without_end_are_transient() -> None:
    conflicts = [cancelled("TransactionConflict")] * ATTEMPTS
    with pytest.raises(Transient, match="in the way 8 times"):
        written(Answers(*conflicts))


def test_a_condition_that_did_not_hold_is_told_also_beside_a_conflict() -> None:
    with pytest.raises(Cancelled) as refused:
        written(Answers(cancelled("TransactionConflict", "ConditionalCheckFailed")))
    assert set(refused.value.failed) == {1}


def test_any_other_reason_is_a_fault_and_not_tried_again() -> None:
    answers = Answers(cancelled("ValidationError", "None"))
    with pytest.raises(RecordingFault):
        written(answers)
    assert answers.asked == 1


def test_a_denied_transaction_is_a_fault() -> None:
    with pytest.raises(RecordingFault, match="AccessDeniedException: no"):
        written(Answers(failing("AccessDeniedException")))


@pytest.mark.parametrize(
    "fault", [failing("ThrottlingException"), ReadTimeoutError(endpoint_url="https://dynamodb")]
)
def test_a_passing_error_is_transient(fault: Exception) -> None:
    with pytest.raises(Transient):
        written(Answers(fault))


def ledger_over(answers: Answers) -> TableLedger:
    client = cast("DynamoDBClient", answers)
    return TableLedger(client, "table", Transactions(client, Pauses(), lambda: 1.0))


def test_a_ledger_in_conflict_admits_in_the_end() -> None:
    answers = Answers(cancelled(*["TransactionConflict"] * 10), None)
    ledger = ledger_over(answers)
    recording = factories.recording()
    wanted = limits(recording.gateway, factories.terms(), factories.NOW)
    assert ledger.admit(recording, factories.transition(), wanted) is None
    assert answers.asked == 2


def test_a_recovery_that_meets_a_transaction_is_noted_as_soon_as_that_is_over() -> None:
    answers = Answers(failing("TransactionConflictException"), failing("TransactionConflictException"), None)
    assert ledger_over(answers).note_recovery(factories.recovery()).recording is None
    assert answers.asked == 3


def test_an_alarm_joins_as_soon_as_the_transaction_on_its_gateway_is_over() -> None:
    answers = Answers(failing("TransactionConflictException"), None, None)
    ledger_over(answers).join("rec-1", factories.transition())
    assert answers.asked == 3


def test_a_recovery_that_transactions_keep_off_without_end_is_transient() -> None:
    answers = Answers(*[failing("TransactionConflictException")] * ATTEMPTS)
    with pytest.raises(Transient, match="in the way 8 times"):
        ledger_over(answers).note_recovery(factories.recovery())
