"""CloudWatch alarms."""

from scripts.sandbox.engine.cloudformation.kinds.base import Kind, Made, Place, Properties


class Alarm(Kind):
    """AWS::CloudWatch::Alarm, with Metrics and expressions."""

    type = "AWS::CloudWatch::Alarm"
    name_property = "AlarmName"

    def create(self, place: Place, properties: Properties) -> Made:
        """PutMetricAlarm creates and overwrites."""
        place.call("cloudwatch", "put_metric_alarm", **properties)
        name = properties["AlarmName"]
        return Made(name, {"Arn": place.arn("cloudwatch", f"alarm:{name}")})

    def delete(self, place: Place, ref: str, properties: Properties) -> None:  # noqa: ARG002
        """Delete the alarm."""
        place.client("cloudwatch").delete_alarms(AlarmNames=[ref])
