"""Look around in the spoke, and tell the central team that a recording has begun."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from hub import starting_wiring
from hub.calls import Starting
from hub.handlers.context import about, logged, logger


@logged
def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, object]:
    """Send one notice."""
    answered = answer(starting_wiring.hub(), event)
    logger.info("told", extra=answered)
    return answered


def answer(hub: starting_wiring.StartingHub, event: dict[str, Any]) -> dict[str, object]:
    """The same, with a hub at hand."""
    call = Starting.read(event)
    about(call.recording)
    recording, problems = hub.tell_started(call.recording, call.retried)
    about(recording.id, recording.gateway)
    return {"kind": "started", "recording": call.recording, "problems": list(problems)}
