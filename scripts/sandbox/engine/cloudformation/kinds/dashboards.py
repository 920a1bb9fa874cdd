"""CloudWatch dashboards."""

from scripts.sandbox.engine.cloudformation.kinds.base import Kind, Made, Place, Properties


class Dashboard(Kind):
    """AWS::CloudWatch::Dashboard."""

    type = "AWS::CloudWatch::Dashboard"
    name_property = "DashboardName"

    def create(self, place: Place, properties: Properties) -> Made:
        """PutDashboard creates and overwrites."""
        place.call("cloudwatch", "put_dashboard", **properties)
        return Made(properties["DashboardName"])

    def delete(self, place: Place, ref: str, properties: Properties) -> None:  # noqa: ARG002
        """Delete the dashboard."""
        place.client("cloudwatch").delete_dashboards(DashboardNames=[ref])
