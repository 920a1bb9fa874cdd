"""Close what an execution opened, however it ended."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from hub.calls import Closing, closed_answer
from hub.events import transition
from hub.handlers.context import logger
from hub.wiring import hub


@logger.inject_lambda_context
def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, object]:
    """Answer the recording, closed or failed."""
    call = Closing.model_validate(event)
    recording = hub().close_recording.of_execution(
        transition(call.event), call.execution, call.started, *call.ending()
    )
    answer = closed_answer(recording)
    logger.info("closed", extra={"recording": answer})
    return answer
