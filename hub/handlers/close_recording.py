"""Close what an execution opened, however it ended."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from hub import ending_wiring
from hub.calls import Closing, closed_answer
from hub.domain.measures import of_close
from hub.domain.recordings import Recording
from hub.events import onset
from hub.handlers.context import about, logged, logger
from hub.handlers.metering import emit


@logged
def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, object]:
    """Answer the recording, closed or failed."""
    answered = answer(ending_wiring.hub(), event)
    logger.info("closed", extra={"answer": answered})
    return answered


def answer(hub: ending_wiring.EndingHub, event: dict[str, Any]) -> dict[str, object]:
    """The same, with a hub at hand."""
    call = Closing.read(event)
    about(call.identity)

    def close() -> Recording:
        if call.lost:
            return hub.close_recording.lost(call.lost, gone=call.gone)
        ending, detail = call.ending()
        begun = onset(call.event, call.started)
        return hub.close_recording.of_execution(
            begun,
            call.execution,
            call.started,
            ending,
            detail,
            gone=call.gone,
            recovered_at=call.ended.recovered_at,
        )

    closed, problems = hub.end_recording(close)
    about(closed.id, closed.gateway)
    if problems:
        logger.warning("could not look around", extra={"problems": problems})
    emit(hub.settings.namespace, [of_close(closed)])
    return closed_answer(closed, hub.settings.names)
