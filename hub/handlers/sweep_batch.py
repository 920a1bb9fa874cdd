"""Visit the targets of one batch."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from hub.calls import SweepingBatch
from hub.handlers.context import logger
from hub.sweep_wiring import hub


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, object]:
    """Answer what was found; every problem stands in the log."""
    call = SweepingBatch.model_validate(event)
    tally = hub().sweep_batch(call.kind, call.batch, call.of)
    for problem in tally.problems:
        logger.warning("not swept", extra={"problem": problem})
    answer = tally.as_document()
    logger.info("swept", extra={"batch": call.model_dump(), "tally": answer})
    return answer
