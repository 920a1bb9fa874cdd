"""GetMetricData of a spoke, asked to the end, as series by query and label."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from hub.adapters.declared import calls
from hub.adapters.faults import told_as
from hub.domain.errors import RecordingFault, Transient
from hub.domain.rises import Series

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.type_defs import MetricDataQueryTypeDef

Told = dict[str, Series]


@dataclass(frozen=True)
class Metrics:
    """CloudWatch of one spoke, for one span of time.

    Attributes:
        where: The spoke's account and region, for errors.

    """

    client: "CloudWatchClient"
    where: str
    since: datetime
    until: datetime

    @calls("spoke", "cloudwatch:GetMetricData")
    def series(self, queries: "Sequence[MetricDataQueryTypeDef]") -> dict[str, Told]:
        """Every series by its query's id and its own label, which is what a query groups by.

        Raises:
            Transient: No answer, or not a whole one.
            RecordingFault: It must not be asked.

        """
        points: dict[str, dict[str, dict[datetime, float]]] = {each["Id"]: {} for each in queries}
        with told_as(RecordingFault, f"asking for metrics in {self.where}"):
            pages = self.client.get_paginator("get_metric_data").paginate(
                MetricDataQueries=queries,
                StartTime=_minute(self.since),
                EndTime=self.until,
                ScanBy="TimestampAscending",
            )
            for each in (result for page in pages for result in page["MetricDataResults"]):
                if each.get("StatusCode") == "InternalError":
                    raise Transient(f"asking for metrics in {self.where}: CloudWatch had an internal error")
                known = points[each["Id"]].setdefault(each["Label"], {})
                known.update(zip(each["Timestamps"], each["Values"], strict=True))
        return {
            identity: {label: Series(tuple(sorted(known.items()))) for label, known in told.items()}
            for identity, told in points.items()
        }


def _minute(moment: datetime) -> datetime:
    """Its beginning, as CloudWatch would round it."""
    return moment.astimezone(UTC).replace(second=0, microsecond=0)
