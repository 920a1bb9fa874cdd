"""Dashboards where moto takes any JSON: what CloudWatch would refuse is refused.

Source: CloudWatch API reference, PutDashboard, `DashboardInvalidInputError` with its validation messages.
"""

from typing import Any

from moto.cloudwatch.exceptions import DashboardInvalidInputError
from moto.cloudwatch.models import CloudWatchBackend

from scripts.sandbox.engine import dashboard_rules
from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.seams import replace

_MOST_TOLD = 5


def install(engine: Engine) -> None:  # noqa: ARG001 - every adapter is installed the same way
    """Make PutDashboard as strict as AWS."""

    def make(original: Any) -> Any:
        def put_dashboard(backend: CloudWatchBackend, name: str, body: str) -> Any:
            found = dashboard_rules.findings(body)
            if found:
                told = f"{len(found)} validation errors: {'; '.join(found[:_MOST_TOLD])}"
                raise DashboardInvalidInputError(f"The field DashboardBody must be a valid dashboard, {told}")
            return original(backend, name, body)

        return put_dashboard

    replace(CloudWatchBackend, "put_dashboard", make)
