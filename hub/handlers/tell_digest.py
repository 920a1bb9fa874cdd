"""Tell of the day before."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from hub.handlers.context import logged, logger
from hub.telling_wiring import hub


@logged
def handler(_event: dict[str, Any], _: LambdaContext) -> dict[str, object]:
    """Answer which day was told, and how much there was to tell."""
    told = hub().tell_digest()
    answer = {"day": f"{told.day}", "opened": told.opened, "refused": sum(told.refused.values())}
    logger.info("told", extra=answer)
    return answer
