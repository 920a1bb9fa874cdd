"""Note that an alarm has recovered, or that somebody stops a recording; wake the execution that waits."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from hub import waking_wiring
from hub.calls import Stopping
from hub.domain.recordings import as_document
from hub.events import transition
from hub.handlers.context import about, logged, logger


@logged
def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, object]:
    """Take an event of the hub's bus, or what `natrec stop` asks."""
    return answer(waking_wiring.hub(), event)


def answer(hub: waking_wiring.WakingHub, event: dict[str, Any]) -> dict[str, object]:
    """The same, with a hub at hand."""
    if "stop" in event:
        call = Stopping.read(event["stop"])
        about(call.recording)
        stopped = hub.stop_recording(call.recording, call.by)
        about(call.recording, stopped.gateway if stopped else None)
        logger.info("stopped" if stopped else "nothing to stop", extra={"by": call.by})
        return {"recording": as_document(stopped) if stopped else None}
    recovery = transition(event)
    about(None, recovery.gateway)
    wake = hub.note_recovery(recovery)
    about(wake.recording, recovery.gateway)
    logger.info("recovery", extra={"alarm": recovery.alarm, "still_in_alarm": sorted(wake.still_in_alarm)})
    return {"recording": wake.recording}
