"""Tell the central team."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from hub import telling_wiring
from hub.handlers.context import about, logged, logger
from hub.telling_calls import Telling


@logged
def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, object]:
    """Send one notice."""
    answered = answer(telling_wiring.hub(), event)
    logger.info("told", extra=answered)
    return answered


def answer(hub: telling_wiring.TellingHub, event: dict[str, Any]) -> dict[str, object]:
    """The same, with a hub at hand."""
    call = Telling.read(event)
    if call.kind == "test":
        subject, told = hub.tell.test(call.asked_by)
        return {"kind": call.kind, "about": subject, "destinations": [str(each) for each in told]}
    about(call.identity())
    told_of = hub.tell(call.kind, call.identity(), call.fault.in_words())
    about(told_of.id, told_of.gateway)
    return {"kind": call.kind, "recording": call.identity()}
