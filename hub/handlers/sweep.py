"""Close what its execution could not."""

from dataclasses import asdict
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from hub.handlers.context import logger
from hub.wiring import hub


@logger.inject_lambda_context
def handler(_event: dict[str, Any], _: LambdaContext) -> dict[str, object]:
    """Sweep once; answers what it had to act on."""
    swept = [asdict(each) for each in hub().sweep()]
    logger.info("swept", extra={"swept": swept})
    return {"swept": swept}
