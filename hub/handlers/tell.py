"""Tell the central team."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from hub import telling_wiring
from hub.calls import Telling
from hub.handlers.context import logger


@logger.inject_lambda_context
def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, object]:
    """Send one notice."""
    answered = answer(telling_wiring.hub(), event)
    logger.info("told", extra=answered)
    return answered


def answer(hub: telling_wiring.TellingHub, event: dict[str, Any]) -> dict[str, object]:
    """The same, with a hub at hand."""
    call = Telling.model_validate(event)
    if call.kind == "test":
        about, told = hub.tell.test(call.asked_by)
        return {"kind": call.kind, "about": about, "destinations": [str(each) for each in told]}
    hub.tell(call.kind, call.identity(), call.fault.in_words())
    return {"kind": call.kind, "recording": call.identity()}
