"""Write the report of a closed recording."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from hub.calls import Reporting
from hub.domain.recordings import as_document
from hub.handlers.context import logger
from hub.wiring import hub


@logger.inject_lambda_context
def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, object]:
    """Answer the recording with its report."""
    answer = as_document(hub().write_report(Reporting.model_validate(event).recording))
    logger.info("reported", extra={"recording": answer})
    return answer
