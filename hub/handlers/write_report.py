"""Write the report of a closed recording."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from hub import wiring
from hub.calls import Reporting
from hub.domain.recordings import as_document
from hub.handlers.context import logger


@logger.inject_lambda_context
def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, object]:
    """Answer the recording with its report."""
    answered = answer(wiring.hub(), event)
    logger.info("reported", extra={"recording": answered})
    return answered


def answer(hub: wiring.Hub, event: dict[str, Any]) -> dict[str, object]:
    """The same, with a hub at hand."""
    return as_document(hub.write_report(Reporting.model_validate(event).recording))
