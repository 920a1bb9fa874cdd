"""Visit the targets of one batch."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from msgspec import structs

from hub.domain.sweeping import Remark
from hub.handlers.context import about, logged, logger
from hub.sweep_calls import SweepingBatch
from hub.sweep_wiring import hub


@logged
def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, object]:
    """Answer what was found; every problem stands in the log."""
    call = SweepingBatch.read(event)
    tally = hub().sweep_batch(call.kind, call.batch, call.of)
    for remark in tally.remarks:
        _log(remark)
    answer = tally.as_document()
    about(None)
    counted = {name: value for name, value in answer.items() if name != "first_problems"}
    logger.info("swept", extra={"batch": structs.asdict(call), "tally": counted})
    return answer


def _log(remark: Remark) -> None:
    """One line for each, in the words of `show --trace`."""
    about(remark.recording, remark.place)
    if remark.problem:
        logger.warning("not swept", extra={"problem": remark.problem})
    else:
        logger.info("swept", extra={"finding": remark.finding, "times": remark.times})
