"""Bring a notice to whoever is told."""

from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from hub import delivery_wiring
from hub.domain.deliveries import read
from hub.domain.measures import of_notice
from hub.handlers.context import about, logger
from hub.handlers.metering import emit
from hub.usecases.deliver import Arrived


@logger.inject_lambda_context(clear_state=True)
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
        problem = hub.deliver(arrived)
        subject = arrived.delivery.about
        about(subject if subject.startswith("rec-") else None, arrived.delivery.place)
        told = {"kind": arrived.delivery.kind, "about": arrived.delivery.about}
        told["destination"] = str(arrived.delivery.destination)
        if problem:
            logger.warning("not delivered yet", extra={**told, "why": problem, "attempt": arrived.attempt})
            left = [each["messageId"] for each in records[at:]]
            return {"batchItemFailures": [{"itemIdentifier": each} for each in left]}
        logger.info("delivered", extra=told)
        emit(hub.settings.namespace, [of_notice(told)])
    return {"batchItemFailures": []}


def _arrived(record: Mapping[str, Any]) -> Arrived:
    attempts = int(record["attributes"]["ApproximateReceiveCount"])
    return Arrived(read(record["body"]), record["receiptHandle"], attempts)
