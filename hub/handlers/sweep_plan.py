"""Share a sweep out into batches."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from hub import planning_wiring
from hub.domain.errors import Fault
from hub.handlers.context import logged, logger
from hub.handlers.metering import emit
from hub.sweep_calls import Sweeping, planned_answer


@logged
def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, object]:
    """Answer the batches by their numbers."""
    answered = answer(planning_wiring.hub(), event)
    logger.info("planned", extra=answered)
    return answered


def answer(hub: planning_wiring.PlanningHub, event: dict[str, Any]) -> dict[str, object]:
    """The same, with a hub at hand; gauges that cannot be read keep no sweep from its work."""
    kind = Sweeping.read(event).kind
    try:
        emit(hub.settings.namespace, hub.take_stock())
    except Fault as problem:
        logger.warning("could not take stock", extra={"problem": str(problem)})
    return planned_answer(kind, hub.plan_sweep(kind))
