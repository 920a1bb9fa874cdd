"""Tell the central team."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from hub.calls import Telling
from hub.handlers.context import logger
from hub.wiring import hub


@logger.inject_lambda_context
def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, object]:
    """Send one notice."""
    call = Telling.model_validate(event)
    hub().tell(call.kind, call.identity(), call.fault.in_words())
    logger.info("told", extra={"kind": call.kind, "recording": call.identity()})
    return {"kind": call.kind, "recording": call.identity()}
