"""Add the batches of one sweep up, as one line of metrics."""

from typing import Any

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from hub.calls import Summarizing, summary_answer
from hub.handlers.context import logger
from hub.wiring import hub


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, int]:
    """Answer the sums; the line is in CloudWatch's embedded metric format."""
    call = Summarizing.model_validate(event)
    answer = summary_answer(call)
    metrics = EphemeralMetrics(namespace=hub().settings.namespace, service="sweep")
    metrics.add_dimension(name="kind", value=call.kind)
    for name, count in answer.items():
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=count)
    metrics.flush_metrics()
    logger.info("swept", extra={"kind": call.kind, **answer})
    return answer
