"""Note that an alarm has recovered, or that somebody stops a recording; wake the execution that waits."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from hub import wiring
from hub.calls import Stopping
from hub.domain.recordings import as_document
from hub.events import transition
from hub.handlers.context import logger


@logger.inject_lambda_context
def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, object]:
    """Take an event of the hub's bus, or what `natrec stop` asks."""
    return answer(wiring.hub(), event)


def answer(hub: wiring.Hub, event: dict[str, Any]) -> dict[str, object]:
    """The same, with a hub at hand."""
    if "stop" in event:
        call = Stopping.model_validate(event["stop"])
        stopped = hub.stop_recording(call.recording, call.by)
        logger.info("stopped" if stopped else "nothing to stop", extra=call.model_dump())
        return {"recording": as_document(stopped) if stopped else None}
    recovery = transition(event)
    wake = hub.note_recovery(recovery)
    gateway = str(recovery.gateway)
    logger.info("recovery", extra={"gateway": gateway, "alarm": recovery.alarm, "recording": wake.recording})
    return {"recording": wake.recording}
