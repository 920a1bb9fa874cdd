"""Share a sweep out into batches."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from hub.calls import Sweeping, planned_answer
from hub.handlers.context import logger
from hub.sweep_wiring import hub


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, object]:
    """Answer the batches by their numbers."""
    kind = Sweeping.model_validate(event).kind
    answer = planned_answer(kind, hub().plan_sweep(kind))
    logger.info("planned", extra=answer)
    return answer
