"""Bring a notice to whoever is told."""

from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from hub import delivery_wiring
from hub.domain.deliveries import read
from hub.domain.measures import of_attempt
from hub.handlers.context import about, logged, logger, recording_in
from hub.handlers.metering import emit
from hub.usecases.deliver import Arrived


@logged
def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, object]:
    """Make the deliveries of one batch of the queue; those that must be tried again are named."""
    return answer(delivery_wiring.hub(), event)


def answer(hub: delivery_wiring.DeliveringHub, event: Mapping[str, Any]) -> dict[str, object]:
    """The same, with a hub at hand.

    One lane keeps its order: after the first that failed none of the batch is tried (Lambda Developer Guide,
    "Implementing partial batch responses", on FIFO queues).
    """
    records = list(event["Records"])
    for at, record in enumerate(records):
        arrived = _arrived(record)
        delivery = arrived.delivery
        about(recording_in(delivery.about), delivery.place)
        outcome = hub.deliver(arrived)
        told = {"kind": delivery.kind, "about": delivery.about, "destination": str(delivery.destination)}
        emit(hub.settings.namespace, of_attempt(delivery, outcome.how))
        if outcome.how == "postponed":
            refused = {**told, "why": outcome.why, "attempt": arrived.attempt}
            logger.warning("not delivered yet", extra=refused)
            left = [each["messageId"] for each in records[at:]]
            return {"batchItemFailures": [{"itemIdentifier": each} for each in left]}
        if outcome.how == "put aside":
            logger.warning("put aside", extra={**told, "why": outcome.why})
        else:
            logger.info("delivered" if outcome.how == "delivered" else "delivered before", extra=told)
    return {"batchItemFailures": []}


def _arrived(record: Mapping[str, Any]) -> Arrived:
    attempts = int(record["attributes"]["ApproximateReceiveCount"])
    return Arrived(read(record["body"]), record["receiptHandle"], attempts)
