"""Close what an execution opened, however it ended."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from hub import wiring
from hub.calls import Closing, closed_answer
from hub.events import transition
from hub.handlers.context import logger


@logger.inject_lambda_context
def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, object]:
    """Answer the recording, closed or failed."""
    answered = answer(wiring.hub(), event)
    logger.info("closed", extra={"recording": answered})
    return answered


def answer(hub: wiring.Hub, event: dict[str, Any]) -> dict[str, object]:
    """The same, with a hub at hand."""
    call = Closing.model_validate(event)
    if call.lost:
        return closed_answer(hub.close_recording.lost(call.lost), hub.settings.names)
    ending, detail = call.ending()
    onset = transition(call.event)
    closed = hub.close_recording.of_execution(onset, call.execution, call.started, ending, detail)
    return closed_answer(closed, hub.settings.names)
