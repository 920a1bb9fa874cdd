"""What the organization pays, where that is not what the table of prices says."""

from typing import Any

from pydantic import Field

from orgconfig.models.base import Model
from orgconfig.models.kinds import Usd
from orgconfig.prices import unit_of


def _paid(name: str) -> Any:  # noqa: ANN401 - as pydantic's own
    return Field(default=None, description=f"US dollars for {unit_of(name)}.")


class Paid(Model):
    """What you pay, after discounts or in your regions; estimates of costs and savings use it everywhere."""

    nat_gb: Usd | None = _paid("nat_gb")
    interface_endpoint_hour: Usd | None = _paid("interface_endpoint_hour")
    interface_endpoint_gb: Usd | None = _paid("interface_endpoint_gb")
    zone_gb: Usd | None = _paid("zone_gb")
    vended_gb: Usd | None = _paid("vended_gb")
    parquet_gb: Usd | None = _paid("parquet_gb")
    storage_gb: Usd | None = _paid("storage_gb")
    scan_tb: Usd | None = _paid("scan_tb")
    insights_metric: Usd | None = _paid("insights_metric")
    alarm_metric: Usd | None = _paid("alarm_metric")
    custom_metric: Usd | None = _paid("custom_metric")
    metric_read: Usd | None = _paid("metric_read")
    dashboard: Usd | None = _paid("dashboard")
    kms_key: Usd | None = _paid("kms_key")
    state_transition: Usd | None = _paid("state_transition")
    lambda_request: Usd | None = _paid("lambda_request")
    lambda_gb_second: Usd | None = _paid("lambda_gb_second")

    def given(self) -> dict[str, float]:
        """What is said, by the names of `orgconfig.prices`."""
        return {name: usd for name, usd in self if usd is not None}
