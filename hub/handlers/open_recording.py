"""Open a recording for the gateway whose alarm has just fired, or carry on one that was lost."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from hub import wiring
from hub.calls import Opening, closed_answer, opened_answer
from hub.domain.measures import of_close, of_opening
from hub.domain.recordings import Recording
from hub.events import onset
from hub.handlers.context import about, logged, logger
from hub.handlers.metering import emit


@logged
def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, object]:
    """Answer the recording: open, refused, or closed because it was lost."""
    answered = answer(wiring.hub(), event)
    logger.info("onset", extra={"answer": answered})
    return answered


def answer(hub: wiring.Hub, event: dict[str, Any]) -> dict[str, object]:
    """The same, with a hub at hand."""
    call = Opening.read(event)
    about(call.identity)
    namespace = hub.settings.namespace
    if call.lost:
        closed = hub.close_recording.lost(call.lost)
        about(closed.id, closed.gateway)
        emit(namespace, [of_close(closed)])
        return closed_answer(closed, hub.settings.names)
    begun = onset(call.event, call.started)
    about(call.identity, begun.gateway)
    outcome = hub.open_recording(begun, call.execution, call.started)
    emit(namespace, [of_opening(outcome)])
    if isinstance(outcome, Recording):
        return opened_answer(outcome, hub.clock.now())
    return outcome.as_document()
