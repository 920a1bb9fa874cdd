"""Look at the organization again."""

from dataclasses import asdict
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from hub.handlers.context import logged, logger
from hub.member_wiring import hub


@logged
def handler(_event: dict[str, Any], _: LambdaContext) -> dict[str, object]:
    """Answer how many accounts there are, and whether anything changed."""
    answer = asdict(hub().refresh_members())
    logger.info("refreshed", extra=answer)
    return answer
