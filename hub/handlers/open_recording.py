"""Open a recording for the gateway whose alarm has just fired."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from hub.calls import Opening, opened_answer
from hub.domain.recordings import Recording
from hub.events import transition
from hub.handlers.context import logger
from hub.wiring import hub


@logger.inject_lambda_context
def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, object]:
    """Answer the recording, open or refused."""
    call = Opening.model_validate(event)
    onset = transition(call.event)
    outcome = hub().open_recording(onset, call.execution, call.started)
    if isinstance(outcome, Recording):
        answer = opened_answer(outcome, hub().clock.now())
    else:
        answer = outcome.as_document()
    logger.info("onset", extra={"recording": answer})
    return answer
