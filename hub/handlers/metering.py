"""How a handler's measures become metrics: lines of the log in CloudWatch's embedded metric format.

CloudWatch makes metrics of such lines by itself (CloudWatch User Guide, "Embedded metric format"); nothing is
called, so nothing can fail or wait.
"""

from collections.abc import Iterable

from hub.domain.measures import Measured


def emit(namespace: str, measures: Iterable[Measured]) -> None:
    """Print each as a line of its own."""
    # No function needs it before its work is done, and some are waited for at their cold start.
    from aws_lambda_powertools.metrics import EphemeralMetrics  # noqa: PLC0415

    for measured in measures:
        metrics = EphemeralMetrics(namespace=namespace)
        for metric, value in measured.values.items():
            if metric.dimension and measured.value:
                metrics.add_dimension(name=metric.dimension, value=measured.value)
            metrics.add_metric(name=metric.name, unit=metric.unit, value=value)
        for name, told in measured.properties.items():
            metrics.add_metadata(key=name, value=told)
        metrics.flush_metrics()
