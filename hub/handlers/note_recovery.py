"""Note that an alarm has recovered, and wake the execution that waits for it."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from hub.events import transition
from hub.handlers.context import logger
from hub.wiring import hub


@logger.inject_lambda_context
def handler(event: dict[str, Any], _: LambdaContext) -> None:
    """Take an event of the hub's bus."""
    recovery = transition(event)
    wake = hub().note_recovery(recovery)
    gateway = str(recovery.gateway)
    logger.info("recovery", extra={"gateway": gateway, "alarm": recovery.alarm, "recording": wake.recording})
