"""Open a recording for the gateway whose alarm has just fired, or carry on one that was lost."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from hub import wiring
from hub.calls import Opening, closed_answer, opened_answer
from hub.domain.recordings import Recording
from hub.events import onset
from hub.handlers.context import logger


@logger.inject_lambda_context
def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, object]:
    """Answer the recording: open, refused, or closed because it was lost."""
    answered = answer(wiring.hub(), event)
    logger.info("onset", extra={"recording": answered})
    return answered


def answer(hub: wiring.Hub, event: dict[str, Any]) -> dict[str, object]:
    """The same, with a hub at hand."""
    call = Opening.model_validate(event)
    if call.lost:
        return closed_answer(hub.close_recording.lost(call.lost), hub.settings.names)
    outcome = hub.open_recording(onset(call.event, call.started), call.execution, call.started)
    if isinstance(outcome, Recording):
        return opened_answer(outcome, hub.clock.now())
    return outcome.as_document()
