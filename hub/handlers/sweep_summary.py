"""Add the batches of one sweep up, as one line of metrics."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from hub import wiring
from hub.domain.measures import of_sweep
from hub.domain.sweeping import FINDINGS
from hub.handlers.context import logged, logger
from hub.handlers.metering import emit
from hub.sweep_calls import Summarizing, summary_answer


@logged
def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, int]:
    """Answer the sums."""
    answered = answer(wiring.hub(), event)
    logger.info("swept", extra=answered)
    return answered


def answer(hub: wiring.Hub, event: dict[str, Any]) -> dict[str, int]:
    """The same, with a hub at hand; of the findings only their number is a metric."""
    call = Summarizing.read(event)
    answered = summary_answer(call)
    emit(hub.settings.namespace, [of_sweep(call.kind, answered, FINDINGS)])
    return answered
