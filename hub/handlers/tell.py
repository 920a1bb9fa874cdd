"""Tell the central team."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from hub import wiring
from hub.calls import Telling
from hub.handlers.context import logger


@logger.inject_lambda_context
def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, object]:
    """Send one notice."""
    answered = answer(wiring.hub(), event)
    logger.info("told", extra=answered)
    return answered


def answer(hub: wiring.Hub, event: dict[str, Any]) -> dict[str, object]:
    """The same, with a hub at hand."""
    call = Telling.model_validate(event)
    hub.tell(call.kind, call.identity(), call.fault.in_words())
    return {"kind": call.kind, "recording": call.identity()}
